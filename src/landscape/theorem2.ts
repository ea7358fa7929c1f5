import { eigen, type Matrix, norm, type Vector } from "../tensor/mod.ts";
import { type Comparator, gapAbove, type Inequality, judge } from "./comparator.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";
import { smallHessian } from "./small_hessian.ts";
import { spectralNorm } from "./spectral_norm.ts";

/** Theorem 2 at (0, V), with what it was computed from. */
export interface Theorem2 extends Inequality {
  /** `lambda_min(Hess F_theta(0, V))`; for a convex loss never above 0, but for rounding. */
  readonly lambdaMin: number;
  /** `||grad F_theta(0, V)||`. */
  readonly gradientNorm: number;
  /** `F(0, V, theta)`. */
  readonly value: number;
  /** A unit direction (u, D) of curvature `lambdaMin`; zero when r = 0. */
  readonly u: Vector;
  /** The V part of that direction [d, k]. */
  readonly D: Matrix;
}

/**
 * Theorem 2 (Shamir 2018) at (0, V): with `L = lambda_min(Hess F_theta(0, V)) <= 0`,
 * `||grad F_theta(0,V)|| + ||V|| sqrt(|L| ||d²F/dw²(0,V)|| + L²) >= (F(0,V) - F_lin(w*)) / ||w*||`.
 *
 * At w = 0 the Hessian couples u to D only through `2 u'D r`, so each eigenvalue a of `E[l'' z z']` gives the pair
 * `(a ± sqrt(a² + 4 ||r||²)) / 2`, and L comes from the smallest a: an eigenproblem of order d.
 *
 * @param problem F_theta.
 * @param V The point is (0, V).
 * @param comparator The linear predictor w*.
 * @returns Both sides, and the direction of most negative curvature.
 * @example Negative curvature at w = 0
 * ```ts
 * import { assert } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const found = theorem2(problem, matrix(1, 1, [0.5]), { weights: Float64Array.of(-1), value: 1 / 3 });
 * assert(found.holds && found.lambdaMin < 0);
 * ```
 */
export function theorem2(problem: PartialProblem, V: Matrix, comparator: Comparator): Theorem2 {
  const [d, k] = [V.rows, V.cols];
  const point: PointSums = problem.at({ w: new Float64Array(d), V });
  const { matrix } = smallHessian(point, problem.gram(point));
  const uu = new Float64Array(d * d);
  for (let i = 0; i < d; i++) uu.set(matrix.data.subarray(i * matrix.cols, i * matrix.cols + d), i * d);
  const { values, vectors } = eigen(problem.kernels, { rows: d, cols: d, data: uu });
  const normR = norm(point.r);
  // (a - sqrt(a² + 4 ||r||²)) / 2 for the smallest a, written without cancellation.
  const root = Math.hypot(values[0], 2 * normR);
  const lambdaMin = values[0] > 0 ? -2 * normR * normR / (values[0] + root) : (values[0] - root) / 2;
  const curvatureNorm = Math.max(Math.abs(values[0]), Math.abs(values[d - 1]));

  const normV = spectralNorm(problem.kernels, V);
  const normStar = norm(comparator.weights);
  const left = point.gradientNorm + normV * Math.sqrt(Math.abs(lambdaMin) * curvatureNorm + lambdaMin * lambdaMin);
  const gap = gapAbove(point.value, comparator, problem.x.rows + 64);
  const right = normStar > 0 ? gap / normStar : 0;
  const scale = normStar > 0 ? (Math.abs(point.value) + Math.abs(comparator.value)) / normStar : 0;

  // The eigenvector of [[a, ||r||], [||r||, 0]] for L, along (q, q rhat').
  const q = vectors.data.slice(0, d);
  const length = normR === 0 ? 1 : Math.hypot(lambdaMin, normR);
  const [inU, inD] = normR === 0 ? [0, 0] : [lambdaMin / length, normR / length];
  const D = new Float64Array(d * k);
  if (normR > 0) {
    for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) D[i * k + j] = inD * q[i] * point.r[j] / normR;
  }
  return {
    ...judge(left, right, scale, problem.x.rows + 64),
    lambdaMin,
    gradientNorm: point.gradientNorm,
    value: point.value,
    u: q.map((entry) => inU * entry),
    D: { rows: d, cols: k, data: D },
  };
}
