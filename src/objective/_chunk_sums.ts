import type { Address, Dtype, Kernels, KernelTask } from "../kernels/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** The shape of a pass: rows, outputs, and columns of all parts. */
export interface PassShape {
  readonly n: number;
  readonly m: number;
  readonly cols: number;
}

/** A chunk of rows. */
export interface Chunk {
  /** Its first row, and how many it has. */
  readonly from: number;
  readonly count: number;
  /** Its number among those of the round, whose rows are there together. */
  readonly index: number;
  /** Where its own sums go [m, cols], which are not cleared. */
  readonly sums: Address;
}

/** What a pass does, round after round. */
export interface Pass {
  /** Brings the rows of a round; gives what makes the sums of a chunk of them. */
  readonly begin: (from: number, count: number) => (chunk: Chunk) => KernelTask;
  /** Takes what else the tasks of a round, of so many chunks, left (default: nothing). */
  readonly end?: (from: number, count: number, chunks: number) => void;
}

/** Sums over all rows, in chunks that threads share: by the shape alone, each with sums of its own, so that the bits are those of one thread. */
export interface ChunkSums {
  /** Rows of a chunk. */
  readonly step: number;
  /** Rows of a round. */
  readonly round: number;
  /** The means over all rows [m, cols]. */
  mean(pass: Pass): Vector;
}

/** Bytes of the rows of a chunk, the least rows of one, and what its first row is a multiple of, where vectors and blocks of rows start too. */
const [CHUNK_BYTES, LEAST, GRAIN] = [1 << 19, 128, 64];

/** The most chunks that threads take from one order, and the bytes of their sums. */
const [MOST, SUMS_BYTES] = [32, 1 << 22];

/** How many rows a chunk of rows in this precision has: by the shape alone. */
export function rowsOfChunk({ n, cols }: PassShape, bytes: number): number {
  const most = Math.max(LEAST, Math.floor(CHUNK_BYTES / (bytes * Math.max(1, cols))));
  return GRAIN * Math.ceil(n / (GRAIN * Math.ceil(n / most)));
}

/**
 * Plans passes over rows.
 *
 * @param kernels The kernels to compute with.
 * @param dtype The precision of the sums.
 * @param shape The shape.
 * @param rows The bytes of a number of the rows, and how many rows may be there at once.
 * @param reserve Makes blocks of that many bytes, and frees them later.
 * @returns The passes.
 */
export function createChunkSums(
  kernels: Kernels,
  dtype: Dtype,
  shape: PassShape,
  rows: { readonly bytes: number; readonly most: number },
  reserve: (bytes: number) => Address,
): ChunkSums {
  const { memory, [dtype]: set } = kernels;
  const { n, m, cols } = shape;
  const length = m * cols;
  const step = rowsOfChunk(shape, rows.bytes);
  const fit = Math.max(2, Math.min(MOST, Math.floor(SUMS_BYTES / (set.bytes * length))));
  const together = Math.max(1, Math.min(Math.ceil(n / step), fit, Math.floor(rows.most / step)));
  const round = together * step;
  const total = reserve(set.bytes * length * (together + 1));
  const sumsOf = (index: number): Address => total + (index + 1) * length * set.bytes;
  return {
    step,
    round,
    mean({ begin, end }) {
      set.fill(length, 0, total);
      for (let first = 0; first < n; first += round) {
        const count = Math.min(round, n - first);
        const taskOf = begin(first, count);
        const tasks: KernelTask[] = [];
        for (let from = first; from < first + count; from += step) {
          const index = tasks.length;
          const own = Math.min(step, first + count - from);
          tasks.push(taskOf({ from, count: own, index, sums: sumsOf(index) }));
        }
        kernels.runAll(tasks);
        for (let index = 0; index < tasks.length; index++) set.axpy(length, 1, sumsOf(index), total);
        end?.(first, count, tasks.length);
      }
      const mean = Float64Array.from(memory.view(dtype, total, length));
      for (let at = 0; at < length; at++) mean[at] *= 1 / n;
      return mean;
    },
  };
}
