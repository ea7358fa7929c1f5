import { type Address, type Kernels, SOLVE_WORK } from "../kernels/mod.ts";
import type { Factor } from "./factor.ts";
import type { RowSource } from "./row_source.ts";
import { ShapeError } from "./shape_error.ts";

/** Bytes of whole rows that are held at a time where some columns are left out. */
const HELD = 1 << 21;

/**
 * The rows of Q where `X[:, kept] = Q T`: the kept columns of each row, times the inverse of T, by substitution. Each column of `Q T` is that
 * of X but for some units of rounding; Q is orthogonal to about rounding times the factor's condition.
 * Cost: a pass over the source, and `rank²` flops a row; many rows at a time, since T is copied for each call.
 *
 * @param kernels The kernels to compute with; the memory that both sources write to.
 * @param source The rows of X [n, d].
 * @param factor What {@linkcode factorOf} made of them.
 * @returns The source [n, rank]; it holds nothing itself.
 * @throws {ShapeError} If the factor is that of another shape.
 * @example A column of mean square 1
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { collectRows, factorOf, matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const source = matrixRows(kernels.memory, matrix(2, 1, [5, 5]));
 * const q = collectRows(kernels.memory, orthonormalRows(kernels, source, factorOf(kernels, source)));
 * assertAlmostEquals(q.data[0], 1, 1e-15);
 * ```
 */
export function orthonormalRows(kernels: Kernels, source: RowSource, factor: Factor): RowSource {
  const { rank, kept, T } = factor;
  const { rows, cols } = source;
  if (rows !== factor.rows || cols !== factor.columns) {
    throw new ShapeError("make rows orthonormal", `[${factor.rows}, ${factor.columns}]`, `[${rows}, ${cols}]`);
  }
  const { memory, f64: set } = kernels;
  const inPlace = rank === cols && kept.every((column, j) => column === j);
  const most = Math.max(1, Math.floor(HELD / (8 * cols)));
  return Object.freeze({
    rows,
    cols: rank,
    write(from: number, count: number, to: Address, ld: number) {
      if (count === 0 || rank === 0) return;
      const held = inPlace ? 0 : Math.min(count, most);
      const at = memory.allocate((rank * rank + SOLVE_WORK + held * cols) * 8);
      const [work, whole] = [at + rank * rank * 8, at + (rank * rank + SOLVE_WORK) * 8];
      try {
        if (inPlace) source.write(from, count, to, ld);
        for (let done = 0; done < count && !inPlace; done += held) {
          const part = Math.min(held, count - done);
          source.write(from + done, part, whole, cols);
          pickColumns(memory.heapF64, whole / 8, part, cols, kept, to / 8 + done * ld, ld);
        }
        memory.view("f64", at, rank * rank).set(T.data);
        set.solveRight(count, rank, at, rank, to, ld, work);
      } finally {
        memory.free(at);
      }
    },
  });
}

/** Some columns of rows in memory, to other rows. */
function pickColumns(
  heap: Float64Array<ArrayBufferLike>,
  from: number,
  count: number,
  cols: number,
  kept: readonly number[],
  to: number,
  ld: number,
): void {
  for (let i = 0; i < count; i++) {
    const [row, out] = [from + i * cols, to + i * ld];
    for (let j = 0; j < kept.length; j++) heap[out + j] = heap[row + kept[j]];
  }
}
