import { isJoint, isOnKink } from "../loss/mod.ts";
import { eigen, type Matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";
import { plusTimes } from "./_head_algebra.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";
import { type Comparator, gapAbove, type Inequality, judge } from "./inequality.ts";
import { spectralNorm } from "./spectral_norm.ts";

/** Theorem 2 at (0, V), with the quantities it was computed from. */
export interface Theorem2 extends Inequality {
  /** `L = lambda_min(Hess F_theta(0, V))`, never above 0 but for rounding; where `exact` is false `-||r||`, which is at most L. */
  readonly lambdaMin: number;
  /** Whether the eigenproblem was solved; for d above 400 it is bounded instead, which makes the left side larger. */
  readonly exact: boolean;
  /** `||grad F_theta(0, V)||`. */
  readonly gradientNorm: number;
  /** `F(0, V, theta)`. */
  readonly value: number;
  /** A unit direction of curvature `lambdaMin`; zero when r = 0, or where `exact` is false. */
  readonly direction: Head;
}

/**
 * How many rows have their prediction on a kink of the loss, where l'' jumps: there the Hessian does not exist.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @returns The number of rows.
 * @example The smooth hinge has a kink at margin 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { smoothHinge } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(2, 1, [1, 1]), f: matrix(2, 1, [0, 1]), y: Float64Array.of(1, -1), loss: smoothHinge };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * assertEquals(rowsOnKink(objective, objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [1]) })), 2);
 * ```
 */
export function rowsOnKink({ loss, rows: n, outputs: m, y }: HeadObjective, { predictions }: Evaluation): number {
  if (isJoint(loss)) return 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    let jumps = false;
    for (let at = i * m; at < (i + 1) * m; at++) jumps ||= isOnKink(loss, predictions[at], y[at]);
    if (jumps) count++;
  }
  return count;
}

/**
 * Theorem 2 (Shamir 2018) at (0, V), for one output: with `L = lambda_min(Hess F_theta(0, V)) <= 0`,
 * `||grad F_theta(0,V)|| + ||V|| sqrt(|L| ||d²F/dw²(0,V)|| + L²) >= (F(0,V) - F_lin(w*)) / ||w*||`.
 *
 * At w = 0 the Hessian couples u to E only through `2 u'E r`, so each eigenvalue a of `E[l'' z z']` gives the pair
 * `(a ± sqrt(a² + 4 ||r||²)) / 2`, and L comes from the smallest a: an eigenproblem of order d. For d above 400 the bounds
 * `|L| <= ||r||` and `||d²F/dw²|| <= E[l'' ||z||²]` stand in.
 *
 * @param objective F_theta, one output.
 * @param V The point is (0, V).
 * @param comparator The linear predictor w*.
 * @returns Both sides, and the direction of most negative curvature; null outside the theorem: for m > 1 (Theorem A speaks),
 * and where the predictions 0 lie on a kink of the loss ({@linkcode rowsOnKink}), so that there is no Hessian.
 * @example Negative curvature at w = 0
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const found = theorem2(objective, matrix(1, 1, [0.5]), { A: matrix(1, 1, [-1]), C: null, value: 1 / 3 })!;
 * assert(found.holds && found.lambdaMin < 0);
 * ```
 */
export function theorem2(objective: HeadObjective, V: Matrix, comparator: Comparator): Theorem2 | null {
  const { kernels, rows: n, outputs: m, d, k } = objective;
  if (m !== 1) return null;
  const evaluation = objective.at({ W: { rows: 1, cols: d, data: new Float64Array(d) }, V });
  if (rowsOnKink(objective, evaluation) > 0) return null;
  const { R: { data: r }, value, gradientNorm } = evaluation;
  const normR = norm(r);
  const { lambdaMin, curvatureNorm, lowest } = d <= MOST_EXACT
    ? solved(objective, evaluation, normR)
    : { lambdaMin: -normR, curvatureNorm: traceInW(objective, evaluation), lowest: null };

  objective.leave(evaluation);
  const [normV, normStar] = [spectralNorm(kernels, V), norm(comparator.A.data)];
  const left = gradientNorm + normV * Math.sqrt(Math.abs(lambdaMin) * curvatureNorm + lambdaMin * lambdaMin);
  const gap = gapAbove(value, comparator, n + 64);
  const right = normStar > 0 ? gap / normStar : 0;
  const scale = normStar > 0 ? (Math.abs(value) + Math.abs(comparator.value)) / normStar : 0;
  return Object.freeze({
    ...judge(left, right, scale, n + 64),
    lambdaMin,
    exact: lowest !== null,
    gradientNorm,
    value,
    direction: lowestDirection(lowest ?? new Float64Array(d), lowest ? r : new Float64Array(k), lambdaMin),
  });
}

