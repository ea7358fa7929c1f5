import type { Chart, ChartColour } from "./chart_html.ts";
import { isWide } from "./_axes.ts";

/** A run by recorded point. */
export interface RunCurve {
  /** Where it started. */
  readonly start: string;
  /** Its losses. */
  readonly values: readonly number[];
  /** The certified upper bounds on its gap to linear; not finite where there is none. */
  readonly bounds: readonly number[];
}

/** Of the starts; 2 is that of the linear level. */
const COLOURS: readonly ChartColour[] = [1, 3, 4, 5, 6];

/**
 * The charts of a check: the losses of all runs against the level of the best linear predictor, and their certified bounds while they are above 0; a
 * colour per start.
 *
 * @param runs The runs.
 * @param linear The loss of the best linear predictor.
 * @returns One chart or two; none without runs.
 * @example A run that ends below linear
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const charts = checkCharts([{ start: "zero", values: [3, 1, 0.5], bounds: [2, 0.1, -0.5] }], 1);
 * assertEquals(charts.map(({ curves }) => curves[0].points), [[[0, 3], [1, 1], [2, 0.5]], [[0, 2], [1, 0.1], [2, NaN]]]);
 * ```
 */
export function checkCharts(runs: readonly RunCurve[], linear: number): readonly Chart[] {
  if (runs.length === 0) return [];
  const starts = [...new Set(runs.map(({ start }) => start))];
  const curvesOf = (read: (run: RunCurve) => readonly number[]) =>
    runs.map((run) => ({
      name: run.start,
      colour: COLOURS[starts.indexOf(run.start) % COLOURS.length],
      points: read(run).map((value, at) => [at, value] as const),
    }));
  const values = runs.flatMap((run) => run.values);
  // Above 0 only: a bound of 0 or less says that the run is not above linear.
  const bounds = curvesOf((run) => run.bounds.map((bound) => bound > 0 ? bound : NaN));
  const training: Chart = {
    title: "The runs against the best linear predictor",
    x: { label: "recorded point" },
    y: { label: "mean loss", isLog: isWide([...values, linear]) },
    curves: curvesOf((run) => run.values),
    levels: [{ name: "best linear predictor", colour: 2, value: linear }],
  };
  if (!bounds.some(({ points }) => points.some(([, bound]) => bound > 0))) return [training];
  return [training, {
    title: "Certified bound on the gap to linear",
    x: { label: "recorded point" },
    y: { label: "bound", isLog: true },
    curves: bounds,
    note: "No line where the bound is 0 or less: there the run is proved to be no worse than linear.",
  }];
}
