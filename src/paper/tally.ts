import type { Inequality } from "../landscape/mod.ts";
import { statusOfTally } from "./recorded.ts";
import type { Finding } from "./types.ts";

/** Inequalities `left >= right` collected over many points. */
export interface Tally {
  /** How many. */
  readonly points: number;
  /** How many do not hold. */
  readonly failures: number;
  /** The one with the largest `right / left`: how nearly the bound is attained. */
  readonly tightest: Inequality | null;
}

/** Before the first point. */
export const EMPTY_TALLY: Tally = Object.freeze({ points: 0, failures: 0, tightest: null });

/**
 * How near an inequality `left >= right` is to equality: for a right side above 0 `right / left`, which is 1 where both sides are
 * equal and above 1 where it does not hold; for any other right side 0.
 *
 * @param inequality Both sides.
 * @returns The ratio; Infinity where only the right side is above 0.
 * @example Three quarters of what is allowed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(tightness({ left: 4, right: 3, rounding: 0, holds: true }), 0.75);
 * assertEquals(tightness({ left: 0, right: 3, rounding: 0, holds: false }), Infinity);
 * ```
 */
export const tightness = ({ left, right }: Inequality): number => right <= 0 ? 0 : left > 0 ? right / left : Infinity;

/**
 * A tally with one more inequality. Of two equally tight ones the first stays; one that does not hold beats all that do.
 *
 * @param tally What was collected so far.
 * @param next The inequality at one more point.
 * @returns The new tally.
 * @example One that holds, one that does not
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const first = addTo(EMPTY_TALLY, { left: 2, right: 1, rounding: 0, holds: true });
 * const { points, failures, tightest } = addTo(first, { left: 1, right: 3, rounding: 0, holds: false });
 * assertEquals([points, failures, tightest!.right], [2, 1, 3]);
 * ```
 */
export function addTo({ points, failures, tightest }: Tally, next: Inequality): Tally {
  const worse = tightest === null || (tightest.holds && !next.holds) ||
    tightest.holds === next.holds && tightness(next) > tightness(tightest);
  return {
    points: points + 1,
    failures: failures + (next.holds ? 0 : 1),
    tightest: worse ? next : tightest,
  };
}

/**
 * What a tally says of its statement: `fails` if one point does, `undecided` without points.
 *
 * @param tally The collected inequalities.
 * @param measured Which side was measured; the other one is the bound.
 * @param numbers Further figures.
 * @returns The finding, with the tightest ratio among its numbers, and where that is above 1 the rounding that it is allowed.
 * @example Nothing was checked
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(findingOf(EMPTY_TALLY, "left").status, "undecided");
 * ```
 */
export function findingOf(
  { points, failures, tightest }: Tally,
  measured: "left" | "right",
  numbers: Readonly<Record<string, number>> = {},
): Finding {
  if (tightest === null) {
    return { status: "undecided", reason: "no point to check", measured: null, bound: null, points: 0, numbers };
  }
  const ratio = tightness(tightest);
  const found = {
    measured: measured === "left" ? tightest.left : tightest.right,
    bound: measured === "left" ? tightest.right : tightest.left,
    points,
    // Above 1 it holds because of its rounding, or not at all.
    numbers: { failures, tightest: ratio, ...(ratio > 1 ? { rounding: tightest.rounding } : {}), ...numbers },
  };
  return { status: statusOfTally(found), ...found };
}
