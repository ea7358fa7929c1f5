import type { Address, Dtype, KernelCall, Kernels } from "../kernels/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** Rows of [x f] that lie in kernel memory, x [n, d] and f [n, k], without gaps. */
export interface PlacedRows {
  readonly x: Address;
  readonly d: number;
  readonly f: Address;
  readonly k: number;
}

/** Passes over all rows, in chunks that threads share: by the shape alone, each with sums of its own, so that the bits are those of one thread. */
export interface RowChunks {
  /** The weights of the predictor [m, d + k], to be set before a pass. */
  readonly head: Address;
  /** `E[c [x f]']` [m, d + k] with `c = l'' p` from the predictions p of the head; weights [n, m] as {@linkcode KernelSet.bendRows} has them. */
  bend(rows: PlacedRows, categorical: boolean, weights: Address): Vector;
  /** The sum of the losses, and `E[l' [x f]']`; predictions and slopes [n, m] stay at their addresses. */
  loss(rows: PlacedRows, loss: CodedLoss, at: Record<"y" | "p" | "slopes", Address>): {
    readonly value: number;
    readonly mean: Vector;
  };
}

/** A loss that the kernels know. */
export interface CodedLoss {
  readonly code: number;
  readonly parameter: number;
}

/** Multiply-adds of a chunk, about a millisecond; the least rows of one, and the most chunks. */
const [WORK, LEAST, MOST] = [4e6, 256, 32];

/** Chunks start at multiples of so many rows, where vectors and blocks of rows start too. */
const GRAIN = 64;

/**
 * Plans passes over n rows of `cols` inputs and m outputs.
 *
 * @param kernels The kernels to compute with.
 * @param dtype The precision of everything in kernel memory.
 * @param shape The shape.
 * @param reserve Makes blocks of that many bytes, and frees them later.
 * @returns The passes.
 */
export function createRowChunks(
  kernels: Kernels,
  dtype: Dtype,
  { n, m, cols }: { readonly n: number; readonly m: number; readonly cols: number },
  reserve: (bytes: number) => Address,
): RowChunks {
  const { memory, work } = kernels;
  const set = kernels[dtype];
  const { bytes } = set;
  const length = m * cols;
  const count = Math.max(1, Math.min(MOST, Math.floor(n * length / WORK), Math.floor(n / LEAST)));
  const step = GRAIN * Math.ceil(n / (GRAIN * count));
  const starts = Array.from({ length: Math.ceil(n / step) }, (_, chunk) => chunk * step);
  const [head, sums, values] = [length, length * starts.length, starts.length].map((size) => reserve(bytes * size));
  /** Makes the calls of a pass: its kernel, the arguments before the rows, and those after the head. */
  const run = (
    kernel: "bendRows" | "lossRows",
    { x, d, f, k }: PlacedRows,
    before: readonly number[],
    after: (from: number, chunk: number) => readonly number[],
  ): Vector => {
    kernels.runAll(starts.map((from, chunk): KernelCall => ({
      kernel,
      dtype,
      args: [
        ...[...before, Math.min(step, n - from), m, x + from * d * bytes, d, f + from * k * bytes, k, head],
        ...[...after(from, chunk), sums + chunk * length * bytes],
        ...kernel === "lossRows" ? [values + chunk * bytes, work] : [work],
      ],
    })));
    for (let chunk = 1; chunk < starts.length; chunk++) set.axpy(length, 1, sums + chunk * length * bytes, sums);
    const mean = Float64Array.from(memory.view(dtype, sums, length));
    for (let at = 0; at < length; at++) mean[at] *= 1 / n;
    return mean;
  };
  const inRow = (at: Address, from: number) => at + from * m * bytes;
  return {
    head,
    bend: (rows, categorical, weights) =>
      run("bendRows", rows, [categorical ? 1 : 0], (from) => [inRow(weights, from)]),
    loss(rows, { code, parameter }, { y, p, slopes }) {
      const mean = run("lossRows", rows, [code, parameter], (from) => [y, p, slopes].map((at) => inRow(at, from)));
      const parts = memory.view(dtype, values, starts.length);
      let value = 0;
      for (const part of parts) value += part;
      return { value, mean };
    },
  };
}
