import type { Kernels } from "../kernels/mod.ts";
import { isJoint } from "../loss/mod.ts";
import { dot, eigen, type Matrix, multiply, norm, rowOf, transpose, type Vector } from "../tensor/mod.ts";
import type { ConvexCertificate } from "./certificate.ts";
import { type Inequality, judge } from "./comparator.ts";
import {
  vectorDirection,
  type VectorHead,
  type VectorProblem,
  type VectorSpectrum,
  type VectorSums,
} from "./vector_problem.ts";

/** What a network with m outputs is held to: the predictor `A x + C f`. A linear predictor has C = 0. */
export interface VectorComparator {
  /** A [m, d]. */
  readonly A: Matrix;
  /** C [m, k]; null for 0. */
  readonly C: Matrix | null;
  /** `H(A, C)`, its mean loss. */
  readonly value: number;
}

/** A W whose least singular value is below this share of its largest lacks a rank as far as the inequality goes. */
const FULL_RANK = 1e-7;

/**
 * Theorem 1 for several outputs: where W has full row rank, with `G = (W - W*, W+ W* V)`,
 * `||grad F_theta|| >= <grad F_theta, G> / ||G|| >= (F - F_lin(W*)) / ||G||`.
 *
 * @param problem F_theta.
 * @param point The sums at (W, V).
 * @param comparator The linear predictor W*.
 * @returns Both sides; null where W lacks a rank, as it always does for m > d.
 * @example At the best predictor both sides are 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createVectorProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createVectorProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(3), loss: squared });
 * const point = problem.at({ W: matrix(1, 1, [3]), V: matrix(1, 1, [0]) });
 * assertEquals(vectorTheorem1(problem, point, { A: matrix(1, 1, [3]), C: null, value: 0 })?.left, 0);
 * ```
 */
export function vectorTheorem1(
  problem: VectorProblem,
  point: VectorSums,
  comparator: VectorComparator,
): Inequality | null {
  const way = towardsVectorLinear(problem, point, comparator.A);
  if (way === null) return null;
  const along = Math.hypot(norm(way.W.data), norm(way.V.data));
  const gap = point.value - comparator.value;
  if (along === 0) return judge(point.gradientNorm, 0, Math.abs(gap), problem.x.rows + 64);
  const scale = (Math.abs(point.value) + Math.abs(comparator.value)) / along + point.gradientNorm;
  return judge(point.gradientNorm, gap / along, scale, 64 * (problem.x.rows + 64));
}

/**
 * The first-order way down: `-G = (W* - W, -W+ W* V)`, along which F_theta falls at a rate of at least `F - F_lin(W*)`.
 *
 * @param problem F_theta.
 * @param point The sums at (W, V).
 * @param star W* [m, d].
 * @returns The direction; null where W lacks a rank.
 * @example From W = 1 towards W* = 3
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createVectorProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createVectorProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(3), loss: squared });
 * const point = problem.at({ W: one, V: matrix(1, 1, [2]) });
 * assertEquals(towardsVectorLinear(problem, point, matrix(1, 1, [3]))!.V.data[0], -6);
 * ```
 */
export function towardsVectorLinear({ kernels }: VectorProblem, { W, V }: VectorSums, star: Matrix): VectorHead | null {
  const across = solveAcross(kernels, W, multiply(star, V));
  if (across === null) return null;
  return {
    W: { ...W, data: W.data.map((entry, at) => star.data[at] - entry) },
    V: { ...V, data: across.data.map((entry) => -entry) },
  };
}

/** A direction over (W, V) along which F falls. */
export interface VectorWayDown extends VectorHead {
  /** `first`: F falls at once; `second`: only its curvature is negative. */
  readonly order: "first" | "second";
  /** The derivative of F along the direction. */
  readonly slope: number;
}

/**
 * A way down from a point above the linear predictor: {@linkcode towardsVectorLinear} where W has full row rank, else minus the
 * gradient, else the eigenvector of the smallest eigenvalue, where that is negative.
 *
 * @param problem F_theta.
 * @param point The sums at the point.
 * @param spectrum The spectrum there.
 * @param star The linear predictor W* [m, d].
 * @returns The direction; null where the gradient is 0 and no eigenvalue is negative.
 * @throws {RangeError} If W has NaN or infinite entries.
 * @example From W = 0, where only the gradient leads down
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createVectorProblem, loadKernels, matrix, squared, vectorSpectrum } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createVectorProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(3), loss: squared });
 * const point = problem.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [0]) });
 * const { order, slope } = vectorWayDown(problem, point, vectorSpectrum(problem, point), matrix(1, 1, [3]))!;
 * assertEquals([order, slope], ["first", -9]);
 * ```
 */
