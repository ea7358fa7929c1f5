import type { Address, Dtype, Kernels } from "../kernels/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { type Chunk, createChunkSums, type PassShape } from "./_chunk_sums.ts";
import type { RowPart } from "./row_part.ts";

/** Where the rows are that passes go over. */
export interface ChunkedRows {
  /** How many of them may be asked for at once. */
  readonly most: number;
  /** The parts, x or x and f, of some rows; they are there until the next are asked for. */
  parts(from: number, count: number): readonly RowPart[];
}

/** Passes over all rows for losses that the kernels know. */
export interface RowChunks {
  /** The weights of the predictor [m, d + k], to be set before a pass. */
  readonly head: Address;
  /** `E[c [x f]']` [m, d + k] with `c = l'' p` from the predictions p of the head; weights [n, m] as {@linkcode KernelSet.bendRows} has them. */
  bend(categorical: boolean, weights: Address): Vector;
  /** The sum of the losses, and `E[l' [x f]']`; predictions and slopes [n, m] are written to arrays of the caller. */
  loss(loss: CodedLoss, rows: Record<"y" | "predictions" | "slopes", Vector>): {
    readonly value: number;
    readonly mean: Vector;
  };
}

/** A loss that the kernels know. */
export interface CodedLoss {
  readonly code: number;
  readonly parameter: number;
}

/**
 * Plans passes over n rows of `cols` inputs and m outputs.
 *
 * @param kernels The kernels to compute with.
 * @param dtype The precision of everything in kernel memory.
 * @param shape The shape.
 * @param rows The rows.
 * @param reserve Makes blocks of that many bytes, and frees them later.
 * @returns The passes.
 */
export function createRowChunks(
  kernels: Kernels,
  dtype: Dtype,
  shape: PassShape,
  rows: ChunkedRows,
  reserve: (bytes: number) => Address,
): RowChunks {
  const { memory, work, [dtype]: { bytes } } = kernels;
  const { m, cols } = shape;
  const sums = createChunkSums(kernels, dtype, shape, { bytes, most: rows.most }, reserve);
  const head = reserve(bytes * m * cols);
  /** The arguments that say where the rows of a chunk are, of a round whose first row is `first`. */
  const operands = (first: number, count: number) => {
    const [x, f = { at: 0, cols: 0 }] = rows.parts(first, count);
    return ({ from, count }: Chunk): readonly number[] => {
      const [inX, inF] = [x, f].map(({ at, cols }) => at + (from - first) * cols * bytes);
      return [count, m, inX, x.cols, inF, f.cols, head];
    };
  };
  let room: readonly Address[] | null = null;
  return {
    head,
    bend: (categorical, weights) =>
      sums.mean({
        begin(first, count) {
          const rowsOf = operands(first, count);
          return (chunk) => {
            const own = weights + chunk.from * m * bytes;
            return [{
              kernel: "bendRows",
              dtype,
              args: [categorical ? 1 : 0, ...rowsOf(chunk), own, chunk.sums, work],
            }];
          };
        },
      }),
    loss({ code, parameter }, { y, predictions, slopes }) {
      const inRound = [0, 1, 2].map(() => bytes * sums.round * m);
      const [inY, inP, inSlopes, values] = room ??= [...inRound, bytes * sums.round / sums.step].map(reserve);
      let value = 0;
      const mean = sums.mean({
        begin(first, count) {
          memory.view(dtype, inY, count * m).set(y.subarray(first * m, (first + count) * m));
          const rowsOf = operands(first, count);
          return (chunk) => {
            const own = [inY, inP, inSlopes].map((at) => at + (chunk.from - first) * m * bytes);
            const args = [...rowsOf(chunk), ...own, chunk.sums, values + chunk.index * bytes, work];
            return [{ kernel: "lossRows", dtype, args: [code, parameter, ...args] }];
          };
        },
        end(first, count, chunks) {
          predictions.set(memory.view(dtype, inP, count * m), first * m);
          slopes.set(memory.view(dtype, inSlopes, count * m), first * m);
          for (const part of memory.view(dtype, values, chunks)) value += part;
        },
      });
      return { value, mean };
    },
  };
}
