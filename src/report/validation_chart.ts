import type { PairedInterval } from "../model/mod.ts";
import type { Chart } from "./chart_html.ts";
import type { ValidationReport } from "./validation.ts";

/**
 * How much better than linear models the model is on rows that none was fitted on, with the intervals, as a chart: shares of the loss where
 * there are some, else differences.
 *
 * @param validation The finding.
 * @returns The chart; null where there is no interval, or the model is the linear one up to rounding.
 * @example Half the error of linear
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pairedInterval } from "@resland/resland/model";
 * import { validationReport } from "@resland/resland/report";
 * const linear = pairedInterval(Float64Array.of(2, 3, 2, 3), Float64Array.of(8, 12, 8, 12), { root: true });
 * const chart = validationChart(validationReport({ on: "held-out rows", figure: "RMSE", linear, ridge: null }));
 * assertEquals(chart?.marks?.[0].at, [1, 50]);
 * ```
 */
export function validationChart({ on, figure, linear, ridge }: ValidationReport): Chart | null {
  const found = [{ name: "linear", beside: linear }, ...ridge === null ? [] : [{ name: "ridge", beside: ridge }]];
  const isShare = found.every(({ beside }) => beside.improvement !== null);
  const ends = found.map(({ beside }) => endsOf(beside, isShare));
  if (ends.some((one) => one === null) || found.every(({ beside }) => beside.outcome === "same")) return null;
  const level = Math.round(100 * linear.level);
  return {
    title: `Compared with linear models on ${on}, with ${level} % intervals`,
    x: {
      label: "compared with",
      ticks: found.map(({ name }, at) => ({ at: at + 1, text: name })),
      covers: [0.5, found.length + 0.5],
    },
    y: {
      label: isShare ? `${figure} reduction, %` : `${figure === "RMSE" ? "squared error" : figure} reduction`,
      covers: [0],
    },
    levels: [{ name: "no difference", colour: 5, value: 0 }],
    curves: ends.map((one, at) => ({
      name: `${level} % interval`,
      colour: 1,
      points: [[at + 1, one![0]], [at + 1, one![2]]],
    })),
    marks: ends.map((one, at) => ({ name: "estimate", colour: 1, at: [at + 1, one![1]] })),
  };
}

/** Lower end, estimate and upper end of what the model saves: in percent, or as a difference. */
function endsOf(
  { improvement, difference }: PairedInterval,
  isShare: boolean,
): readonly [number, number, number] | null {
  if (isShare) return [100 * improvement!.lower, 100 * improvement!.estimate, 100 * improvement!.upper];
  return difference && [-difference.upper, -difference.estimate, -difference.lower];
}
