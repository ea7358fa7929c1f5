import { type Matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";
import type { PointSums } from "./partial_problem.ts";

/** The Hessian over (w, V), of order d + d k, compressed to the 2d + k - 1 dimensions on which it acts. */
export interface SmallHessian {
  /** The compressed matrix, in coordinates (u, c, e): directions u, and D = what c' + (P e) rhat'. */
  readonly matrix: Matrix;
  /** `w / ||w||`; the first unit vector when w = 0. */
  readonly unitW: Vector;
  /** `r / ||r||`; the first unit vector when r = 0. */
  readonly unitR: Vector;
  /** An orthonormal basis of what-perp, as columns [d, d - 1]. */
  readonly basis: Matrix;
}

/**
 * Builds the small matrix whose eigenvalues are those of the (w, V) Hessian, but for extra zeros:
 * `uu = E[l'' z z']`, `uc = ||w|| E[l'' z f'] + what r'`, `cc = ||w||² E[l'' f f']`, `ue = ||r|| P`, `ce = ee = 0`.
 * Cost: O((d + k)²  d), from the Gram matrix alone.
 *
 * @param point The sums at (w, V).
 * @param gram `E[l'' [x; f] [x; f]']` [d + k, d + k] at that point.
 * @returns The matrix [2d + k - 1, 2d + k - 1] and the directions that its coordinates stand for.
 * @example Example 1 of the paper at (0, -1/eps) with eps = 1: eigenvalues -1 and 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createPartialProblem } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const point = problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [-1]) });
 * assertEquals(smallHessian(point, problem.gram(point)).matrix.data, Float64Array.of(0, -1, -1, 0));
 * ```
 */
export function smallHessian(point: PointSums, gram: Matrix): SmallHessian {
  const { w, V, r } = point;
  const [d, k] = [V.rows, V.cols];
  const [normW, normR] = [norm(w), norm(r)];
  const [unitW, unitR] = [unit(w, normW), unit(r, normR)];
  const basis = complementOf(unitW);
  const ff = block(gram, d, d, k, k);
  const xf = block(gram, 0, d, d, k);
  const zf = plus(xf, multiply(V, ff));
  // E[l'' z z'] = xx + xf V' + V fx + V ff V' = xx + xf V' + V zf'.
  const uu = plus(plus(block(gram, 0, 0, d, d), multiply(xf, transpose(V))), multiply(V, transpose(zf)));

  const order = 2 * d + k - 1;
  const data = new Float64Array(order * order);
  const put = (i: number, j: number, value: number) => {
    data[i * order + j] = value;
    data[j * order + i] = value;
  };
  for (let i = 0; i < d; i++) {
    // Rounding leaves uu almost symmetric; the mean of both halves is exactly so.
    for (let j = 0; j <= i; j++) put(i, j, (uu.data[i * d + j] + uu.data[j * d + i]) / 2);
    for (let j = 0; j < k; j++) put(i, d + j, normW * zf.data[i * k + j] + unitW[i] * r[j]);
    for (let j = 0; j < d - 1; j++) put(i, d + k + j, normR * basis.data[i * (d - 1) + j]);
  }
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) put(d + i, d + j, normW * normW * ff.data[i * k + j]);
  }
  return { matrix: Object.freeze({ rows: order, cols: order, data }), unitW, unitR, basis };
}

/**
 * The direction (u, D) that a vector of coordinates of the small matrix stands for; norms are kept.
 *
 * @param small The small Hessian.
 * @param coordinates A vector [2d + k - 1].
 * @returns u [d] and D [d, k].
 * @example The first coordinate is the first of u
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const point = problem.at({ w: Float64Array.of(1), V: matrix(1, 1, [0]) });
 * const { u, D } = directionOf(smallHessian(point, problem.gram(point)), Float64Array.of(1, 0));
 * assertEquals([[...u], [...D.data]], [[1], [0]]);
 * ```
 */
export function directionOf(small: SmallHessian, coordinates: Vector): { readonly u: Vector; readonly D: Matrix } {
  const { unitW, unitR, basis } = small;
  const [d, k] = [unitW.length, unitR.length];
  const u = coordinates.slice(0, d);
  const D = new Float64Array(d * k);
  for (let i = 0; i < d; i++) {
    let across = 0;
    for (let j = 0; j < d - 1; j++) across += basis.data[i * (d - 1) + j] * coordinates[d + k + j];
    for (let j = 0; j < k; j++) D[i * k + j] = unitW[i] * coordinates[d + j] + across * unitR[j];
  }
  return { u, D: Object.freeze({ rows: d, cols: k, data: D }) };
}

/**
 * The gradient over (w, V) in the coordinates of the small matrix: `(grad_w, ||w|| r, 0)`. It has no part outside them.
 *
 * @param point The sums at (w, V).
 * @returns The vector [2d + k - 1].
 * @example At w = 0 only grad_w is left
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * assertEquals(slopeCoordinates(problem.at({ w: Float64Array.of(0), V: one })), Float64Array.of(-2, -0));
 * ```
 */
export function slopeCoordinates({ w, r, gradientW }: PointSums): Vector {
  const [d, normW] = [w.length, norm(w)];
  const slope = new Float64Array(2 * d + r.length - 1);
  slope.set(gradientW);
  slope.set(r.map((entry) => normW * entry), d);
  return slope;
}

function unit(x: Vector, length: number): Vector {
  return length > 0 ? x.map((value) => value / length) : x.map((_, i) => i === 0 ? 1 : 0);
}

/** Columns 2 to d of the Householder reflection that takes the first unit vector to `±direction`. */
function complementOf(direction: Vector): Matrix {
  const d = direction.length;
  const sign = direction[0] < 0 ? -1 : 1;
  const v = direction.map((value, i) => i === 0 ? value + sign : value);
  const half = v.reduce((sum, value) => sum + value * value, 0) / 2;
  const data = new Float64Array(d * (d - 1));
  for (let i = 0; i < d; i++) {
    for (let j = 1; j < d; j++) data[i * (d - 1) + j - 1] = (i === j ? 1 : 0) - v[i] * v[j] / half;
  }
  return Object.freeze({ rows: d, cols: d - 1, data });
}

function block(a: Matrix, row: number, column: number, rows: number, cols: number): Matrix {
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const start = (row + i) * a.cols + column;
    data.set(a.data.subarray(start, start + cols), i * cols);
  }
  return Object.freeze({ rows, cols, data });
}

function plus(a: Matrix, b: Matrix): Matrix {
  return Object.freeze({ rows: a.rows, cols: a.cols, data: a.data.map((value, i) => value + b.data[i]) });
}
