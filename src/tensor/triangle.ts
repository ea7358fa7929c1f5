import type { Matrix, Vector } from "./matrix.ts";
import { norm } from "./algebra.ts";
import { ShapeError } from "./shape_error.ts";

/**
 * Solves `T x = b` for an upper-triangular T, for one right side or several. Cost: `r²` flops each, in plain TypeScript.
 *
 * @param t The triangle T [r, r]; nothing below its diagonal is read.
 * @param b One right side [r], or several [m, r], row after row.
 * @returns The solutions, in the shape of `b`.
 * @throws {ShapeError} If T is not square, or the length of `b` is not a multiple of `r`.
 * @example Two right sides
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const t = matrix(2, 2, [2, 1, 0, 4]);
 * assertEquals(solveUpper(t, Float64Array.of(4, 8, 1, 4)), Float64Array.of(1, 2, 0, 1));
 * ```
 */
export function solveUpper(t: Matrix, b: Vector): Vector {
  const [r, data] = [checkedOrder(t, b), t.data];
  const x = b.slice();
  for (let from = 0; from < x.length; from += r) {
    for (let i = r - 1; i >= 0; i--) {
      const row = i * r;
      let sum = x[from + i];
      for (let j = i + 1; j < r; j++) sum -= data[row + j] * x[from + j];
      x[from + i] = sum / data[row + i];
    }
  }
  return x;
}

/**
 * Solves `T'x = b` for an upper-triangular T, for one right side or several. Cost: `r²` flops each, in plain TypeScript.
 *
 * @param t The triangle T [r, r]; nothing below its diagonal is read.
 * @param b One right side [r], or several [m, r], row after row.
 * @returns The solutions, in the shape of `b`.
 * @throws {ShapeError} If T is not square, or the length of `b` is not a multiple of `r`.
 * @example One right side
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(solveUpperTransposed(matrix(2, 2, [2, 1, 0, 4]), Float64Array.of(4, 6)), Float64Array.of(2, 1));
 * ```
 */
export function solveUpperTransposed(t: Matrix, b: Vector): Vector {
  const [r, data] = [checkedOrder(t, b), t.data];
  const x = b.slice();
  for (let from = 0; from < x.length; from += r) {
    for (let i = 0; i < r; i++) {
      const row = i * r;
      const value = x[from + i] /= data[row + i];
      for (let j = i + 1; j < r; j++) x[from + j] -= data[row + j] * value;
    }
  }
  return x;
}

/** Products with the inverse that an estimate takes: each squares what separates the smallest singular value. */
const ROUNDS = 6;

/**
 * An estimate of the condition number `sigma_1 / sigma_r` of an upper-triangular T, from below: power iteration on `T'T` and on its
 * inverse. Cost: about `24 r²` flops.
 *
 * @param t The triangle T [r, r].
 * @returns The estimate, seldom under a third of the true number; Infinity for a singular T, 1 for none.
 * @throws {ShapeError} If T is not square.
 * @example A diagonal matrix
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertAlmostEquals(conditionOfUpper(matrix(2, 2, [1, 0, 0, 1e-9])), 1e9, 1);
 * ```
 */
export function conditionOfUpper(t: Matrix): number {
  const start = signs(t.rows);
  checkedOrder(t, start);
  if (t.rows === 0) return 1;
  const size = norm(t.data);
  // Squares of singular values must neither overflow nor vanish.
  if (size > 0 && size < Infinity && !(size > 1e-50 && size < 1e50)) {
    return conditionOfUpper({ ...t, data: t.data.map((value) => value / size) });
  }
  for (let i = 0; i < t.rows; i++) if (t.data[i * (t.cols + 1)] === 0) return Infinity;
  const largest = growth(start, (x) => transposedTimesUpper(t, timesUpper(t, x)));
  const inverse = growth(start, (x) => solveUpper(t, solveUpperTransposed(t, x)));
  const condition = Math.sqrt(largest) * Math.sqrt(inverse);
  return Number.isFinite(condition) ? Math.max(1, condition) : Infinity;
}

/** The factor by which a symmetric map lengthens a vector after some rounds. */
function growth(start: Vector, map: (x: Vector) => Vector): number {
  let x = start;
  let length = norm(x);
  for (let round = 0; round < ROUNDS; round++) {
    const by = length;
    x = map(x.map((value) => value / by));
    length = norm(x);
    if (!(length > 0 && length < Infinity)) break;
  }
  return length;
}

/** Pseudo-random signs. */
function signs(length: number): Vector {
  return Float64Array.from({ length }, (_, i) => ((i + 1) * 0.6180339887498949) % 1 < 0.5 ? 1 : -1);
}

/** `T x`. */
function timesUpper({ rows: r, data }: Matrix, x: Vector): Vector {
  const out = new Float64Array(r);
  for (let i = 0; i < r; i++) for (let j = i; j < r; j++) out[i] += data[i * r + j] * x[j];
  return out;
}

/** `T'x`. */
function transposedTimesUpper({ rows: r, data }: Matrix, x: Vector): Vector {
  const out = new Float64Array(r);
  for (let i = 0; i < r; i++) for (let j = i; j < r; j++) out[j] += data[i * r + j] * x[i];
  return out;
}

function checkedOrder({ rows, cols }: Matrix, b: Vector): number {
  if (rows !== cols) throw new ShapeError("solve with a triangle", `[${rows}, ${rows}]`, `[${rows}, ${cols}]`);
  if (rows === 0 ? b.length > 0 : b.length % rows !== 0) {
    throw new ShapeError("solve with a triangle", `[any, ${rows}]`, `${b.length} entries`);
  }
  return rows;
}
