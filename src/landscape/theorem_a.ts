import { eigenvalues, type Matrix, multiply, norm, type Vector } from "../tensor/mod.ts";
import { roundingAt, UNIT } from "./_rounding.ts";
import type { Evaluation, HeadObjective } from "./head_objective.ts";
import { type Comparator, type Inequality, judgeWithin } from "./inequality.ts";
import type { LambdaMin } from "./lambda_min.ts";
import { nuclearNorm, spectralNorm } from "./spectral_norm.ts";

/** Theorem A at a point, with the quantities it was computed from. */
export interface TheoremA {
  /** `lambda_max(E[(a'z)² l''])` for a unit vector a with `W a = 0`; at kinks of the loss l'' is its larger value. */
  readonly b: number;
  /** At least `max(0, -lambda_min)`. */
  readonly kappaUpper: number;
  /** `||R||_2`. */
  readonly normR: number;
  /** (A1): `kappa (kappa + b) >= ||R||_2²`. */
  readonly stationarity: Inequality;
  /** (A2): `||grad_W F|| ||W - W*|| + ||W* V||_* sqrt(kappa (kappa + b)) >= F - F_lin(W*)`: left bounds the gap, right is it. */
  readonly gap: Inequality;
}

/**
 * Theorem A: stationarity bounds the gap to every linear predictor, at every point, for m < d. With
 * `kappa = max(0, -lambda_min)`, a unit vector a with `W a = 0` and `b = lambda_max(E[(a'z)² l''])`,
 * (A1) `||R||_2² <= kappa (kappa + b)` and
 * (A2) `F - F_lin(W*) <= ||grad_W F|| ||W - W*|| + ||W* V||_* sqrt(kappa (kappa + b))`.
 * Any a is valid; of a few the one with the smallest b is taken. Cost: one product with the data, and m products with l'' for
 * a joint loss.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param lambda What is known about lambda_min; its lower end gives kappa.
 * @param comparator The linear predictor W*.
 * @returns Both inequalities; null outside the theorem, where m >= d.
 * @throws {RangeError} If the second derivatives at the point are not finite.
 * @example At the best linear predictor, features unused
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective, lambdaMin } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(2, 2, [1, 0, 1, 1]), f: matrix(2, 1, [0.5, 1]), y: Float64Array.of(1, 3), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const at = objective.at({ W: matrix(1, 2, [0, 0]), V: matrix(2, 1, [1, 0]) });
 * const comparator = { A: matrix(1, 2, [1, 2]), C: null, value: 0 };
 * const { stationarity, gap } = theoremA(objective, at, lambdaMin(objective, at), comparator)!;
 * assert(stationarity.holds && gap.holds && gap.left >= 2.5);
 * ```
 */
export function theoremA(
  objective: HeadObjective,
  evaluation: Evaluation,
  lambda: Pick<LambdaMin, "lower">,
  comparator: Comparator,
): TheoremA | null {
  const { kernels, rows: n, outputs: m, d, k } = objective;
  if (m >= d) return null;
  const { W, V, R, gradientW, value } = evaluation;
  const { bend, leak } = objective.nullCurvature(evaluation)!;
  const b = m === 1 ? bend.data[0] : eigenvalues(kernels, bend).at(-1)!;
  const kappa = Math.max(0, -lambda.lower);
  const normR = spectralNorm(kernels, R);
  const rounding = roundingAt(objective, evaluation);
  const { sums, curvatureSize: size } = rounding;
  const [normV, normStar] = [norm(V.data), norm(comparator.A.data)];

  // a'z is off by some roundings of 1 + ||V||; and W a is not exactly 0, which adds a little curvature to (D, E).
  const change = UNIT * (4 * (d + k) + 64) * (1 + normV);
  const offB = (UNIT * (n + 64) + rounding.bending) * b + 2 * change * Math.sqrt(b * size) + change * change * size;
  const offKappa = 2 * leak * Math.sqrt(b * size) + leak * leak * size;
  const product = kappa * (kappa + b);
  const offProduct = kappa * offB + offKappa * (2 * kappa + b + offKappa + offB) + 16 * UNIT * product;
  const stationarity = judgeWithin(product, normR * normR, offProduct + sums * (2 * normR + sums));

  const distance = norm(difference(W, comparator.A));
  const nuclear = nuclearNorm(kernels, multiply(comparator.A, V));
  const bound = norm(gradientW.data) * distance + nuclear * Math.sqrt(product);
  // S and R are off by the rounding of their sums, the gradient also by the product R V'.
  const offBound = sums * ((1 + normV) * distance + nuclear) + nuclear * Math.sqrt(offProduct) +
    UNIT * 64 * (m + d + k) * (bound + norm(R.data) * normV * (distance + normStar));
  const offGap = rounding.value + UNIT * (n + 64) * Math.abs(comparator.value);
  const gap = judgeWithin(bound, value - comparator.value, offBound + offGap);
  return Object.freeze({ b, kappaUpper: kappa, normR, stationarity, gap });
}

function difference(a: Matrix, b: Matrix): Vector {
  return a.data.map((entry, at) => entry - b.data[at]);
}
