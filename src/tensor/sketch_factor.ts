import type { Kernels } from "../kernels/mod.ts";
import { extendFactor } from "./extend_factor.ts";
import { type Factor, type FactorOptions, factorRows } from "./factor.ts";
import type { Matrix } from "./matrix.ts";
import { matrixRows, type RowSource } from "./row_source.ts";
import { sketchRows } from "./sketch_rows.ts";

/** Sums for each column: the columns times `T^-1` are then orthonormal to about a quarter. */
const SUMS = 16;

/** Columns and rows for each sum from which on a sketch is worth it: the products that finish its work cost less than the other rows. */
const [WIDE, TALL] = [256, 4];

/** Bytes of a piece of rows. */
const PIECE = 1 << 20;

/**
 * About the factor that {@linkcode factorRows} finds, from sums of rows: T is that of {@linkcode sketchRows}, so that the columns of `X T^-1`
 * have inner products near those of orthonormal ones, within a factor of about 1.8 either way. Good for coordinates in which a few products
 * with the data solve a problem. Columns that are independent here are so in X.
 * Cost: a pass over the rows, and `32 d³` flops in place of `2 n d²`.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d].
 * @param options As for {@linkcode factorRows}.
 * @returns A generator that yields after each piece of rows, and returns the factor; null where that would not be cheaper, or where columns
 * depend on others, which sums cannot tell for sure.
 * @throws {RangeError} If an entry is NaN or infinite.
 * @example Too few rows for it to be worth it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * assertEquals(sketchFactor(kernels, matrixRows(kernels.memory, matrix(2, 1, [3, 5]))).next(), { done: true, value: null });
 * ```
 */
export function* sketchFactor(
  kernels: Kernels,
  source: RowSource,
  options: FactorOptions = {},
): Generator<number, Factor | null> {
  const { rows: n, cols: d } = source;
  const size = SUMS * d;
  if (d < WIDE || n < TALL * size) return null;
  const sums = yield* scaledSums(kernels, source, size);
  const factor = yield* factorRows(kernels, matrixRows(kernels.memory, sums), options);
  const zeros = factor.dependent.filter(({ on }) => on.length === 0).map(({ column }) => column);
  if (zeros.length < factor.dependent.length || !areZero(kernels, source, zeros)) return null;
  return Object.freeze({ ...factor, rows: n, near: "sums" });
}

/**
 * The factor of `[X F]` from that of X by {@linkcode sketchFactor}: the same sums of the rows of both, the first of them factored already. All
 * columns together are as near orthonormal as those of X were.
 * Cost: a pass over the rows of both, and {@linkcode extendFactor} of the sums.
 *
 * @param kernels The kernels to compute with.
 * @param factor The factor of X, of sums of rows.
 * @param x The rows of X [n, d].
 * @param more The rows of F [n, k].
 * @returns A generator that yields after each piece of rows, and returns the factor; null where the columns are not clearly independent.
 * @throws {RangeError} If the factor is not of sums.
 * @example A factor that is not of sums
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { factorOf, matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const x = matrixRows(kernels.memory, matrix(2, 1, [3, 5]));
 * assertThrows(() => extendSketch(kernels, factorOf(kernels, x), x, x).next(), RangeError);
 * ```
 */
export function* extendSketch(
  kernels: Kernels,
  factor: Factor,
  x: RowSource,
  more: RowSource,
): Generator<number, Factor | null> {
  if (factor.near !== "sums") {
    throw new RangeError("Cannot extend a factor of sums of rows: it is of the rows themselves");
  }
  const [own, others] = [
    yield* scaledSums(kernels, x, SUMS * factor.columns),
    yield* scaledSums(kernels, more, SUMS * factor.columns),
  ];
  const [left, right] = [own, others].map((sums) => matrixRows(kernels.memory, sums));
  const found = yield* extendFactor(kernels, { ...factor, rows: own.rows, near: undefined }, left, right);
  return found && Object.freeze({ ...found, rows: factor.rows, near: "sums" });
}

/** Sums of rows with the mean squares of the rows. */
function* scaledSums(kernels: Kernels, source: RowSource, size: number): Generator<number, Matrix> {
  const root = Math.sqrt(size / source.rows);
  const scaled = (sums: Matrix) => Object.freeze({ ...sums, data: sums.data.map((value) => value * root) });
  return (yield* sketchRows(kernels, source, size, [null], scaled))[0];
}

/** Whether some columns are 0 in every row: sums of some that are not may cancel. */
function areZero({ memory }: Kernels, source: RowSource, columns: readonly number[]): boolean {
  if (columns.length === 0) return true;
  const { rows: n, cols: d } = source;
  const piece = Math.max(1, Math.min(n, Math.floor(PIECE / (8 * d))));
  const at = memory.allocate(piece * d * 8);
  try {
    for (let from = 0; from < n; from += piece) {
      const count = Math.min(piece, n - from);
      source.write(from, count, at, d);
      const rows = memory.view("f64", at, count * d);
      for (let i = 0; i < count * d; i += d) if (columns.some((j) => rows[i + j] !== 0)) return false;
    }
    return true;
  } finally {
    memory.free(at);
  }
}
