import type { Address } from "../kernels/mod.ts";
import type { RowSource } from "../tensor/mod.ts";

/** Bytes of rows that a pass visits at a time: what it reads twice is in a cache the second time, and threads have enough to share. */
const PIECE_BYTES = 1 << 21;

/** Rows of a source in kernel memory: all of them where that was asked for or costs nothing, else the current ones. */
export interface RowWindow {
  /** Most rows of one visit. */
  readonly rows: number;
  /** Calls `visit` for each piece in turn, with the address of its rows, the first of them and their number. */
  each(visit: (address: Address, from: number, count: number) => void): void;
}

/**
 * Makes a window on the rows of a source. With at most `resident` bytes they are written once and stay; more are written
 * piece by piece on every pass. Rows that lie in kernel memory already are visited where they are.
 */
export function createRowWindow(
  buffer: (elements: number) => Address,
  source: RowSource,
  resident: number = 2 * PIECE_BYTES,
): RowWindow {
  const { rows: n, cols, at: inPlace } = source;
  const stays = 8 * n * cols <= resident;
  const rows = Math.max(1, Math.min(n, Math.floor(PIECE_BYTES / (8 * Math.max(1, cols)))));
  if (inPlace) {
    return {
      rows,
      each(visit) {
        for (let from = 0; from < n; from += rows) visit(inPlace(from), from, Math.min(rows, n - from));
      },
    };
  }
  const address = buffer((stays ? n : rows) * cols);
  let written = false;
  return {
    rows,
    each(visit) {
      if (stays && !written) {
        for (let from = 0; from < n; from += rows) {
          source.write(from, Math.min(rows, n - from), address + 8 * from * cols, cols);
        }
        written = true;
      }
      for (let from = 0; from < n; from += rows) {
        const count = Math.min(rows, n - from);
        if (!stays) source.write(from, count, address, cols);
        visit(stays ? address + 8 * from * cols : address, from, count);
      }
    },
  };
}
