import { isWide, tickText } from "./_axes.ts";
import type { Chart, ChartCurve, ChartPoint } from "./chart_html.ts";
import type { RegularisationReport } from "./regularisation.ts";

/** How many decades past the strongest ridge on the features the linear models stand. */
const TO_LINEAR = 0.7;

/**
 * The mean loss on rows left out over the strength of the ridge on V'w, a curve for each strength on w. Stronger is to the right; at the right end the features
 * have no weight left, and the model is linear. The chosen model is marked.
 *
 * @param regularisation The ridge as it was chosen.
 * @returns The chart; null where nothing was tried.
 * @example Strengths that were given
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(ridgeChart({ x: 1, f: 1, path: [] }), null);
 * ```
 */
export function ridgeChart(
  { x, f, path }: Pick<RegularisationReport, "x" | "f" | "path">,
): Chart | null {
  const strengths = [...new Set(path.flatMap((tried) => tried.f === null ? [] : [tried.f]))].sort((a, b) => a - b);
  if (path.length === 0 || strengths.length === 0) return null;
  const end = 10 ** (Math.log10(strengths[strengths.length - 1]) + TO_LINEAR);
  const onX = [...new Set(path.flatMap((tried) => tried.f === null ? [] : [tried.x]))].sort((a, b) => b - a);
  const placed = ({ f, loss }: { readonly f: number | null; readonly loss: number | null }): ChartPoint => [
    f ?? end,
    loss ?? NaN,
  ];
  const curves = onX.flatMap((strength, at): readonly ChartCurve[] => {
    const colour = ([1, 2, 3, 4, 5] as const)[at % 5];
    const points = path.filter((tried) => tried.x === strength && tried.f !== null).map(placed)
      .sort(([a], [b]) => a - b);
    const linear = path.filter((tried) => tried.x === strength && tried.f === null).map(placed);
    const name = `ridge ${tickText(strength)} on w`;
    return [
      ...linear.map((point) => ({ name, colour, points: [points[points.length - 1], point], as: "link" as const })),
      { name, colour, points },
    ];
  });
  const linear = path.filter((tried) => tried.f === null).map(placed);
  const chosen = path.find((tried) => tried.x === x && tried.f === f);
  const all = path.flatMap(({ loss }) => typeof loss === "number" ? [loss] : []);
  return {
    title: "The ridge: loss on rows left out",
    x: {
      label: "ridge on V'w, stronger to the right",
      isLog: true,
      ticks: [...strengths.map((at) => ({ at, text: tickText(at) })), { at: end, text: "linear" }],
    },
    y: { label: "mean loss", isLog: isWide(all) },
    curves: [...curves, { name: "linear models", colour: 5, points: linear, as: "dots" }],
    marks: chosen ? [{ name: "chosen", colour: 5, at: placed(chosen) }] : [],
  };
}
