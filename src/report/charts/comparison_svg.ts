import type { CompareReport } from "../compare.ts";
import { type IntervalRow, intervalsSvg } from "./intervals_svg.ts";

/**
 * A comparison as a picture: a dot and an interval per model beside the linear one, to the left where it is better.
 *
 * @param report The report.
 * @returns A file in SVG.
 * @example Two models
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { compareModels, type CompareReport } from "@resland/resland/report";
 * const one = { kind: "linear", shape: null, parameters: 2, ridges: [], figures: {} } as const;
 * const models = [4, 1].map((loss, at) => ({ ...one, name: ["linear", "tanh 8"][at], losses: new Float64Array(6).map((_, i) => loss + i / 9) }));
 * const outcome = compareModels(models, [[0, 1], [2, 3], [4, 5]], { figure: "RMSE", trainingRows: 4 });
 * const report: CompareReport = {
 *   schema: "resland/compare@1",
 *   problem: {
 *     source: "a.csv", rows: 6, heldOutRows: 0, features: ["x"], targets: ["y"], classes: null, d: 2, outputs: 1, loss: "squared",
 *     intercept: true,
 *   },
 *   folds: { count: 3, rows: 6, inner: 3 }, figure: "RMSE", ...outcome,
 *   model: "model.safetensors", ridge: null, training: { seed: 1, epochs: 1, seconds: 0 },
 *   environment: { deno: "2", v8: "1", kernels: "simd", dtype: "f64", workers: 1 },
 * };
 * assertStringIncludes(comparisonSvg(report), "tanh 8 (chosen): -");
 * ```
 */
export function comparisonSvg({ problem, figure, models, chosen }: CompareReport): string {
  const others = models.filter(({ againstLinear }) => againstLinear !== null);
  // A loss that can be negative has no share: then the differences themselves are drawn.
  const inShares = others.every(({ againstLinear }) =>
    againstLinear!.improvement !== null || againstLinear!.difference === null
  );
  const rows = models.map(({ name, againstLinear }): IntervalRow => {
    const own = { name, chosen: name === chosen };
    if (againstLinear === null) return { ...own, estimate: 0, lower: 0, upper: 0 };
    const { improvement, difference } = againstLinear;
    const found = inShares ? improvement : difference;
    if (found === null) return { ...own, estimate: null, lower: null, upper: null };
    const { estimate, lower, upper } = found;
    if (!inShares) return { ...own, estimate, lower, upper };
    const change = (saved: number | null) => saved === null ? null : -100 * saved;
    return { ...own, estimate: change(estimate), lower: change(upper), upper: change(lower) };
  });
  return intervalsSvg(rows, {
    title: `${problem.targets.join(", ")}: ${figure} against linear, with 95 % intervals`,
    x: inShares
      ? `change of ${figure}, % (to the left is better)`
      : `difference of the ${figure} (to the left is better)`,
    zero: "linear",
  });
}
