import { type DerivativeBounds, isJoint, type Loss } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Evaluation, HeadObjective } from "./head_objective.ts";
import { spectralNorm } from "./spectral_norm.ts";

/** Lipschitz constants of F_theta, its gradient and its Hessian on the segment from (W, V) to (0, V). */
export interface Smoothness {
  /** Of F_theta. */
  readonly mu0: number;
  /** Of its gradient; also bounds the Hessian's norm. */
  readonly mu1: number;
  /** Of its Hessian; null when l'' jumps on the segment, or a ridge is added, so that none is known. */
  readonly mu2: number | null;
}

/**
 * Sound constants on the segment `{(t W, V): 0 <= t <= 1}`, which is all that the proof of Theorem 3 walks. Row by row, with
 * `z = x + V f`, predictions go from 0 to `W z`, `||dp|| <= g` for a unit direction, `g² = ||z||² + ||W||² ||f||²`
 * (||W|| the spectral norm), and `||d²p|| <= ||f||`, so
 * `mu0 = E[sup||l'|| g]`, `mu1 = E[sup||l''|| g² + sup||l'|| ||f||]`, `mu2 = E[sup||l'''|| g³ + 3 sup||l''|| g ||f||]`.
 * A loss that is summed over the outputs has `||l'||² = sum l'_a²` and the other norms at most the largest over the outputs.
 * Softmax has `||l'|| <= sqrt(2)`, `||l''|| <= 1/2` and `||l'''|| <= sqrt(6) / 9`: along v it is the third central moment of a
 * variable whose values differ by `sqrt(2) ||v||` at most. Cost: one product with the features.
 *
 * @param objective F_theta.
 * @param evaluation The sums at (W, V).
 * @returns The three constants.
 * @example At W = 0 and V = 0 mu0 is the mean of |y| |x|
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const { mu0 } = smoothness(objective, objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [0]) }));
 * assertEquals(mu0, 2 / 3);
 * ```
 */
export function smoothness(objective: HeadObjective, evaluation: Evaluation): Smoothness {
  const { kernels, loss, y, weights, rows: n, outputs: m } = objective;
  const normW = spectralNorm(kernels, evaluation.W);
  const { z, f } = objective.rowSizes(evaluation.V);
  const { predictions: p } = evaluation;
  let [mu0, mu1, mu2]: [number, number, number | null] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const { d1, d2, d3 } = isJoint(loss) ? loss.bounds : summedBounds(loss, y, p, i, m);
    const g = Math.hypot(z[i], normW * f[i]);
    const share = (weights === null ? 1 : weights[i]) / n;
    mu0 += share * d1 * g;
    mu1 += share * (d2 * g * g + d1 * f[i]);
    mu2 = d3 === null || mu2 === null ? null : mu2 + share * (d3 * g ** 3 + 3 * d2 * g * f[i]);
  }
  // The ridge on W V grows like a fourth power of (W, V): no constant of the loss covers it.
  return Object.freeze({ mu0, mu1, mu2: objective.ridge === null ? mu2 : null });
}

/** Bounds on the first three derivatives of the loss of one row, in norm, over its part of the segment. */
function summedBounds(loss: Loss, y: Vector, p: Vector, i: number, m: number): DerivativeBounds {
  let [squares, d2, d3]: [number, number, number | null] = [0, 0, 0];
  for (let at = i * m; at < (i + 1) * m; at++) {
    const one = loss.bounds(y[at], Math.min(0, p[at]), Math.max(0, p[at]));
    squares += one.d1 * one.d1;
    d2 = Math.max(d2, one.d2);
    d3 = d3 === null || one.d3 === null ? null : Math.max(d3, one.d3);
  }
  return { d1: Math.sqrt(squares), d2, d3 };
}