export function vectorWayDown(
  problem: VectorProblem,
  point: VectorSums,
  spectrum: VectorSpectrum,
  star: Matrix,
): VectorWayDown | null {
  const { gradientW, gradientV, gradientNorm } = point;
  const slopeAlong = ({ W, V }: VectorHead) => dot(W.data, gradientW.data) + dot(V.data, gradientV.data);
  const minus = (a: Matrix): Matrix => ({ ...a, data: a.data.map((entry) => -entry) });
  const way = towardsVectorLinear(problem, point, star) ??
    (gradientNorm > 0 ? { W: minus(gradientW), V: minus(gradientV) } : null);
  if (way !== null) return { ...way, order: "first", slope: slopeAlong(way) };
  if (!(spectrum.values[0] < 0)) return null;
  const bent = vectorDirection(spectrum, point, rowOf(spectrum.vectors, 0));
  return { ...bent, order: "second", slope: slopeAlong(bent) };
}

/**
 * `W+ B = W' (W W')^-1 B`, the solution of `W E = B` of least norm, through the eigenvectors of W W'.
 *
 * @param kernels The kernels that solve the eigenproblem.
 * @param W W [m, d].
 * @param B B [m, k].
 * @returns `W+ B` [d, k]; null where W lacks a rank, as it always does for m > d.
 * @throws {ShapeError} If B does not have as many rows as W.
 * @throws {RangeError} If W has NaN or infinite entries.
 * @example One equation in two unknowns, and one that no E solves
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { loadKernels, matrix } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const [a, b] = solveAcross(kernels, matrix(1, 2, [1, 3]), matrix(1, 1, [20]))!.data;
 * assertAlmostEquals(a, 2, 1e-14);
 * assertAlmostEquals(b, 6, 1e-14);
 * assertEquals(solveAcross(kernels, matrix(1, 2, [0, 0]), matrix(1, 1, [20])), null);
 * ```
 */
export function solveAcross(kernels: Kernels, W: Matrix, B: Matrix): Matrix | null {
  // W W' = Q' diag(values) Q.
  const { values, vectors } = eigen(kernels, multiply(W, transpose(W)));
  if (!(values[0] > FULL_RANK ** 2 * values[values.length - 1])) return null;
  const inQ = multiply(vectors, B);
  const solved = { ...inQ, data: inQ.data.map((entry, at) => entry / values[Math.floor(at / inQ.cols)]) };
  return multiply(transpose(W), multiply(transpose(vectors), solved));
}

/**
 * The convex certificate for several outputs: `F - H(A, C) <= <S, W - A> + <R, W V - C>` at every point, of any rank, for any m.
 *
 * @param problem F_theta.
 * @param point The sums at (W, V).
 * @param comparator The predictor (A, C).
 * @returns The bound, the gap, and whether the one covers the other.
 * @example A linear predictor is compared with the best
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createVectorProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createVectorProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const point = problem.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [0]) });
 * const { gap, bound, holds } = vectorCertificate(problem, point, { A: one, C: null, value: 0 });
 * assertEquals({ gap, bound, holds }, { gap: 0.5, bound: 1, holds: true });
 * ```
 */
export function vectorCertificate(
  problem: VectorProblem,
  point: VectorSums,
  { A, C, value }: VectorComparator,
): ConvexCertificate {
  const { W, V, S, R } = point;
  const beta = multiply(W, V);
  const inner = (a: Vector, b: Vector) => a.reduce((sum, entry, at) => sum + entry * b[at], 0);
  const bound = inner(S.data, W.data) - inner(S.data, A.data) + inner(R.data, beta.data) -
    (C === null ? 0 : inner(R.data, C.data));
  const gap = point.value - value;
  const sizes = norm(W.data) + norm(A.data) + norm(beta.data) + (C === null ? 0 : norm(C.data));
  const { x, f, outputs } = problem;
  const scale = Math.abs(point.value) + Math.abs(value) + slopeSize(problem, point) * sizes;
  return { ...judge(bound, gap, scale, x.rows + outputs * (x.cols + f.cols)), bound, gap };
}

/** `E ||l'|| ||[x; f]||`: the size of the terms that sum to S and R. */
function slopeSize({ x, f, y, loss, outputs: m }: VectorProblem, { predictions: p }: VectorSums): number {
  const n = x.rows;
  const slopes = new Float64Array(n * m);
  if (isJoint(loss)) loss.evaluate({ n, m, p, y }, 1, slopes);
  else slopes.forEach((_, at) => slopes[at] = loss.slope(p[at], y[at]));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const row = (a: Matrix) => a.data.subarray(i * a.cols, (i + 1) * a.cols) as Vector;
    sum += norm(slopes.subarray(i * m, (i + 1) * m) as Vector) * Math.hypot(norm(row(x)), norm(row(f)));
  }
  return sum / n;
}
