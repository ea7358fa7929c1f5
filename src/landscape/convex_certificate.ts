import { dot, type Matrix, multiply, norm, type Vector } from "../tensor/mod.ts";
import { UNIT } from "./_rounding.ts";
import type { Evaluation, HeadObjective } from "./head_objective.ts";
import { type Comparator, type Inequality, judgeWithin } from "./inequality.ts";

/** The convex certificate: `left` is the bound, `right` the gap that it bounds. */
export interface ConvexCertificate extends Inequality {
  /** `<S, W - A> + <R, W V - C>`: the gap is at most this, at every point, stationary or not. */
  readonly bound: number;
  /** `F(W, V) - H(A, C)`. */
  readonly gap: number;
}

/**
 * The convex certificate at a point. The predictions depend on (W, V) only through A = W and C = W V, and
 * `H(A, C) = E[l(A x + C f; y)]` is convex with gradient (S, R), so for every (A, C)
 * `F(W, V) - H(A, C) <= <S, W - A> + <R, W V - C>`: an upper bound on how far above (A, C) the point lies, for any m and any
 * rank of W, which is 0 where S = 0 and R = 0.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param comparator The predictor (A, C) with its value.
 * @returns The bound, the gap, and whether the one covers the other.
 * @example A linear predictor is compared with the best
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [0]) });
 * const { gap, bound, holds } = convexCertificate(objective, at, { A: one, C: null, value: 0 });
 * assertEquals({ gap, bound, holds }, { gap: 0.5, bound: 1, holds: true });
 * ```
 */
export function convexCertificate(
  objective: HeadObjective,
  evaluation: Evaluation,
  { A, C, value }: Comparator,
): ConvexCertificate {
  const { rows: n, d, k } = objective;
  const { W, V, S, R } = evaluation;
  const WV = multiply(W, V);
  const inA = difference(W.data, A.data);
  const inC = C === null ? WV.data : difference(WV.data, C.data);
  const bound = dot(S.data, inA) + dot(R.data, inC);
  const gap = evaluation.value - value;
  // The sums are off by n roundings of their sizes; predictions by some of theirs, which moves the value by l' times that.
  const long = UNIT * (n + 64);
  const short = UNIT * (4 * (d + k) + 64);
  const lengths = Math.hypot(norm(inA), norm(inC));
  const predictions = norm(W.data) * (1 + norm(V.data)) + norm(A.data) + (C === null ? 0 : norm(C.data));
  const rounding = long * (Math.abs(evaluation.value) + Math.abs(value)) +
    objective.slopeSize(evaluation) * (long * lengths + short * predictions);
  return Object.freeze({ ...judgeWithin(bound, gap, rounding), bound, gap });
}

function difference(a: Vector, b: Matrix["data"]): Vector {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  return out;
}
