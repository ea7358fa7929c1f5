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
