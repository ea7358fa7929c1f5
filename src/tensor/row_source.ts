import { type Address, isShared, type Memory } from "../kernels/mod.ts";
import { type Matrix, matrix, type Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/**
 * The rows of a matrix that need not be stored: a pass over them has them written into kernel memory, piece by
 * piece. A table, features computed on the way, or coordinates of either look the same to a pass.
 */
export interface RowSource {
  /** How many rows. */
  readonly rows: number;
  /** How many columns. */
  readonly cols: number;
  /**
   * Writes rows `from` to `from + count`, row after row in f64, `ld` elements from one row to the next.
   * Unchecked: that the rows exist, and that the memory at `to` is reserved.
   */
  write(from: number, count: number, to: Address, ld: number): void;
  /** Where a row lies, for rows that lie in kernel memory one after another, to be read but not written; absent for all others. */
  readonly at?: (row: number) => Address;
  /** The same for rows that lie there in f32: what `write` writes of them is exact. */
  readonly single?: (row: number) => Address;
  /** The sources that it puts side by side, from left to right; absent for all others. */
  readonly parts?: readonly RowSource[];
}

/**
 * The rows of a matrix; of one that {@linkcode placeMatrix} put into the memory, where they lie.
 *
 * @param memory The kernel memory that they are written to.
 * @param a The matrix [n, d]; read on request, so it must not change.
 * @returns The source; it holds nothing itself.
 * @example The second row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * const { memory } = await loadKernels("simd");
 * const at = memory.allocate(2 * 8);
 * matrixRows(memory, matrix(2, 2, [1, 2, 3, 4])).write(1, 1, at, 2);
 * assertEquals([...memory.view("f64", at, 2)], [3, 4]);
 * ```
 */
export function matrixRows(memory: Memory, { rows, cols, data }: Matrix): RowSource {
  const isPlaced = data.buffer === memory.wasm.buffer;
  return Object.freeze({
    rows,
    cols,
    write(from: number, count: number, to: Address, ld: number) {
      if (count === 0) return;
      spreadRows(data.subarray(from * cols, (from + count) * cols), cols, memory, to, ld);
    },
    ...isPlaced && { at: (row: number): Address => data.byteOffset + 8 * row * cols },
  });
}

/**
 * Room for a matrix in kernel memory, for as long as that lasts, so that passes over its rows need no copy of them. The memory must be shared: others
 * grow, and what was seen of them is then gone.
 *
 * @param memory The memory.
 * @param rows How many rows.
 * @param cols How many columns.
 * @returns The numbers in the memory, row after row; what they are is not said.
 * @throws {RangeError} If the memory is not shared, or too small.
 * @example One row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMemory } from "@resland/resland/kernels";
 * const memory = createMemory({ shared: true, megabytes: 1 });
 * const data = placeRows(memory, 1, 2);
 * data.set([5, 6]);
 * assertEquals([...memory.view("f64", matrixRows(memory, { rows: 1, cols: 2, data }).at!(0), 2)], [5, 6]);
 * ```
 */
export function placeRows(memory: Memory, rows: number, cols: number): Vector {
  if (!isShared(memory)) {
    throw new RangeError("Cannot keep a matrix in kernel memory: only shared memory stays in place");
  }
  return memory.view("f64", memory.allocate(8 * rows * cols), rows * cols) as Vector;
}

/** Columns up to which a loop copies a row faster than a call does. */
const FEW = 48;

/**
 * Copies rows that follow each other to memory, `ld` elements from one row to the next. Unchecked: that the memory is reserved.
 *
 * @param rows The rows, one after another.
 * @param cols How many columns they have.
 * @param memory The memory that they are written to.
 * @param to Where the first one starts.
 * @param ld Elements from one row to the next.
 * @example Two rows with a gap
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * const { memory } = await loadKernels("simd");
 * const at = memory.allocate(4 * 8);
 * memory.view("f64", at, 4).fill(0);
 * spreadRows(Float64Array.of(1, 2), 1, memory, at, 2);
 * assertEquals([...memory.view("f64", at, 4)], [1, 0, 2, 0]);
 * ```
 */
export function spreadRows(rows: Float64Array, cols: number, memory: Memory, to: Address, ld: number): void {
  if (rows.length === 0) return;
  const count = rows.length / cols;
  const out = memory.view("f64", to, (count - 1) * ld + cols);
  if (ld === cols) out.set(rows);
  else if (cols > FEW) { for (let i = 0; i < count; i++) out.set(rows.subarray(i * cols, (i + 1) * cols), i * ld); }
  else {
    for (let i = 0; i < count; i++) {
      const [from, start] = [i * cols, i * ld];
      for (let j = 0; j < cols; j++) out[start + j] = rows[from + j];
    }
  }
}

/**
 * `[a b]`: the rows of two sources side by side.
 *
 * @param a The columns on the left [n, p].
 * @param b The columns on the right [n, q].
 * @returns The source [n, p + q].
 * @throws {ShapeError} If the numbers of rows differ.
 * @example One column beside another
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * const { memory } = await loadKernels("simd");
 * const [a, b] = [[1, 2], [3, 4]].map((column) => matrixRows(memory, matrix(2, 1, column)));
 * assertEquals([...collectRows(memory, sideBySide(a, b)).data], [1, 3, 2, 4]);
 * ```
 */
export function sideBySide(a: RowSource, b: RowSource): RowSource {
  if (a.rows !== b.rows) throw new ShapeError("put rows side by side", `[${a.rows}, any]`, `[${b.rows}, ${b.cols}]`);
  return Object.freeze({
    rows: a.rows,
    cols: a.cols + b.cols,
    parts: Object.freeze([...a.parts ?? [a], ...b.parts ?? [b]]),
    write(from: number, count: number, to: Address, ld: number) {
      a.write(from, count, to, ld);
      b.write(from, count, to + a.cols * 8, ld);
    },
  });
}

/**
 * All rows of a source as a matrix.
 *
 * @param memory The kernel memory that the source writes to.
 * @param source The rows.
 * @returns The matrix [n, d].
 * @example A matrix and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * const { memory } = await loadKernels("simd");
 * const a = matrix(2, 1, [5, 6]);
 * assertEquals(collectRows(memory, matrixRows(memory, a)), a);
 * ```
 */
export function collectRows(memory: Memory, source: RowSource): Matrix {
  const { rows, cols } = source;
  const at = memory.allocate(rows * cols * 8);
  try {
    source.write(0, rows, at, cols);
    return matrix(rows, cols, memory.view("f64", at, rows * cols));
  } finally {
    memory.free(at);
  }
}
