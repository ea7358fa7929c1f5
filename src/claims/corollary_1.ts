import type { Claim } from "./claim.ts";
import { type Constraints, constraintWarning } from "./constraint_warning.ts";
import { rounded } from "./_rounded.ts";
import type { Optimum, PointRecord } from "./point.ts";
import { STATEMENTS } from "./statements.ts";
import { unmeasured } from "./_unmeasured.ts";

/** What the ends of training are compared with. */
export interface EndContext extends Constraints {
  /** The best linear predictor. */
  readonly linear: Pick<Optimum, "value" | "attained" | "infimum" | "radius">;
  /** m. */
  readonly outputs: number;
  /** d, the intercept counted. */
  readonly inputs: number;
  /** Whether every end has to be stationary, so that one that is not makes the claim undecided (default false). */
  readonly promised?: boolean;
  /** How many ends are where a descent ran out of steps (default 0). */
  readonly outOfSteps?: number;
}

/** Where the infimum lies at infinity, a point within this share of the loss before training is as near to it as its gradient can tell. */
const NEAR = 1e-3;

const STATEMENT = STATEMENTS.find(({ id }) => id === "corollary-1")!;

type Ruling = {
  readonly status: "holds" | "undecided" | "fails";
  readonly reason: string | null;
  readonly measured: number;
  readonly bound: number;
};

/**
 * Corollary 1: every second-order stationary point that training ended at is at or below the best linear predictor. It `fails` only where such a
 * point lies above by more than its gradient and lambda_min allow (Theorem A) and more than rounding; a point above by less is
 * stationary only up to epsilon, and leaves the claim `undecided`. Where no linear predictor attains the infimum, and it is known, points are
 * compared with the infimum itself.
 *
 * @param ends Where training ended.
 * @param context What they are compared with.
 * @returns The claim.
 * @example More outputs than inputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const linear = { value: 0, attained: true, infimum: 0, radius: null };
 * const { status, reason } = corollary1([], { linear, outputs: 3, inputs: 2 });
 * assertEquals([status, reason], ["outside", "the theorem needs at most as many outputs as inputs, here 3 outputs and 2 inputs"]);
 * ```
 */
export function corollary1(ends: readonly PointRecord[], context: EndContext): Claim {
  const { linear, outputs, inputs, promised = false } = context;
  const statement = { ...STATEMENT, statement: `${STATEMENT.statement}${rider(linear)}` };
  const stationary = ends.filter((point) => point.stationary);
  const rulings = stationary.map((point) => rule(point, context));
  const worst = worstOf(rulings);
  const numbers = { measured: worst?.measured ?? null, bound: worst?.bound ?? null, points: stationary.length };
  const answer = (status: Claim["status"], reason: string | null): Claim => ({
    ...unmeasured(statement, status, reason),
    ...numbers,
  });
  if ((context.penalty ?? null) !== null || (context.ball ?? null) !== null) {
    const above = ends.filter(({ standing }) => standing === "above").length;
    return answer("outside", `${constraintWarning(context)}; ${above} of ${ends.length} runs ended above it`);
  }
  if (outputs > inputs) {
    return answer(
      "outside",
      `the theorem needs at most as many outputs as inputs, here ${outputs} outputs and ${inputs} input${
        inputs === 1 ? "" : "s"
      }`,
    );
  }
  if (worst !== null && worst.status !== "holds") return answer(worst.status, worst.reason);
  if (worst === null) return answer("undecided", missedReason(ends, context));
  if (promised && stationary.length < ends.length) return answer("undecided", missedReason(ends, context));
  return answer("holds", null);
}

/** What the statement adds when no best linear predictor exists. */
function rider({ attained, infimum, radius }: EndContext["linear"]): string {
  if (attained) return "";
  if (infimum !== null) {
    return `, or as near to the infimum ${
      rounded(infimum)
    }, which no linear predictor attains, as its gradient can tell`;
  }
  return radius === null ? "" : ` with ||w|| <= ${rounded(radius)}`;
}

/** One stationary point. */
function rule(point: PointRecord, { linear }: EndContext): Ruling {
  const { gap, tolerance, allowance, infimumGap, lambda, epsilon } = point;
  // How far w* itself is above an infimum that no predictor attains.
  const excess = linear.attained || linear.infimum === null ? 0 : linear.value - linear.infimum;
  const measured = linear.attained || infimumGap === null ? gap : infimumGap;
  const ruling = (status: Ruling["status"], bound: number, reason: string | null = null): Ruling => ({
    status,
    reason,
    measured,
    bound: bound + excess,
  });
  if (gap <= tolerance) return ruling("holds", tolerance);
  if (!Number.isFinite(gap)) return ruling("undecided", tolerance, "a loss is not a finite number");
  if (gap > allowance + tolerance) return ruling("fails", allowance + tolerance);
  if (!linear.attained && infimumGap !== null && infimumGap <= NEAR * point.scale) {
    return ruling("holds", allowance + tolerance);
  }
  return ruling(
    "undecided",
    tolerance,
    `a point lies ${rounded(gap)} above it that is second-order stationary only to epsilon ${
      rounded(epsilon)
    }: Theorem A allows a gap ` +
      `of up to ${rounded(allowance)} there; lambda_min is between ${rounded(lambda.lower)} and ${
        rounded(lambda.upper)
      }`,
  );
}

/** The failing ruling, or the undecided one, or the one nearest to its bound. */
function worstOf(rulings: readonly Ruling[]): Ruling | null {
  const order = ["holds", "undecided", "fails"];
  return rulings.reduce<Ruling | null>((worst, next) => {
    if (worst === null) return next;
    const difference = order.indexOf(next.status) - order.indexOf(worst.status);
    return difference > 0 || difference === 0 && next.measured - next.bound > worst.measured - worst.bound
      ? next
      : worst;
  }, null);
}

/** Why some ends are not stationary. */
function missedReason(ends: readonly PointRecord[], { outOfSteps = 0 }: EndContext): string {
  const missed = ends.filter(({ stationary }) => !stationary);
  if (missed.length === 0) return "no run was finished";
  const [{ gradientNorm, lambda }] = missed;
  const what = ends.length === 1
    ? `training with respect to (w, V) has not converged: gradient ${rounded(gradientNorm)}, lambda_min between ${
      rounded(lambda.lower)
    } and ${rounded(lambda.upper)}`
    : `${missed.length} of ${ends.length} runs ended before a second-order stationary point`;
  return outOfSteps === 0
    ? what
    : `${what}; ${outOfSteps === 1 ? "its descent" : `the descents of ${outOfSteps}`} ran out of steps`;
}
