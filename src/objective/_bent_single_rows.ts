import type { Address, Kernels } from "../kernels/mod.ts";
import type { RowSource } from "../tensor/mod.ts";
import { createAddresses } from "./_row_addresses.ts";

/** The second derivative of one output over rows of which most lie in f32: they are read once, by several threads at once. */
export interface BentSingleRows {
  /**
   * `sums = sum_i weights_i (x_i'direction) x_i`.
   *
   * @param weights The address of the weights [n].
   * @param direction The address of the direction [d].
   * @param sums Where the sums go [d].
   */
  apply(weights: Address, direction: Address, sums: Address): void;
}

/** Rows that threads take turns at, and into how many parts they are cut: as many for any number of threads, so that no bit depends on it. */
const [ROWS, PARTS] = [1 << 14, 16];

/** Bytes of the other columns up to which they stay in kernel memory. */
const RESIDENT = 1 << 24;

/**
 * Makes the product for a source that puts columns in f32 beside others; `reserve` makes blocks of that many bytes, and frees them later.
 * Null for any other source.
 */
export function createBentSingleRows(
  { f64: set, runAll }: Kernels,
  source: RowSource,
  reserve: (bytes: number) => Address,
): BentSingleRows | null {
  const { rows: n, cols: d, parts = [source] } = source;
  if (parts.filter(({ single }) => single).length !== 1) return null;
  const buffer = (elements: number) => reserve(8 * elements);
  const rows = Math.min(n, ROWS);
  const others = parts.reduce((sum, { cols, single }) => single ? sum : sum + cols, 0);
  const room = 8 * n * others <= RESIDENT ? n : rows;
  let first = 0;
  const placed = parts.map((part) => {
    const own = { first: 8 * first, cols: part.cols, addressOf: part.single ?? createAddresses(buffer, part, room) };
    first += part.cols;
    return { ...own, single: part.single !== undefined };
  });
  const [{ first: offset, cols: k, addressOf }] = placed.filter(({ single }) => single);
  const beside = placed.filter(({ single }) => !single);
  const own = PARTS * k;
  const [predictions, partial] = [buffer(rows), buffer(own)];
  return {
    apply(weights, direction, sums) {
      set.fill(own, 0, partial);
      set.fill(d, 0, sums);
      for (let from = 0; from < n; from += rows) {
        const count = Math.min(rows, n - from);
        const inputs = beside.map(({ addressOf, ...part }) => ({ ...part, at: addressOf(from, count) }));
        set.fill(count, 0, predictions);
        for (const { at, first, cols } of inputs) set.gemvN(count, cols, at, cols, direction + first, predictions, 1);
        const step = Math.ceil(count / PARTS);
        const calls = Array.from({ length: Math.ceil(count / step) }, (_, part) => {
          const at = part * step;
          const [w, p] = [weights + 8 * (from + at), predictions + 8 * at];
          const to = partial + 8 * part * k;
          const args = [Math.min(step, count - at), k, addressOf(from + at, 0), k, direction + offset, w, p, to];
          return { kernel: "bendSingle" as const, args };
        });
        runAll(calls);
        for (const { at, first, cols } of inputs) set.gemvT(count, cols, at, cols, predictions, sums + first, 1);
      }
      for (let part = 0; part < PARTS; part++) set.axpy(k, 1, partial + 8 * part * k, sums + offset);
    },
  };
}
