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
export function decide(
  statement: Statement,
  points: readonly { readonly inequalities: Readonly<Partial<PointRecord["inequalities"]>> }[],
): Claim {
  const [main] = statement.inequalities;
  const judged = points.flatMap(({ inequalities }) =>
    statement.inequalities.map((
      id,
    ): [boolean, Judgement] => [id === main, inequalities[id] ?? { outside: "it was not measured" }])
  );
  const evaluated = judged.flatMap(([isMain, found]) => isEvaluated(found) ? [{ isMain, ...found }] : []);
  if (evaluated.length === 0) {
    if (points.length === 0) return unmeasured(statement, "undecided", "no point was recorded");
    return unmeasured(statement, "outside", reasonsOf(judged.map(([, found]) => found)));
  }
  const failing = evaluated.find((found) => !found.holds && !isUnknown(found));
  const unknown = evaluated.find(isUnknown);
  const tightest = failing ?? unknown ??
    evaluated.filter(({ isMain }) => isMain).reduce((best, next) => slackOf(next) < slackOf(best) ? next : best);
  const count = evaluated.filter(({ isMain }) => isMain).length;
  const [measured, bound] = statement.measured === "left"
    ? [tightest.left, tightest.right]
    : [tightest.right, tightest.left];
  const numbers = { measured, bound, points: count };
  if (failing) return { ...unmeasured(statement, "fails", null), ...numbers };
  if (unknown) return { ...unmeasured(statement, "undecided", "a side is not a finite number"), ...numbers };
  return { ...unmeasured(statement, "holds", null), ...numbers };
}

function reasonsOf(judged: readonly Judgement[]): string {
  const reasons = judged.flatMap((found) => isEvaluated(found) ? [] : [found.outside]);
  return [...new Set(reasons)].join("; ");
}

type Sides = { readonly left: number; readonly right: number; readonly holds: boolean };

/** Whether an inequality cannot be evaluated, because a number that it needs is not finite. */
const isUnknown = ({ left, right, holds }: Sides): boolean =>
  !holds && !(Number.isFinite(left) && Number.isFinite(right));

/** How far apart the sides are, relative to their sizes: 0 is tight. */
function slackOf({ left, right }: Sides): number {
  const size = Math.abs(left) + Math.abs(right);
  return size === 0 ? 0 : Number.isFinite(size) ? (left - right) / size : Infinity;
}
