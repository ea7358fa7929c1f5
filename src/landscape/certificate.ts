import { dot, norm, transposeTimes, type Vector } from "../tensor/mod.ts";
import { type Inequality, judge } from "./comparator.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";

/** A predictor `a'x + c'f` that a point is compared with. */
export interface HeadComparator {
  /** Weights of x [d]. */
  readonly a: Vector;
  /** Weights of f [k]; zero for a linear predictor. */
  readonly c: Vector;
  /** `H(a, c)`, its mean loss. */
  readonly value: number;
}

/** The convex certificate: `left` is the bound, `right` the gap that it bounds. */
export interface ConvexCertificate extends Inequality {
  /** `<s, w - a> + <r, V'w - c>`: the gap is at most this, at every point, stationary or not. */
  readonly bound: number;
  /** `F(w, V, theta) - H(a, c)`. */
  readonly gap: number;
}

/**
 * The convex certificate at a point. `p` depends on (w, V) only through alpha = w and beta = V'w, and
 * `H(alpha, beta) = E[l(alpha'x + beta'f; y)]` is convex with gradient (s, r), so for every (a, c)
 * `F(w, V) - H(a, c) <= <s, w - a> + <r, V'w - c>`: an upper bound on how far above (a, c) the point lies,
 * which is 0 where s = 0 and r = 0.
 *
 * @param problem F_theta.
 * @param point The sums at (w, V).
 * @param comparator The predictor (a, c) with its value.
 * @returns The bound, the gap, and whether the one covers the other.
 * @example A linear predictor is compared with itself
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createPartialProblem } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const point = problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [0]) });
 * const best = { a: Float64Array.of(1), c: Float64Array.of(0), value: 0 };
 * const { gap, bound, holds } = convexCertificate(problem, point, best);
 * assertEquals({ gap, bound, holds }, { gap: 0.5, bound: 1, holds: true });
 * ```
 */
export function convexCertificate(
  problem: PartialProblem,
  point: PointSums,
  comparator: HeadComparator,
): ConvexCertificate {
  const { s, r, w, V, value } = point;
  const { a, c } = comparator;
  const beta = transposeTimes(V, w);
  const bound = dot(s, w) - dot(s, a) + dot(r, beta) - dot(r, c);
  const gap = value - comparator.value;
  const scale = Math.abs(value) + Math.abs(comparator.value) +
    slopeScale(problem, point) * (norm(w) + norm(a) + norm(beta) + norm(c));
  return { ...judge(bound, gap, scale, problem.x.rows + problem.x.cols + problem.f.cols), bound, gap };
}

/** `E|l'| ||[x; f]||`: the size of the terms that sum to s and r, which their rounding is relative to. */
function slopeScale(problem: PartialProblem, point: PointSums): number {
  const { x, f, y, loss } = problem;
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    const size = Math.hypot(
      norm(x.data.subarray(i * x.cols, (i + 1) * x.cols)),
      norm(f.data.subarray(i * f.cols, (i + 1) * f.cols)),
    );
    sum += Math.abs(loss.slope(point.predictions[i], y[i])) * size;
  }
  return sum / x.rows;
}
