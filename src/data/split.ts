import { fold, type Key, permutation } from "../random/mod.ts";

/** Which rows of a table are trained on, and which are held out; each ascending, from 0. */
export interface RowSplit {
  /** The rows to train on. */
  readonly training: readonly number[];
  /** The rows that are held out. */
  readonly heldOut: readonly number[];
}

/**
 * The rows of a table in `parts` parts of as equal sizes as can be, at random; rows of each stratum are spread over the parts.
 *
 * @param rows How many rows.
 * @param parts How many parts, from 2 to the number of rows.
 * @param from Where the randomness comes from.
 * @param strata A text per row, such as its class; null for none.
 * @returns The rows of each part, ascending.
 * @throws {RangeError} If there are fewer rows than parts, or fewer than 2 parts.
 * @example Each class in each half
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * const halves = partsOfRows(4, 2, key(1), ["a", "b", "a", "b"]);
 * assertEquals(halves.map((rows) => rows.map((row) => row % 2).sort()), [[0, 1], [0, 1]]);
 * ```
 */
export function partsOfRows(
  rows: number,
  parts: number,
  from: Key,
  strata: readonly string[] | null,
): readonly (readonly number[])[] {
  if (!(Number.isSafeInteger(parts) && parts >= 2 && parts <= rows)) {
    throw new RangeError(`Cannot cut ${rows} rows into ${parts} parts: there must be 2 or more, and a row for each`);
  }
  const order = [...permutation(from, rows)];
  const names = strata === null ? [""] : [...new Set(strata)].sort();
  // Strata one after another, each in random order: dealing them out in turn spreads each over all parts.
  const dealt = names.flatMap((name) => order.filter((row) => strata === null || strata[row] === name));
  return Array.from(
    { length: parts },
    (_, part) => dealt.filter((_, at) => at % parts === part).sort((a, b) => a - b),
  );
}

/**
 * Holds out a share of the rows, at random, of each stratum about the same share.
 *
 * @param rows How many rows.
 * @param share The share to hold out, above 0 and below 1.
 * @param from Where the randomness comes from.
 * @param strata A text per row, such as its class; null for none.
 * @returns The rows to train on and the held-out rows, ascending.
 * @throws {RangeError} If the share leaves fewer than 2 rows to train on, or none held out.
 * @example A quarter
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * const { training, heldOut } = holdOut(8, 0.25, key(1), null);
 * assertEquals([training.length, heldOut.length], [6, 2]);
 * ```
 */
export function holdOut(
  rows: number,
  share: number,
  from: Key,
  strata: readonly string[] | null,
): RowSplit {
  const wanted = Math.round(share * rows);
  if (!(share > 0 && share < 1) || wanted < 1 || rows - wanted < 2) {
    throw new RangeError(`Cannot hold out a share of ${share} of ${rows} rows: it leaves too few on one side`);
  }
  const order = [...permutation(fold(from, "held-out"), rows)];
  const names = strata === null ? [""] : [...new Set(strata)].sort();
  const dealt = names.flatMap((name) => order.filter((row) => strata === null || strata[row] === name));
  // Every position at which the running share passes a whole number is held out.
  const isHeld = (at: number) => Math.floor((at + 1) * wanted / rows) > Math.floor(at * wanted / rows);
  const held = new Set(dealt.filter((_, at) => isHeld(at)));
  const all = Array.from({ length: rows }, (_, row) => row);
  return { training: all.filter((row) => !held.has(row)), heldOut: all.filter((row) => held.has(row)) };
}
