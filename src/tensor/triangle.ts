import type { Address, Kernels } from "../kernels/mod.ts";
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
 * inverse. Cost: about `24 r²` flops, in passes over the rows of T.
 *
 * @param kernels The kernels to compute with.
 * @param t The triangle T [r, r].
 * @returns The estimate, seldom under a third of the true number; Infinity for a singular T, 1 for none.
 * @throws {ShapeError} If T is not square.
 * @example A diagonal matrix
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * assertAlmostEquals(conditionOfUpper(await loadKernels("simd"), matrix(2, 2, [1, 0, 0, 1e-9])), 1e9, 1);
 * ```
 */
export function conditionOfUpper(kernels: Kernels, t: Matrix): number {
  const { rows: r, data } = t;
  checkedOrder(t, signs(r));
  const size = norm(data);
  // Squares of singular values must neither overflow nor vanish.
  if (size > 0 && size < Infinity && !(size > 1e-50 && size < 1e50)) {
    return conditionOfUpper(kernels, { ...t, data: data.map((value) => value / size) });
  }
  return conditionOf(kernels, t, false);
}

/**
 * {@linkcode conditionOfUpper} of T with each column over its norm: how nearly its columns depend on each other, whatever their units.
 * Cost: that, and two passes over the rows of T; no copy but that in kernel memory.
 *
 * @param kernels The kernels to compute with.
 * @param t The triangle T [r, r].
 * @returns The estimate; Infinity for a singular T, 1 for none.
 * @throws {ShapeError} If T is not square.
 * @example Columns of different units
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * assertAlmostEquals(conditionOfColumns(await loadKernels("simd"), matrix(2, 2, [1, 0, 0, 1e-9])), 1);
 * ```
 */
export function conditionOfColumns(kernels: Kernels, t: Matrix): number {
  checkedOrder(t, signs(t.rows));
  return conditionOf(kernels, t, true);
}

function conditionOf(kernels: Kernels, { rows: r, data }: Matrix, overNorms: boolean): number {
  if (r === 0) return 1;
  for (let i = 0; i < r; i++) if (data[i * (r + 1)] === 0) return Infinity;
  const { memory } = kernels;
  const at = memory.allocate(8 * (r * r + 2 * r));
  try {
    memory.view("f64", at, r * r).set(data);
    if (overNorms) divideByNorms(kernels, r, at);
    const [start, passes] = [signs(r), triangularPasses(kernels, r, at)];
    const condition = Math.sqrt(growth(start, passes.timesGram)) * Math.sqrt(growth(start, passes.overGram));
    return Number.isFinite(condition) ? Math.max(1, condition) : Infinity;
  } finally {
    memory.free(at);
  }
}

/** Each column of T [r, r] at an address over its norm, in place; room for two vectors lies behind it. */
function divideByNorms({ memory, f64: set }: Kernels, r: number, at: Address): void {
  const [squares, products] = [at + 8 * r * r, at + 8 * (r * r + r)];
  const row = (i: number): Address => at + 8 * i * (r + 1);
  set.fill(r, 0, squares);
  for (let i = 0; i < r; i++) {
    set.mul(r - i, row(i), row(i), products + 8 * i);
    set.axpy(r - i, 1, products + 8 * i, squares + 8 * i);
  }
  const [found, entries] = [memory.view("f64", squares, r), memory.view("f64", at, r * r)];
  for (let j = 0; j < r; j++) {
    if (found[j] > 1e-280 && found[j] < Infinity) {
      found[j] = 1 / Math.sqrt(found[j]);
      continue;
    }
    // Squares that overflow or vanish are summed with care.
    const size = norm(Float64Array.from({ length: j + 1 }, (_, i) => entries[i * r + j]));
    for (let i = 0; i <= j; i++) entries[i * r + j] /= size;
    found[j] = 1;
  }
  for (let i = 0; i < r; i++) set.mul(r - i, row(i), squares + 8 * i, row(i));
}

/** `T'T x` and `(T'T)⁻¹ x` by inner products with the rows of T and multiples of them; T [r, r] lies at an address, with room for two vectors behind it. */
function triangularPasses({ memory, f64: set }: Kernels, r: number, at: Address) {
  const t = memory.view("f64", at, r * r);
  const [x, y] = [at + 8 * r * r, at + 8 * (r * r + r)];
  const row = (i: number): Address => at + 8 * i * (r + 1);
  const into = (values: Vector): Float64Array => {
    const view = memory.view("f64", x, r);
    view.set(values);
    return view;
  };
  return {
    timesGram(values: Vector): Vector {
      into(values);
      const out = memory.view("f64", y, r).fill(0);
      for (let i = 0; i < r; i++) set.axpy(r - i, set.dot(r - i, row(i), x + 8 * i), row(i), y + 8 * i);
      return out.slice() as Vector;
    },
    overGram(values: Vector): Vector {
      const view = into(values);
      for (let i = 0; i < r; i++) {
        view[i] /= t[i * (r + 1)];
        set.axpy(r - i - 1, -view[i], row(i) + 8, x + 8 * (i + 1));
      }
      for (let i = r - 1; i >= 0; i--) {
        view[i] = (view[i] - set.dot(r - i - 1, row(i) + 8, x + 8 * (i + 1))) / t[i * (r + 1)];
      }
      return view.slice() as Vector;
    },
  };
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

function checkedOrder({ rows, cols }: Matrix, b: Vector): number {
  if (rows !== cols) throw new ShapeError("solve with a triangle", `[${rows}, ${rows}]`, `[${rows}, ${cols}]`);
  if (rows === 0 ? b.length > 0 : b.length % rows !== 0) {
    throw new ShapeError("solve with a triangle", `[any, ${rows}]`, `${b.length} entries`);
  }
  return rows;
}

/**
 * The sum of squares of each column of an upper-triangular T [r, r]. The inner loop is a function of its own, here and elsewhere: of one within another, in code that
 * runs once, engines enter and leave the compiled part anew for every row.
 *
 * @param t The entries of T, row after row; nothing below its diagonal is read.
 * @param r Its order.
 * @returns The sums [r].
 * @example Two columns
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(columnSquares(Float64Array.of(1, 2, 0, 3), 2), Float64Array.of(1, 13));
 * ```
 */
export function columnSquares(t: Vector, r: number): Vector {
  const squares = new Float64Array(r);
  for (let i = 0; i < r; i++) addSquares(t, i * r, i, squares);
  return squares;
}

function addSquares(t: Vector, row: number, from: number, squares: Vector): void {
  for (let j = from; j < squares.length; j++) squares[j] += t[row + j] * t[row + j];
}
