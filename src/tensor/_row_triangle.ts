import { type Address, type Dtype, type KernelCall, type Kernels, qrWork } from "../kernels/mod.ts";
import type { Vector } from "./matrix.ts";

/** Bytes of a piece of rows, and of its columns that are reflected together: what the caches hold. */
const [PIECE, PANEL] = [1 << 22, 1 << 19];

/** Fewest rows of a piece: with fewer, the triangle costs more than the rows. */
const LEAST_ROWS = 256;

/** Operations from which on several triangles are made, at most so many, each of this many rows a column or more, so that merging them costs little. */
const [STREAMED, MOST_STREAMS, TALL] = [1e8, 4, 2];

/** Operations between two steps of the generator, about a second on one thread: a caller can stop it between them. */
const SOON = 2.6e10;

/** How many rows go into one piece. */
export function rowsOfPiece(n: number, d: number): number {
  const fit = Math.min(PIECE / (8 * d), PANEL / (8 * Math.min(d, 48)));
  return Math.min(n, Math.max(LEAST_ROWS, Math.floor(fit)));
}

/** How many triangles the rows go into in turns, before they are merged: by the shape alone, so that no bit depends on the number of threads. */
function streamsOf(n: number, d: number): number {
  if (2 * n * d * d < STREAMED) return 1;
  const soon = Math.floor(SOON / (2 * rowsOfPiece(n, d) * d * d));
  return Math.max(1, Math.min(MOST_STREAMS, Math.floor(n / (TALL * d)), soon));
}

/** Rows in one precision, written without gaps. */
export interface Rows {
  readonly rows: number;
  readonly cols: number;
  write(from: number, count: number, to: Address): void;
}

/**
 * R [d, d] of all rows, taken in piece after piece; zeros below the diagonal.
 *
 * @param kernels The kernels to compute with.
 * @param dtype The precision.
 * @param source The rows [n, d] in that precision.
 * @returns A generator that yields the share of the rows done after each piece, and returns R in f64.
 */
export function* rowTriangle(kernels: Kernels, dtype: Dtype, source: Rows): Generator<number, Vector> {
  const { memory, [dtype]: set } = kernels;
  const { bytes } = set;
  const { rows: n, cols: d } = source;
  if (n === 0 || d === 0) return new Float64Array(d * d);
  const count = rowsOfPiece(n, d);
  const streams = streamsOf(n, d);
  const scratch = qrWork(count, d);
  const at = memory.allocate(streams * (d * d + count * d + scratch) * bytes);
  const triangle = (stream: number): Address => at + stream * d * d * bytes;
  const piece = (stream: number): Address => at + (streams * d * d + stream * count * d) * bytes;
  const work = (stream: number): Address => at + (streams * (d * d + count * d) + stream * scratch) * bytes;
  const update = (stream: number, rows: number, from: Address): KernelCall => ({
    kernel: "qrUpdate",
    dtype,
    args: [rows, d, triangle(stream), d, from, d, work(stream)],
  });
  try {
    set.fill(streams * d * d, 0, at);
    for (let from = 0; from < n;) {
      const calls: KernelCall[] = [];
      for (let stream = 0; stream < streams && from < n; stream++) {
        const rows = Math.min(count, n - from);
        source.write(from, rows, piece(stream));
        calls.push(update(stream, rows, piece(stream)));
        from += rows;
      }
      kernels.runAll(calls);
      yield from / n;
    }
    for (let apart = 1; apart < streams; apart *= 2) {
      for (let from = 0; from < d; from += count) {
        const calls: KernelCall[] = [];
        for (let stream = 0; stream + apart < streams; stream += 2 * apart) {
          calls.push(update(stream, Math.min(count, d - from), triangle(stream + apart) + from * d * bytes));
        }
        kernels.runAll(calls);
        yield 1;
      }
    }
    return new Float64Array(memory.view(dtype, at, d * d));
  } finally {
    memory.free(at);
  }
}
