import type { Loss } from "../loss/mod.ts";
import type { RecordedPoint, RunResult, Sides } from "./types.ts";

/** How a claim came out. `outside`: the theorem does not speak about this problem. */
export type Status = "holds" | "fails" | "undecided" | "outside";

/** One statement of the theory, held to every recorded point. */
export interface Claim {
  /** Stable name, such as `theorem-1`. */
  readonly id: string;
  /** What it says, in a sentence, and why it is undecided or outside when it is. */
  readonly statement: string;
  /** Where it is stated and proved. */
  readonly source: string;
  /** How it came out. */
  readonly status: Status;
  /** The measured number at the tightest point; null when no point was checked. */
  readonly measured: number | null;
  /** What it is held to there. */
  readonly bound: number | null;
  /** How many points were checked. */
  readonly points: number;
}

/** What the claims are about. */
export interface ClaimContext {
  /** The loss: claims are outside when it is not convex. */
  readonly loss: Loss;
  /** `F_lin(w*)`. */
  readonly linearValue: number;
  /** `||w*||` was bounded by this because the infimum is not attained; null when it is attained. */
  readonly radius: number | null;
  /** Whether each run promised to end at a stationary point. */
  readonly descend: boolean;
  /** Strength of a penalty on (w, V) in training; null (default) for none. */
  readonly penalty?: number | null;
  /** Radius of the ball that training kept (w, V) in; null (default) for none. */
  readonly ball?: number | null;
}

/**
 * What to say when training minimises something else than F: the theorem is then not about where it stops.
 *
 * @param constraints Strength of the penalty, radius of the ball; null (default) for none. One of them is set.
 * @returns The warning, without a final full stop.
 * @example A penalty
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(constraintWarning({ penalty: 0.25 }), "a penalty on (w, V)");
 * ```
 */
export function constraintWarning({ penalty = null, ball = null }: Pick<ClaimContext, "penalty" | "ball">): string {
  const what = [...penalty === null ? [] : ["a penalty on (w, V)"], ...ball === null ? [] : ["a ball for (w, V)"]];
  return `${
    what.join(" and ")
  } can make local minima that are worse than linear (Figure 1 of the paper); where training ` +
    "stops is outside the theorem, and the descent over (w, V) is left out";
}

/** Gaps up to this, relative to `max(1, |F_lin|)`, are what an epsilon of 1e-6 and the rounding of sums leave. */
export const GAP_TOLERANCE = 1e-9;

/** Where the theorems are stated and proved. */
export const SHAMIR = "O. Shamir, Are ResNets Provably Better than Linear Predictors?, NeurIPS 2018";

/** A claim that every point decides on its own: where its two sides are, and which of them was measured. */
interface Pointwise {
  readonly id: string;
  readonly statement: string;
  readonly source: string;
  readonly sides: (point: RecordedPoint) => Sides | null;
  /** Which side is the measured number; the other one is the bound. */
  readonly measured: "left" | "right";
  /** Why there may be no point to check. */
  readonly absent: string;
}

const POINTWISE: readonly Pointwise[] = [
  {
    id: "theorem-1",
    statement: "Above the linear predictor the gradient over (w, V) is at least the bound, wherever w is not 0",
    source: `${SHAMIR}, Theorem 1`,
    sides: (point) => point.theorem1,
    measured: "left",
    absent: "every recorded point has w = 0",
  },
  {
    id: "theorem-2",
    statement: "At (0, V) gradient and negative curvature together are at least the bound",
    source: `${SHAMIR}, Theorem 2`,
    sides: (point) => point.theorem2,
    measured: "left",
    absent: "no point was recorded",
  },
  {
    id: "theorem-3",
    statement: "The gap of every epsilon-SOPSP to the best linear predictor is at most the bound",
    source: `${SHAMIR}, Theorem 3, with explicit constants`,
    sides: (point) => point.theorem3,
    measured: "right",
    absent: "the second derivative of the loss jumps, so that its Hessian is not Lipschitz",
  },
  {
    id: "convex-certificate",
    statement: "The gap of every point to the best linear predictor is at most <s, w - w*> + <r, V'w>",
    source: "Convexity of the loss in w and V'w",
    sides: (point) => point.certificate,
    measured: "right",
    absent: "no point was recorded",
  },
  {
    id: "features-certificate",
    statement: "The gap of every point to the best linear predictor on x and f(x) is at most <s, w - a> + <r, V'w - c>",
    source: "Convexity; K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
    sides: (point) => point.features,
    measured: "right",
    absent: "no point was recorded",
  },
];

/**
 * Holds every claim to every recorded point of every run. The numbers of a claim are those of its tightest point.
 *
 * @param runs The runs.
 * @param context The loss and the linear predictor that they were held to.
 * @returns One claim per statement, always the same ones in the same order.
 * @example Without runs nothing is decided
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland/loss";
 * const claims = tallyClaims([], { loss: squared, linearValue: 0, radius: null, descend: true });
 * assertEquals(verdictOf(claims), "undecided");
 * ```
 */
