import type { FeaturesReport, PredictorId } from "../features.ts";
import { type IntervalRow, intervalsSvg } from "./intervals_svg.ts";

/** What is drawn, from the top. */
const ROWS: readonly (readonly [id: PredictorId, name: string])[] = [
  ["model", "the model"],
  ["head", "best last layer"],
  ["skip", "with a skip"],
];

/**
 * A model, the best last layer on its features and the best one with a skip against the best linear predictor: differences of the mean loss,
 * on held-out rows with 95% intervals where there are some, else on the training rows, from what is proved to what was found.
 *
 * @param report What `certify` found of a model by its features.
 * @returns A file in SVG.
 * @example The best last layer is above linear, proved
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import type { FeaturesReport } from "@resland/resland/report";
 * const one = (training: number) => ({ training, heldOut: null, lowerBound: training });
 * const predictors = { model: null, linear: one(1), head: one(1.5), skip: one(0.5) };
 * const report = { predictors, comparisons: [], problem: { source: "t.csv", targets: ["y"] } } as unknown as FeaturesReport;
 * assertStringIncludes(featuresSvg(report), "best last layer: 0.500");
 * ```
 */
export function featuresSvg({ predictors, comparisons, problem }: FeaturesReport): string {
  const linear = predictors.linear!;
  const isHeldOut = linear.heldOut !== null;
  const rows = ROWS.filter(([id]) => predictors[id] !== null).map(([id, name]): IntervalRow => {
    const own = { name, chosen: false };
    if (isHeldOut) {
      const found = comparisons.find(({ of, against }) => of === id && against === "linear")?.heldOut;
      return found ? { ...own, ...found } : { ...own, estimate: null, lower: null, upper: null };
    }
    const { training, lowerBound } = predictors[id]!;
    if (training === null || linear.training === null) return { ...own, estimate: null, lower: null, upper: null };
    const upper = training - linear.training;
    return {
      ...own,
      estimate: upper,
      lower: id === "model" ? upper : (lowerBound ?? training) - linear.training,
      upper,
    };
  });
  const where = isHeldOut ? "held-out rows, with 95 % intervals" : "training rows, down to what is proved";
  return intervalsSvg(rows, {
    title: `${problem.targets.join(", ")} of ${problem.source}: mean loss against linear on ${where}`,
    x: "difference of the mean loss (to the left is better)",
    zero: "best linear",
  });
}
