import { norm } from "../tensor/mod.ts";
import { type Comparator, gapAbove, type Inequality, judge } from "./comparator.ts";
import { spectralNorm } from "./spectral_norm.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";

/**
 * Theorem 1 (Shamir 2018) at a point with w != 0:
 * `||grad F_theta(w,V)|| >= (F - F_lin(w*)) / sqrt(2 ||w||² + ||w*||² (2 + ||V||² / ||w||²))`, ||V|| the spectral norm.
 *
 * @param problem F_theta.
 * @param point The sums at (w, V).
 * @param comparator The linear predictor w*.
 * @returns Both sides; null when w = 0, where Theorem 2 speaks.
 * @example The gradient is as large as the gap to w* = -1 asks
 * ```ts
 * import { assert } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const point = problem.at({ w: Float64Array.of(1), V: matrix(1, 1, [0.5]) });
 * const { left, right, holds } = theorem1(problem, point, { weights: Float64Array.of(-1), value: 1 / 3 })!;
 * assert(holds && left >= right && right > 0);
 * ```
 */
export function theorem1(problem: PartialProblem, point: PointSums, comparator: Comparator): Inequality | null {
  const normW = norm(point.w);
  if (normW === 0) return null;
  const ratio = spectralNorm(problem.kernels, point.V) / normW;
  const normStar = norm(comparator.weights);
  const gap = gapAbove(point.value, comparator, problem.x.rows + 64);
  const right = gap / Math.hypot(Math.SQRT2 * normW, normStar * Math.hypot(Math.SQRT2, ratio));
  // The value is a mean of n losses and the gradient n products: n roundings relative to their sizes, over the same root.
  const scale = (Math.abs(point.value) + Math.abs(comparator.value)) * Math.abs(right / (gap || 1));
  return judge(point.gradientNorm, right, scale, problem.x.rows + 64);
}