/** Eigenproblems up to this order are solved. */
const MOST_EXACT = 400;

/** L, the norm of `E[l'' z z']`, and its lowest eigenvector. */
function solved(objective: HeadObjective, evaluation: Evaluation, normR: number) {
  const { values, vectors } = eigen(objective.kernels, curvatureInW(objective, evaluation));
  // (a - sqrt(a² + 4 ||r||²)) / 2 for the smallest a, written without cancellation.
  const root = Math.hypot(values[0], 2 * normR);
  const lambdaMin = values[0] > 0 ? -2 * normR * (normR / (values[0] + root)) : (values[0] - root) / 2;
  const curvatureNorm = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1]));
  return { lambdaMin, curvatureNorm, lowest: vectors.data.slice(0, vectors.cols) };
}

/** `E[l'' ||z||²]`. */
function traceInW(objective: HeadObjective, evaluation: Evaluation): number {
  const { z } = objective.rowSizes(evaluation.V);
  const bends = objective.curvatureTraces(evaluation);
  const loss = bends.reduce((sum, bend, i) => sum + bend * z[i] * z[i], 0) / objective.rows;
  const { ridge, d, k } = objective;
  if (ridge === null) return loss;
  // The trace of the ridge's part, `x I + f V V'`.
  const squares = evaluation.V.data.reduce((sum, entry, at) => sum + ridge[d + at % k] * entry * entry, 0);
  return loss + squares + ridge.subarray(0, d).reduce((sum, value) => sum + value, 0);
}

/** The eigenvector of [[a, ||r||], [||r||, 0]] for L, along (q, q rhat'). */
function lowestDirection(q: Vector, r: Vector, lambdaMin: number): Head {
  const [d, k, normR] = [q.length, r.length, norm(r)];
  const length = normR === 0 ? 1 : Math.hypot(lambdaMin, normR);
  const [inW, inV] = normR === 0 ? [0, 0] : [lambdaMin / length, normR / length];
  const E = new Float64Array(d * k);
  if (normR > 0) { for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) E[i * k + j] = inV * q[i] * (r[j] / normR); }
  return { W: { rows: 1, cols: d, data: q.map((entry) => inW * entry) }, V: { rows: d, cols: k, data: E } };
}

/** `E[l'' z z']` [d, d] from the Hessian of H, for one output: `xx + xf V' + V fx + V ff V'`. */
function curvatureInW(objective: HeadObjective, evaluation: Evaluation): Matrix {
  const { d, k } = objective;
  const gram = objective.hessianOfH(evaluation);
  const { V } = evaluation;
  const [xx, xf, ff] = [block(gram, 0, 0, d, d), block(gram, 0, d, d, k), block(gram, d, d, k, k)];
  const zf = plusTimes(xf, 1, multiply(V, ff));
  const zz = plusTimes(plusTimes(xx, 1, multiply(xf, transpose(V))), 1, multiply(V, transpose(zf)));
  return plusTimes(scaled(zz), 1, scaled(transpose(zz)));
}

const scaled = (a: Matrix): Matrix => ({ ...a, data: a.data.map((entry) => entry / 2) });

function block(a: Matrix, row: number, column: number, rows: number, cols: number): Matrix {
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const start = (row + i) * a.cols + column;
    data.set(a.data.subarray(start, start + cols), i * cols);
  }
  return { rows, cols, data };
}
