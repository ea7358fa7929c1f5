import { type Key, permutation } from "../random/mod.ts";
import type { RowSplit } from "./split.ts";
import { counted } from "./_wording.ts";
import { columnIndex, refuseMissing, type Table, textsOf } from "./table.ts";

/**
 * The group of each row, the text of a column.
 *
 * @param table The table.
 * @param name The column, such as a patient or a household.
 * @returns A text a row.
 * @throws {InputError} If there is no such column, or a value is missing.
 * @example Two rows of one patient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * assertEquals(groupsOf(parseTable("id,y\n7,1\n7,2\n", { file: "a.csv" }), "id"), ["7", "7"]);
 * ```
 */
export function groupsOf(table: Table, name: string): readonly string[] {
  refuseMissing(table, columnIndex(table, name, "column of the groups"), "split");
  return textsOf(table, name);
}

/**
 * The rows in `parts` parts with all rows of a group in the same part: groups in random order, the largest first, each to the part with the
 * fewest rows so far.
 *
 * @param groups A text per row, such as a patient.
 * @param parts How many parts, from 2 to the number of groups.
 * @param from Where the randomness comes from.
 * @returns The rows of each part, ascending.
 * @throws {RangeError} If there are fewer groups than parts, or fewer than 2 parts.
 * @example Two patients, two parts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * assertEquals(partsOfGroups(["a", "b", "b", "a", "b"], 2, key(1)), [[1, 2, 4], [0, 3]]);
 * ```
 */
export function partsOfGroups(
  groups: readonly string[],
  parts: number,
  from: Key,
): readonly (readonly number[])[] {
  const members = inRandomOrder(groups, from);
  if (!(Number.isSafeInteger(parts) && parts >= 2 && parts <= members.length)) {
    throw new RangeError(
      `Cannot cut ${members.length} groups into ${parts} parts: there must be 2 or more, and a group for each`,
    );
  }
  const dealt: number[][] = Array.from({ length: parts }, () => []);
  for (const rows of members.toSorted((a, b) => b.length - a.length)) {
    const smallest = dealt.reduce((best, part) => part.length < best.length ? part : best);
    // One by one: a large group is too many arguments of one call.
    for (const row of rows) smallest.push(row);
  }
  return dealt.map((rows) => rows.sort((a, b) => a - b));
}

/**
 * Holds out whole groups, at random, of about a share of the rows: groups in random order, each held out if that brings the held-out rows
 * nearer to the share; the smallest group where none does.
 *
 * @param groups A text per row, such as a patient.
 * @param share The share of the rows to hold out, above 0 and below 1.
 * @param from Where the randomness comes from.
 * @returns The rows to train on and the held-out rows, ascending; no group is on both sides.
 * @throws {RangeError} If the share is not between 0 and 1, there are fewer than 2 groups, or fewer than 2 rows are left to train on.
 * @example One of three patients
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * const { training, heldOut } = holdOutGroups(["a", "b", "c", "a", "b", "c"], 0.33, key(1));
 * assertEquals([training.length, heldOut.length], [4, 2]);
 * assertEquals(heldOut[1], heldOut[0] + 3);
 * ```
 */
export function holdOutGroups(groups: readonly string[], share: number, from: Key): RowSplit {
  const members = inRandomOrder(groups, from);
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot hold out a share of ${share} of ${counted(members.length, "group")}: ${why}`);
  };
  if (!(share > 0 && share < 1)) refuse("it must be above 0 and below 1");
  if (members.length < 2) refuse("there must be 2 or more");
  const wanted = share * groups.length;
  const held = new Set<number>();
  for (const rows of members) {
    const nearer = Math.abs(held.size + rows.length - wanted) < Math.abs(held.size - wanted);
    if (nearer && held.size + rows.length < groups.length) rows.forEach((row) => held.add(row));
  }
  if (held.size === 0) {
    members.reduce((best, rows) => rows.length < best.length ? rows : best).forEach((row) => held.add(row));
  }
  if (groups.length - held.size < 2) refuse("fewer than 2 rows are left to train on");
  const all = Array.from(groups.keys());
  return { training: all.filter((row) => !held.has(row)), heldOut: all.filter((row) => held.has(row)) };
}

/** The rows of each group; the groups in random order. */
function inRandomOrder(groups: readonly string[], from: Key): readonly (readonly number[])[] {
  const members = new Map<string, number[]>();
  groups.forEach((name, row) => {
    const rows = members.get(name);
    if (rows) rows.push(row);
    else members.set(name, [row]);
  });
  // By name, so that the order of the rows does not matter.
  const sorted = [...members.keys()].sort().map((name) => members.get(name)!);
  return Array.from(permutation(from, sorted.length), (at) => sorted[at]);
}
