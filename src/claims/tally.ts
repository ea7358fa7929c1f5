import { NO_POINTS, type Tally, tallyPoint } from "./decide.ts";
import type { PointRecord } from "./point.ts";
import { STATEMENTS } from "./statements.ts";

/** A tally per statement, in the order of {@linkcode STATEMENTS}. */
export type Tallies = readonly Tally[];

/** The tallies before the first point. */
export const NO_TALLIES: Tallies = Object.freeze(STATEMENTS.map(() => NO_POINTS));

/**
 * The tallies of all statements with some more points: what is decided of a million points needs no more memory than of one.
 *
 * @param before The tallies so far.
 * @param points The points.
 * @returns The tallies with them.
 * @example No point changes nothing
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(tallyPoints(NO_TALLIES, []), NO_TALLIES);
 * ```
 */
export function tallyPoints(before: Tallies, points: readonly PointRecord[]): Tallies {
  return before.map((tally, at) => points.reduce((sum, point) => tallyPoint(sum, STATEMENTS[at], point), tally));
}
