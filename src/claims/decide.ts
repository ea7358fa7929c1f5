import type { Inequality } from "../landscape/mod.ts";
import type { Claim } from "./claim.ts";
import { isEvaluated, type Judgement, type PointRecord } from "./point.ts";
import type { Statement } from "./statements.ts";
import { unmeasured } from "./_unmeasured.ts";

/**
 * The one rule for a statement about single points: `fails` if one point contradicts it by more than rounding, else `undecided` if a side
 * is not a number anywhere, else `outside` if it applies to no point, else `holds`. The numbers are those of the failing point, or of the
 * tightest one.
 *
 * @param statement The statement; one with inequalities.
 * @param points The points.
 * @returns The claim.
 * @example One point breaks it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { STATEMENTS } from "@resland/resland/claims";
 * const broken = { inequalities: { "theorem-1": { left: 1, right: 2, rounding: 0, holds: false } } };
 * const { status, measured, bound } = decide(STATEMENTS[0], [broken]);
 * assertEquals([status, measured, bound], ["fails", 1, 2]);
 * ```
 */
export function decide(statement: Statement, points: readonly TalliedPoint[]): Claim {
  return decideTally(statement, points.reduce((sum, point) => tallyPoint(sum, statement, point), NO_POINTS));
}

/** As much of a point as its inequalities. */
export interface TalliedPoint {
  /** Each inequality as it was measured; those that are missing were not. */
  readonly inequalities: Readonly<Partial<PointRecord["inequalities"]>>;
}

/** What the inequalities of a statement were at the points so far: as much for a million points as for one. */
export interface Tally {
  /** How many points. */
  readonly points: number;
  /** At how many of them the main inequality was evaluated. */
  readonly evaluated: number;
  /** The first that fails. */
  readonly failing: Sides | null;
  /** The first that cannot be decided, because a side is not a finite number. */
  readonly unknown: Sides | null;
  /** The first of those where the sides of the main inequality are nearest to each other for their size. */
  readonly tightest: Sides | null;
  /** Why it does not apply, each reason once. */
  readonly reasons: readonly string[];
}

/** The tally before the first point. */
export const NO_POINTS: Tally = Object.freeze({
  points: 0,
  evaluated: 0,
  failing: null,
  unknown: null,
  tightest: null,
  reasons: [],
});

/**
 * The tally of a statement with one more point.
 *
 * @param before The tally so far.
 * @param statement The statement.
 * @param point The point.
 * @returns The tally with it.
 * @example A point that was not measured
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { STATEMENTS } from "@resland/resland/claims";
 * const { points, evaluated } = tallyPoint(NO_POINTS, STATEMENTS[0], { inequalities: {} });
 * assertEquals([points, evaluated], [1, 0]);
 * ```
 */
export function tallyPoint(before: Tally, statement: Statement, { inequalities }: TalliedPoint): Tally {
  const [main] = statement.inequalities;
  let { evaluated, failing, unknown, tightest, reasons } = before;
  for (const id of statement.inequalities) {
    const found: Judgement = inequalities[id] ?? { outside: "it was not measured" };
    if (!isEvaluated(found)) {
      if (!reasons.includes(found.outside)) reasons = [...reasons, found.outside];
      continue;
    }
    if (isUnknown(found)) unknown ??= found;
    else if (!found.holds) failing ??= found;
    if (id !== main) continue;
    evaluated++;
    if (tightest === null || slackOf(found) < slackOf(tightest)) tightest = found;
  }
  return { points: before.points + 1, evaluated, failing, unknown, tightest, reasons };
}

/**
 * Decides a statement about single points by the tally of its points, as {@linkcode decide} does.
 *
 * @param statement The statement; one with inequalities.
 * @param tally The tally of its points.
 * @returns The claim.
 * @example Without a point
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { STATEMENTS } from "@resland/resland/claims";
 * const { status, reason } = decideTally(STATEMENTS[0], NO_POINTS);
 * assertEquals([status, reason], ["undecided", "no point was recorded"]);
 * ```
 */
export function decideTally(statement: Statement, tally: Tally): Claim {
  const { points, evaluated, failing, unknown, reasons } = tally;
  const shown = failing ?? unknown ?? tally.tightest;
  if (shown === null) {
    if (points === 0) return unmeasured(statement, "undecided", "no point was recorded");
    return unmeasured(statement, "outside", reasons.join("; "));
  }
  const [measured, bound] = statement.measured === "left" ? [shown.left, shown.right] : [shown.right, shown.left];
  const numbers = { measured, bound, points: evaluated };
  if (failing) return { ...unmeasured(statement, "fails", null), ...numbers };
  if (unknown) return { ...unmeasured(statement, "undecided", "a side is not a finite number"), ...numbers };
  return { ...unmeasured(statement, "holds", null), ...numbers };
}

/** The two sides of an inequality. */
export type Sides = Pick<Inequality, "left" | "right" | "holds">;

/** Whether an inequality cannot be evaluated, because a number that it needs is not finite. */
const isUnknown = ({ left, right, holds }: Sides): boolean =>
  !holds && !(Number.isFinite(left) && Number.isFinite(right));

/** How far apart the sides are, relative to their sizes: 0 is tight. */
function slackOf({ left, right }: Sides): number {
  const size = Math.abs(left) + Math.abs(right);
  return size === 0 ? 0 : Number.isFinite(size) ? (left - right) / size : Infinity;
}