export function tallyClaims(runs: readonly RunResult[], context: ClaimContext): readonly Claim[] {
  const points = runs.flatMap((run) => run.points);
  const pointwise = POINTWISE.map((claim) => decide(claim, points));
  const claims = [...pointwise.slice(0, 3), corollary(runs, context), ...pointwise.slice(3)];
  if (context.loss.convex) return claims;
  return claims.map((claim) => ({
    ...claim,
    statement: `${claim.statement}. Outside: the loss ${context.loss.name} is not convex`,
    status: "outside",
  }));
}

/**
 * The verdict over all claims: `fails` if one does, else `undecided` if one is, else `holds`; `outside` when all are.
 *
 * @param claims The claims.
 * @returns The verdict.
 * @example One open claim leaves the verdict open
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(verdictOf([{ status: "holds" }, { status: "undecided" }, { status: "outside" }]), "undecided");
 * ```
 */
export function verdictOf(claims: readonly { readonly status: Status }[]): Status {
  const order: readonly Status[] = ["fails", "undecided", "holds"];
  return order.find((status) => claims.some((claim) => claim.status === status)) ?? "outside";
}

function decide(claim: Pointwise, points: readonly RecordedPoint[]): Claim {
  const { id, statement, source } = claim;
  const all = points.map(claim.sides).filter((sides) => sides !== null);
  if (all.length === 0) {
    const status = id === "theorem-3" && points.length > 0 ? "outside" : "undecided";
    const reason = `${statement}. ${status === "outside" ? "Outside" : "Undecided"}: ${claim.absent}`;
    return { id, statement: reason, source, status, measured: null, bound: null, points: 0 };
  }
  const failing = all.find((sides) => !sides.holds && !isUnknown(sides));
  const tightest = failing ?? all.reduce((best, next) => slackOf(next) < slackOf(best) ? next : best);
  return {
    id,
    statement,
    source,
    status: failing ? "fails" : all.some(isUnknown) ? "undecided" : "holds",
    measured: claim.measured === "left" ? tightest.left : tightest.right,
    bound: claim.measured === "left" ? tightest.right : tightest.left,
    points: all.length,
  };
}

const isUnknown = ({ left, right }: Sides): boolean => Number.isNaN(left) || Number.isNaN(right);

/** How far apart the sides are, relative to their sizes: 0 is tight. */
function slackOf({ left, right }: Sides): number {
  const size = Math.abs(left) + Math.abs(right);
  return size === 0 ? 0 : Number.isFinite(size) ? (left - right) / size : Infinity;
}

/**
 * Corollary 1: every stationary point that a run ended at is at or below the best linear predictor, up to
 * {@linkcode GAP_TOLERANCE}. Points that a run merely passed are epsilon-SOPSPs at best, which Theorem 3 speaks about.
 */
function corollary(runs: readonly RunResult[], context: ClaimContext): Claim {
  const { linearValue, radius, descend, penalty = null, ball = null } = context;
  const stationary = runs.map((run) => run.points.at(-1)!).filter((point) => point.stationary);
  const bound = GAP_TOLERANCE * Math.max(1, Math.abs(linearValue));
  const worst = stationary.reduce<RecordedPoint | null>(
    (best, next) => best === null || !(next.gap <= best.gap) ? next : best,
    null,
  );
  const missed = runs.filter((run) => !run.points.at(-1)!.stationary).length;
  const against = radius === null ? "the best linear predictor" : `the best linear predictor with ||w|| <= ${radius}`;
  const statement = `Every point where training can stop is at or below ${against}`;
  const describe = (status: Status, reason: string | null): Claim => ({
    id: "corollary-1",
    statement: reason === null
      ? statement
      : `${statement}. ${status === "outside" ? "Outside" : "Undecided"}: ${reason}`,
    source: `${SHAMIR}, Corollary 1`,
    status,
    measured: worst?.gap ?? null,
    bound,
    points: stationary.length,
  });
  if (penalty !== null || ball !== null) {
    const last = runs.map((run) => run.points.at(-1)!.gap);
    const above = last.filter((gap) => gap > bound).length;
    return describe("outside", `${constraintWarning(context)}; ${above} of ${runs.length} runs ended above it`);
  }
  if (worst !== null && !(worst.gap <= bound)) {
    const refuted = worst.gap > Math.max(bound, worst.theorem3?.left ?? worst.certificate.left);
    return refuted
      ? describe("fails", null)
      : describe("undecided", "a stationary point lies above it, within what its epsilon allows");
  }
  if (worst === null) return describe("undecided", "no run reached a stationary point");
  if (descend && missed > 0) return describe("undecided", `${missed} of ${runs.length} runs stopped short of one`);
  return describe("holds", null);
}
