import { norm } from "../tensor/mod.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";

/** Lipschitz constants of F_theta, its gradient and its Hessian on the segment from (w, V) to (0, V). */
export interface Smoothness {
  /** Of F_theta. */
  readonly mu0: number;
  /** Of its gradient; also bounds the Hessian's norm. */
  readonly mu1: number;
  /** Of its Hessian; null when l'' jumps on the segment, so that there is none. */
  readonly mu2: number | null;
}

/**
 * Sound constants on the segment `{(t w, V): 0 <= t <= 1}`, which is all that the proof of Theorem 3 walks. Row by row,
 * with `z = x + V f`, predictions go from 0 to `w'z`, `||grad p||² <= ||z||² + ||w||² ||f||² = g²` and `||Hess p|| = ||f||`, so
 * `mu0 = E[sup|l'| g]`, `mu1 = E[sup l'' g² + sup|l'| ||f||]`, `mu2 = E[sup|l'''| g³ + 3 sup l'' g ||f||]`.
 *
 * @param problem F_theta.
 * @param point The sums at (w, V).
 * @returns The three constants.
 * @example At w = 0 and V = 0 mu0 is the mean of |y| |x|
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const { mu0 } = smoothness(problem, problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [0]) }));
 * assertEquals(mu0, 2 / 3);
 * ```
 */
export function smoothness(problem: PartialProblem, point: PointSums): Smoothness {
  const { x, f, y, loss } = problem;
  const [n, d, k] = [x.rows, x.cols, f.cols];
  const { V } = point;
  const normW = norm(point.w);
  let [mu0, mu1, mu2]: [number, number, number | null] = [0, 0, 0];
  const z = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const row = f.data.subarray(i * k, (i + 1) * k);
    for (let a = 0; a < d; a++) {
      let sum = x.data[i * d + a];
      for (let b = 0; b < k; b++) sum += V.data[a * k + b] * row[b];
      z[a] = sum;
    }
    const normF = norm(row);
    const g = Math.hypot(norm(z), normW * normF);
    const p = point.predictions[i];
    const { slope, curvature, jerk } = loss.bounds(y[i], Math.min(0, p), Math.max(0, p));
    mu0 += slope * g / n;
    mu1 += (curvature * g * g + slope * normF) / n;
    mu2 = jerk === null || mu2 === null ? null : mu2 + (jerk * g ** 3 + 3 * curvature * g * normF) / n;
  }
  return { mu0, mu1, mu2 };
}

/** Theorem 3's explicit bound at a point. */
export interface Theorem3 {
  /** The epsilon that the bound was computed for. */
  readonly epsilon: number;
  /** `F - F_lin(w*)` is at most this. */
  readonly bound: number;
  /** The delta that makes the bound smallest. */
  readonly delta: number;
}

/**
 * The explicit Theorem 3: an epsilon-SOPSP with `||w||, ||V|| <= b` is at most `max(A, B)` above any `w*` with `||w*|| <= radius`, where
 * `A = eps sqrt(2 b² + radius² (2 + b²/delta²))`, `B = mu0 delta + radius (eps + mu1 delta + b sqrt(e mu1 + e²))`,
 * `e = sqrt(mu2 eps) + mu2 delta`, for any delta > 0; the best one is found by golden sections on log delta. The definition
 * gives `lambda_min >= -sqrt(mu2 eps)`; where lambda_min is known, `-lambda_min` in its place makes the bound tighter.
 *
 * @param constants The smoothness on the segment from (w, V) to (0, V).
 * @param epsilon `||grad|| <= epsilon` at the point.
 * @param options `b`: bounds `||w||` and `||V||`. `radius`: bounds `||w*||`. `curvature`: `lambda_min >= -curvature` at the
 * point (default `sqrt(mu2 epsilon)`).
 * @returns The bound with its delta; null when mu2 is null (the loss is not smooth enough for the theorem).
 * @example At a perfect stationary point nothing is left
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(theorem3({ mu0: 1, mu1: 1, mu2: 1 }, 0, { b: 1, radius: 1 })?.bound, 0);
 * ```
 */
export function theorem3(
  constants: Smoothness,
  epsilon: number,
  options: { readonly b: number; readonly radius: number; readonly curvature?: number },
): Theorem3 | null {
  const { mu0, mu1, mu2 } = constants;
  if (mu2 === null) return null;
  const { b, radius, curvature = Math.sqrt(mu2 * epsilon) } = options;
  if (epsilon === 0 && curvature === 0) return { epsilon, bound: 0, delta: 0 };
  const boundAt = (delta: number) => {
    const e = curvature + mu2 * delta;
    const a = epsilon * Math.hypot(Math.SQRT2 * b, radius * Math.hypot(Math.SQRT2, b / delta));
    return Math.max(a, mu0 * delta + radius * (epsilon + mu1 * delta + b * Math.sqrt(e * mu1 + e * e)));
  };
  // A falls and B rises with delta, so their maximum has one minimum: golden sections close in on it.
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-100, 50];
  for (let step = 0; step < 100; step++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (boundAt(Math.exp(left)) <= boundAt(Math.exp(right))) high = right;
    else low = left;
  }
  const delta = Math.exp((low + high) / 2);
  return { epsilon, bound: boundAt(delta), delta };
}

/**
 * The least epsilon for which a point is an epsilon-SOPSP: `max(||grad||, lambda_min² / mu2)` when lambda_min < 0, else `||grad||`.
 *
 * @param gradientNorm `||grad F_theta||`.
 * @param lambdaMin The smallest eigenvalue of the Hessian over (w, V).
 * @param mu2 The Lipschitz constant of the Hessian, above 0.
 * @returns The least epsilon.
 * @example Curvature counts by its square
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(sopspEpsilon(0.1, -2, 4), 1);
 * assertEquals(sopspEpsilon(0.1, 0.5, 4), 0.1);
 * ```
 */
export function sopspEpsilon(gradientNorm: number, lambdaMin: number, mu2: number): number {
  return lambdaMin < 0 ? Math.max(gradientNorm, lambdaMin * lambdaMin / mu2) : gradientNorm;
}
