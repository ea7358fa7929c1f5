import type { Address, KernelCall, Kernels } from "../kernels/mod.ts";
import type { RowSource, Vector } from "../tensor/mod.ts";
import { createChunkSums } from "./_chunk_sums.ts";
import { createAddresses } from "./_row_addresses.ts";

/** The second derivative of one output over rows of which most lie in f32: they are read once. */
export interface BentSingleRows {
  /** The weights of the predictor [d], to be set before a pass. */
  readonly head: Address;
  /** `E[weights_i (x_i'head) x_i]` [d], weights [n] in kernel memory. */
  bend(weights: Address): Vector;
}

/** Bytes of the other columns up to which they stay in kernel memory, and rows of them that are there at once otherwise. */
const [RESIDENT, ROWS] = [1 << 24, 1 << 14];

/**
 * Makes the product for a source that puts columns in f32 beside others; `reserve` makes blocks of that many bytes, and frees them later.
 * Null for any other source.
 */
export function createBentSingleRows(
  kernels: Kernels,
  source: RowSource,
  reserve: (bytes: number) => Address,
): BentSingleRows | null {
  const { rows: n, cols, parts = [source] } = source;
  if (parts.filter(({ single }) => single).length !== 1) return null;
  const others = parts.reduce((sum, part) => part.single ? sum : sum + part.cols, 0);
  const stay = 8 * n * others <= RESIDENT;
  const sums = createChunkSums(kernels, "f64", { n, m: 1, cols }, { bytes: 4, most: stay ? n : ROWS }, reserve);
  let first = 0;
  const placed = parts.map((part) => {
    const buffer = (elements: number) => reserve(8 * elements);
    const own = { first: 8 * first, cols: part.cols, isSingle: part.single !== undefined };
    first += part.cols;
    return { ...own, addressOf: part.single ?? createAddresses(buffer, part, stay ? n : sums.round) };
  });
  const single = placed.find(({ isSingle }) => isSingle)!;
  const beside = placed.filter(({ isSingle }) => !isSingle);
  const [head, predictions] = [cols, sums.round].map((elements) => reserve(8 * elements));
  return {
    head,
    bend: (weights) =>
      sums.mean({
        begin(round, count) {
          const inputs = beside.map(({ addressOf, ...part }) => ({ ...part, at: addressOf(round, count) }));
          return (chunk) => {
            const { from, count: rows } = chunk;
            const p = predictions + 8 * (from - round);
            const others = inputs.map((part) => ({ ...part, at: part.at + 8 * (from - round) * part.cols }));
            const calls: KernelCall[] = [
              { kernel: "fill", args: [rows, 0, p] },
              { kernel: "fill", args: [single.cols, 0, chunk.sums + single.first] },
            ];
            for (const { at, first, cols } of others) {
              calls.push({ kernel: "gemvN", args: [rows, cols, at, cols, head + first, p, 1] });
            }
            const own = [rows, single.cols, single.addressOf(from, rows), single.cols, head + single.first];
            calls.push({
              kernel: "bendSingle",
              args: [...own, weights + 8 * from, p, chunk.sums + single.first],
            });
            for (const { at, first, cols } of others) {
              calls.push({ kernel: "gemvT", args: [rows, cols, at, cols, p, chunk.sums + first, 0] });
            }
            return calls;
          };
        },
      }),
  };
}
