import type { Matrix, Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/**
 * The inner product `x'y`. For the small vectors around a certificate; long ones go through the kernels.
 *
 * @param x A vector [n].
 * @param y A vector [n].
 * @returns The sum of the products.
 * @throws {ShapeError} If the lengths differ.
 * @example Two vectors
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(dot(Float64Array.of(1, 2), Float64Array.of(3, 4)), 11);
 * ```
 */
export function dot(x: Vector, y: Vector): number {
  if (x.length !== y.length) throw new ShapeError("take an inner product", `[${x.length}]`, `[${y.length}]`);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/**
 * The Euclidean norm, without overflow or underflow on the way.
 *
 * @param x A vector, or the entries of a matrix (then it is the Frobenius norm).
 * @returns `sqrt(sum of squares)`.
 * @example Three and four
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(norm(Float64Array.of(3, 4)), 5);
 * assertEquals(norm(Float64Array.of(2 ** 700, 0)), 2 ** 700);
 * ```
 */
export function norm(x: Vector): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  // The usual case: nothing overflowed, and what underflowed is below rounding.
  if (squares > 1e-280 && squares < Infinity) return Math.sqrt(squares);
  if (Number.isNaN(squares)) return NaN;
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of x) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/**
 * `alpha x + beta y` as a new vector.
 *
 * @param alpha Factor of x.
 * @param x A vector [n].
 * @param beta Factor of y.
 * @param y A vector [n].
 * @returns The combination [n].
 * @throws {ShapeError} If the lengths differ.
 * @example A difference
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(combine(1, Float64Array.of(5), -1, Float64Array.of(3)), Float64Array.of(2));
 * ```
 */
export function combine(alpha: number, x: Vector, beta: number, y: Vector): Vector {
  if (x.length !== y.length) throw new ShapeError("combine two vectors", `[${x.length}]`, `[${y.length}]`);
  const out = new Float64Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = alpha * x[i] + beta * y[i];
  return out;
}

/**
 * `alpha x` as a new vector.
 *
 * @param alpha The factor.
 * @param x A vector [n].
 * @returns The multiple [n].
 * @example Half of it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(scaled(0.5, Float64Array.of(4, 6)), Float64Array.of(2, 3));
 * ```
 */
export function scaled(alpha: number, x: Vector): Vector {
  const out = new Float64Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = alpha * x[i];
  return out;
}

/**
 * `A x`. Cost: one multiplication per entry, in plain TypeScript.
 *
 * @param a A matrix [m, n].
 * @param x A vector [n].
 * @returns The product [m].
 * @throws {ShapeError} If the shapes do not fit.
 * @example One row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(times(matrix(1, 2, [1, 2]), Float64Array.of(3, 4)), Float64Array.of(11));
 * ```
 */
export function times(a: Matrix, x: Vector): Vector {
  if (a.cols !== x.length) throw new ShapeError("multiply a matrix by a vector", `[${a.cols}]`, `[${x.length}]`);
  const { rows, cols, data } = a;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const from = i * cols;
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[from + j] * x[j];
    out[i] = sum;
  }
  return out;
}

/**
 * `Aᵀ x`. Cost: one multiplication per entry, in plain TypeScript.
 *
 * @param a A matrix [m, n].
 * @param x A vector [m].
 * @returns The product [n].
 * @throws {ShapeError} If the shapes do not fit.
 * @example One row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(transposeTimes(matrix(1, 2, [1, 2]), Float64Array.of(3)), Float64Array.of(3, 6));
 * ```
 */
export function transposeTimes(a: Matrix, x: Vector): Vector {
  if (a.rows !== x.length) {
    throw new ShapeError("multiply a transposed matrix by a vector", `[${a.rows}]`, `[${x.length}]`);
  }
  const { rows, cols, data } = a;
  const out = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    const [from, factor] = [i * cols, x[i]];
    for (let j = 0; j < cols; j++) out[j] += data[from + j] * factor;
  }
  return out;
}

/**
 * `A B`. Cost: m n k multiplications, in plain TypeScript; large products go through the kernels.
 *
 * @param a A matrix [m, k].
 * @param b A matrix [k, n].
 * @returns The product [m, n].
 * @throws {ShapeError} If the inner dimensions differ.
 * @example A row times a column
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(multiply(matrix(1, 2, [1, 2]), matrix(2, 1, [3, 4])).data, Float64Array.of(11));
 * ```
 */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new ShapeError("multiply two matrices", `[${a.cols}, any]`, `[${b.rows}, ${b.cols}]`);
  const [{ rows: m, cols: k, data: left }, { cols: n, data: right }] = [a, b];
  const data = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    let l = 0;
    for (; l + 4 <= k; l += 4) addFourRows(left, i * k + l, right, l * n, n, data, i * n);
    for (; l < k; l++) addRow(left[i * k + l], right, l * n, n, data, i * n);
  }
  return Object.freeze({ rows: m, cols: n, data });
}

/** Adds four rows of n numbers, one after another, each times its factor: a sum is read and written once for four terms. */
function addFourRows(
  factors: Vector,
  first: number,
  rows: Vector,
  from: number,
  n: number,
  sums: Vector,
  to: number,
): void {
  const [a, b, c, d] = [factors[first], factors[first + 1], factors[first + 2], factors[first + 3]];
  for (let j = 0; j < n; j++) {
    const at = from + j;
    sums[to + j] = sums[to + j] + a * rows[at] + b * rows[at + n] + c * rows[at + 2 * n] + d * rows[at + 3 * n];
  }
}

function addRow(factor: number, rows: Vector, from: number, n: number, sums: Vector, to: number): void {
  for (let j = 0; j < n; j++) sums[to + j] += factor * rows[from + j];
}

/**
 * `Aᵀ` as a new matrix.
 *
 * @param a A matrix [m, n].
 * @returns The transpose [n, m].
 * @example A row becomes a column
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(transpose(matrix(1, 2, [1, 2])), matrix(2, 1, [1, 2]));
 * ```
 */
export function transpose(a: Matrix): Matrix {
  const data = new Float64Array(a.rows * a.cols);
  for (let i = 0; i < a.rows; i++) putColumn(a.data, i * a.cols, a.cols, data, i, a.rows);
  return Object.freeze({ rows: a.cols, cols: a.rows, data });
}

/** A row of numbers to a column of others, whose rows are `stride` long. */
function putColumn(from: Vector, row: number, count: number, to: Vector, column: number, stride: number): void {
  for (let j = 0; j < count; j++) to[j * stride + column] = from[row + j];
}

/**
 * `[a b]`: two matrices side by side.
 *
 * @param a A matrix [n, p].
 * @param b A matrix [n, q].
 * @returns The matrix [n, p + q].
 * @throws {ShapeError} If the numbers of rows differ.
 * @example Inputs beside features
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(joinColumns(matrix(1, 1, [1]), matrix(1, 2, [2, 3])), matrix(1, 3, [1, 2, 3]));
 * ```
 */
export function joinColumns(a: Matrix, b: Matrix): Matrix {
  if (a.rows !== b.rows) {
    throw new ShapeError("put matrices side by side", `[${a.rows}, any]`, `[${b.rows}, ${b.cols}]`);
  }
  const cols = a.cols + b.cols;
  const data = new Float64Array(a.rows * cols);
  let to = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let from = i * a.cols; from < (i + 1) * a.cols; from++) data[to++] = a.data[from];
    for (let from = i * b.cols; from < (i + 1) * b.cols; from++) data[to++] = b.data[from];
  }
  return Object.freeze({ rows: a.rows, cols, data });
}
