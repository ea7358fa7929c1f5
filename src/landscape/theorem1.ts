import { multiply, norm } from "../tensor/mod.ts";
import { plusTimes } from "./_head_algebra.ts";
import type { Evaluation, HeadObjective } from "./head_objective.ts";
import { type Comparator, gapAbove, type Inequality, judge } from "./inequality.ts";
import { solveAcross } from "./settle.ts";
import { spectralNorm } from "./spectral_norm.ts";

/**
 * Theorem 1 (Shamir 2018) at a point where W has full row rank. One output:
 * `||grad F_theta|| >= (F - F_lin(w*)) / sqrt(2 ||w||² + ||w*||² (2 + ||V||² / ||w||²))`, ||V|| the spectral norm. Several:
 * `||grad F_theta|| >= (F - F_lin(W*)) / ||G||` with `G = (W - W*, W⁺ W* V)`.
 *
 * @param objective F_theta.
 * @param evaluation The sums at (W, V).
 * @param comparator The linear predictor W*.
 * @returns Both sides; null where W lacks a rank: w = 0, or m > d.
 * @example The gradient is as large as the gap to w* = -1 asks
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const at = objective.at({ W: matrix(1, 1, [1]), V: matrix(1, 1, [0.5]) });
 * const { left, right, holds } = theorem1(objective, at, { A: matrix(1, 1, [-1]), C: null, value: 1 / 3 })!;
 * assert(holds && left >= right && right > 0);
 * ```
 */
export function theorem1(
  objective: HeadObjective,
  evaluation: Evaluation,
  comparator: Comparator,
): Inequality | null {
  const { rows: n, outputs: m } = objective;
  const along = m === 1 ? oneOutput(objective, evaluation, comparator) : severalOutputs(evaluation, comparator);
  if (along === null) return null;
  const gap = gapAbove(evaluation.value, comparator, n + 64);
  const values = Math.abs(evaluation.value) + Math.abs(comparator.value);
  if (along === 0) return judge(evaluation.gradientNorm, 0, values, n + 64);
  // The value is a mean of n losses and the gradient n products: n roundings relative to their sizes, over the same length.
  return judge(evaluation.gradientNorm, gap / along, values / along, (m === 1 ? 1 : 64) * (n + 64));
}

/** The root in the paper's bound; null where w = 0. */
function oneOutput({ kernels }: HeadObjective, { W, V }: Evaluation, { A }: Comparator): number | null {
  const [normW, normStar] = [norm(W.data), norm(A.data)];
  if (normW === 0) return null;
  return Math.hypot(Math.SQRT2 * normW, normStar * Math.hypot(Math.SQRT2, spectralNorm(kernels, V) / normW));
}

/** `||G||`; null where W is rank-deficient. */
function severalOutputs({ W, V }: Evaluation, { A }: Comparator): number | null {
  const across = solveAcross(W, multiply(A, V));
  return across && Math.hypot(norm(plusTimes(W, -1, A).data), norm(across.data));
}
