/** Cuts fall on multiples of this, so that the same entries share a vector, and a block of four rows, however many parts there are. */
const GRAIN = 16;

/**
 * Where part `part` of `parts` begins when `length` things are shared out; part `parts` begins at the end. No part is one
 * thing alone, unless there is only one: products of one row go through other kernels, which round differently.
 *
 * @param length How many things, such as rows.
 * @param part Which part, from 0 to `parts`.
 * @param parts How many parts.
 * @returns The index of the part's first thing: a multiple of 16, or `length`.
 * @example A hundred rows for two threads, and seventeen, which stay together
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([0, 1, 2].map((part) => cut(100, part, 2)), [0, 64, 100]);
 * assertEquals([0, 1, 2].map((part) => cut(17, part, 2)), [0, 17, 17]);
 * ```
 */
export function cut(length: number, part: number, parts: number): number {
  const at = Math.min(length, GRAIN * Math.ceil(length * part / (parts * GRAIN)));
  return at > 0 && length - at === 1 ? length : at;
}
