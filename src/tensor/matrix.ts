import { ShapeError } from "./shape_error.ts";

/** A vector of f64, read-only by convention: a typed array cannot be frozen. */
export type Vector = Float64Array;

/** A dense matrix of f64 in row-major order. */
export interface Matrix {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly cols: number;
  /** The entries, `rows * cols` of them, row after row. */
  readonly data: Vector;
}

/**
 * A matrix from its entries.
 *
 * @param rows Number of rows.
 * @param cols Number of columns.
 * @param data The `rows * cols` entries, row after row; copied.
 * @returns The matrix.
 * @throws {ShapeError} If the number of entries is not `rows * cols`.
 * @example Two by two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(matrix(2, 2, [1, 2, 3, 4]).data[2], 3);
 * ```
 */
export function matrix(rows: number, cols: number, data: ArrayLike<number>): Matrix {
  if (data.length !== rows * cols) {
    throw new ShapeError("make a matrix", `[${rows}, ${cols}]`, `${data.length} entries`);
  }
  return Object.freeze({ rows, cols, data: Float64Array.from(data) });
}

/**
 * One row of a matrix, copied.
 *
 * @param a The matrix.
 * @param row The row, from 0.
 * @returns The `cols` entries of that row.
 * @throws {RangeError} If there is no such row.
 * @example The second row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([...rowOf(matrix(2, 2, [1, 2, 3, 4]), 1)], [3, 4]);
 * ```
 */
export function rowOf(a: Matrix, row: number): Vector {
  if (!(row >= 0 && row < a.rows)) throw new RangeError(`Cannot take row ${row}: the matrix has ${a.rows} rows`);
  return a.data.slice(row * a.cols, (row + 1) * a.cols);
}
