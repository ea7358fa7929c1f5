import type { Address, Kernels } from "../kernels/mod.ts";
import { columnNorms, decideFactor } from "./_decide_factor.ts";
import type { Matrix, Vector } from "./matrix.ts";
import type { RowSource } from "./row_source.ts";
import { rowsOfPiece, rowTriangle } from "./_row_triangle.ts";

/** A column that is a combination of others, as far as the tolerance tells. */
export interface DependentFactorColumn {
  /** The column, from 0. */
  readonly column: number;
  /** The kept columns that it is a combination of, those that contribute most first; none for a column of zeros. */
  readonly on: readonly number[];
  /** The weight of each of those, columns over their norms. */
  readonly weights: readonly number[];
  /** The norm of what they leave of it, as a share of its own. */
  readonly rest: number;
}

/** `X[:, kept] = Q T` with `Q'Q = n I`: the columns of Q are orthogonal and have mean square 1. */
export interface Factor {
  /** The rows n of X. */
  readonly rows: number;
  /** The columns d of X. */
  readonly columns: number;
  /** How many columns are independent. */
  readonly rank: number;
  /** The independent columns, in the order of the columns of T. */
  readonly kept: readonly number[];
  /** T [rank, rank], upper triangular with a positive diagonal. */
  readonly T: Matrix;
  /** The other columns, in ascending order. */
  readonly dependent: readonly DependentFactorColumn[];
  /** An estimate of the condition number of the kept columns, each over its norm. */
  readonly condition: number;
  /** The inner products of the columns of Q are only near those of orthonormal ones: T is of sums of rows (`sketchFactor`), or of rows in single precision (`singleFactor`). */
  readonly near?: "sums" | "single";
}

/** Options of {@linkcode factorRows}. */
export interface FactorOptions {
  /** A pivot at most this share of the first counts as zero (default `max(n, d)` units of rounding, 2.2e-16 each). */
  readonly tolerance?: number;
  /**
   * Columns that come after all others, whatever their pivots, such as features beside inputs: those from `from` on. They are cut where no
   * more than `tolerance` of their own norm is left (default: like the others).
   */
  readonly later?: { readonly from: number; readonly tolerance: number };
}

/** Norms under this may have lost digits to underflow. */
const TINY = 1e-280;

/**
 * A rank-revealing QR factorisation of the rows of a source, step by step: Householder reflections take in piece after piece of rows, so
 * that the table is never held whole; nothing is decided from `X'X`. Each column of the result is exact for a column that differs
 * by some units of rounding of its norm, whatever the scales of the others.
 *
 * When the triangle's condition (columns over their norms) is below 1e8, all columns are independent and stay in order. Otherwise
 * the triangle is factored again with column pivoting, and pivots of at most `tolerance` times the first are cut.
 * Cost: `2 n d²` flops in matrix products, `4/3 d³` more where columns are pivoted; memory for a piece of 4 MB and three triangles.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d]; passed over once, or three times where numbers are near the limits of f64.
 * @param options What counts as zero.
 * @returns A generator that yields the share of the rows done after each piece, and returns the factor.
 * @throws {RangeError} If an entry is NaN or infinite, or the tolerance is not in [0, 1).
 * @example Stop after the first piece, or continue to the end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const steps = factorRows(kernels, matrixRows(kernels.memory, matrix(2, 1, [3, 4])));
 * assertEquals(steps.next(), { done: false, value: 1 });
 * const { value } = steps.next();
 * assertEquals(typeof value === "object" && value.rank, 1);
 * ```
 */
export function* factorRows(
  kernels: Kernels,
  source: RowSource,
  options: FactorOptions = {},
): Generator<number, Factor> {
  const { rows: n, cols: d } = source;
  const { tolerance = Math.min(0.5, Math.max(n, d) * Number.EPSILON) } = options;
  if (!(tolerance >= 0 && tolerance < 1)) {
    throw new RangeError(`Cannot factor columns: the tolerance must be in [0, 1), got ${tolerance}`);
  }
  let scales: Vector | null = null;
  let r = yield* triangleOf(kernels, source, null);
  let norms = columnNorms(r, d);
  if (!norms.every((size) => size === 0 || size > TINY && size < Infinity)) {
    scales = yield* powersNear(kernels, source);
    r = yield* triangleOf(kernels, source, scales);
    norms = columnNorms(r, d);
  }
  return yield* decideFactor(kernels, n, d, { r, norms, scales }, tolerance, options.later);
}

/**
 * {@linkcode factorRows} to its end.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d].
 * @param options What counts as zero.
 * @returns The factor.
 * @throws {RangeError} If an entry is NaN or infinite, or the tolerance is not in [0, 1).
 * @example A column that is twice another
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const { kept, dependent } = factorOf(kernels, matrixRows(kernels.memory, matrix(2, 2, [1, 2, 3, 6])));
 * assertEquals([kept, dependent[0].column, dependent[0].on], [[0], 1, [0]]);
 * ```
 */
export function factorOf(kernels: Kernels, source: RowSource, options: FactorOptions = {}): Factor {
  const steps = factorRows(kernels, source, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** R [d, d] of all rows, their columns times powers of two where `scales` gives them. */
function triangleOf(kernels: Kernels, source: RowSource, scales: Vector | null): Generator<number, Vector> {
  const { memory } = kernels;
  const { rows, cols } = source;
  return rowTriangle(kernels, "f64", {
    rows,
    cols,
    write(from, count, to) {
      source.write(from, count, to, cols);
      if (scales) scaleColumns(memory.view("f64", to, count * cols), scales);
    },
  });
}

function scaleColumns(rows: Vector | Float64Array<ArrayBufferLike>, scales: Vector): void {
  for (let from = 0; from < rows.length; from += scales.length) {
    for (let j = 0; j < scales.length; j++) rows[from + j] *= scales[j];
  }
}

/** For each column the power of two that takes its largest entry near 1; the pass that finds what is NaN or infinite. */
function* powersNear(kernels: Kernels, source: RowSource): Generator<number, Vector> {
  const { memory } = kernels;
  const { rows: n, cols: d } = source;
  const count = rowsOfPiece(n, d);
  const largest = new Float64Array(d);
  const at: Address = memory.allocate(count * d * 8);
  try {
    for (let from = 0; from < n; from += count) {
      const rows = Math.min(count, n - from);
      source.write(from, rows, at, d);
      const view = memory.view("f64", at, rows * d);
      for (let i = 0; i < view.length; i++) {
        const size = Math.abs(view[i]);
        if (!(size < Infinity)) {
          const [row, column] = [from + Math.floor(i / d), i % d];
          throw new RangeError(
            `Cannot factor columns: an entry is NaN or infinite, ${view[i]} in row ${row}, column ${column}`,
          );
        }
        if (size > largest[i % d]) largest[i % d] = size;
      }
      yield (from + rows) / n;
    }
  } finally {
    memory.free(at);
  }
  return largest.map((size) => size === 0 ? 1 : 2 ** Math.min(1022, -Math.floor(Math.log2(size))));
}
