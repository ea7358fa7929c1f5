import type { Address } from "../kernels/mod.ts";
import type { RowSource } from "../tensor/mod.ts";
import { createAddresses } from "./_row_addresses.ts";
import type { RowPart } from "./row_part.ts";

/** Bytes of rows that a pass visits at a time: what it reads twice is in a cache the second time, and threads have enough to share. */
const PIECE_BYTES = 1 << 21;

/** Bytes up to which rows are always written once, whole. */
const SMALL = 2 * PIECE_BYTES;

/** Most parts that rows of a large table are left in. */
const MOST_PARTS = 2;

/** Rows of a source in kernel memory: all of them where that was asked for or costs nothing, else the current ones. */
export interface RowWindow {
  /** Most rows of one visit. */
  readonly rows: number;
  /** Whether all rows are there at once. */
  readonly stays: boolean;
  /** Calls `visit` for each piece in turn, with the address of its whole rows, the first of them and their number. */
  each(visit: (address: Address, from: number, count: number) => void): void;
  /** Where some rows, no more than {@linkcode RowWindow.rows}, are whole. */
  whole(from: number, count: number): Address;
  /** The same with the parts that rows lie in: of sources side by side nothing is copied that lies in kernel memory already. */
  eachInParts(visit: (parts: readonly RowPart[], from: number, count: number) => void): void;
  /**
   * The parts, at most two, of some rows: no more than {@linkcode RowWindow.rows}, but where all stay. In which parts rows come depends on the
   * shape of the sources alone, not on where they lie, which threads may decide: the sums must not.
   */
  parts(from: number, count: number): readonly RowPart[];
}

/**
 * Makes a window on the rows of a source. With at most `resident` bytes they are written once and stay; more are written
 * piece by piece on every pass. Rows that lie in kernel memory already are visited where they are. Pieces have a multiple of `step` rows.
 */
export function createRowWindow(
  buffer: (elements: number) => Address,
  source: RowSource,
  { resident = SMALL, step = 1 }: { readonly resident?: number; readonly step?: number } = {},
): RowWindow {
  const { rows: n, cols } = source;
  const rows = Math.max(1, Math.min(n, step * Math.max(1, Math.ceil(PIECE_BYTES / (8 * Math.max(1, cols) * step)))));
  // Few rows are written side by side: one product of all columns costs less than one of each part.
  const isWhole = 8 * n * cols <= SMALL || (source.parts?.length ?? 1) > MOST_PARTS;
  const sources = isWhole ? [source] : source.parts ?? [source];
  const written = sources.reduce((sum, part) => part.at ? sum : sum + part.cols, 0);
  const stays = 8 * n * written <= resident;
  let first = 0;
  const parts = sources.map((part) => {
    const own = { first, cols: part.cols, addressOf: createAddresses(buffer, part, stays ? n : rows) };
    first += part.cols;
    return own;
  });
  const whole = sources.length === 1 ? parts[0].addressOf : createAddresses(buffer, source, rows);
  const partsAt = (from: number, count: number): readonly RowPart[] =>
    parts.map(({ first, cols, addressOf }) => ({ at: addressOf(from, count), first, cols }));
  return {
    rows,
    stays,
    whole,
    parts: partsAt,
    each(visit) {
      for (let from = 0; from < n; from += rows) {
        const count = Math.min(rows, n - from);
        visit(whole(from, count), from, count);
      }
    },
    eachInParts(visit) {
      for (let from = 0; from < n; from += rows) {
        const count = Math.min(rows, n - from);
        visit(partsAt(from, count), from, count);
      }
    },
  };
}
