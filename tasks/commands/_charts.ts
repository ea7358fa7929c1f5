/** The charts, whose packages are loaded only where one is drawn. */
export const loadCharts = (): Promise<typeof import("../../src/report/charts/mod.ts")> =>
  import("../../src/report/charts/mod.ts" as string);
