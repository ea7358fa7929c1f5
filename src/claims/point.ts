import type { LinearOptimum } from "../baseline/mod.ts";
import type { Inequality, LambdaMin } from "../landscape/mod.ts";
import type { InequalityId } from "./statements.ts";

/** An inequality at a point; or why none was evaluated there. */
export type Judgement = Inequality | {
  /** Why the statement does not apply here, as the end of a sentence. */
  readonly outside: string;
};

/** Whether F is below, equal to or above the best linear predictor's loss, up to {@linkcode PointRecord.tolerance}. */
export type Standing = "below" | "equal" | "above";

/** What a point is compared with: the best linear predictor on x, or on [x f_theta(x)]. */
export type Optimum = Pick<
  LinearOptimum,
  "weights" | "value" | "attained" | "infimum" | "lowerBound" | "gapBound" | "radius"
>;

/** Everything that is known about one point (W, V, theta) on a table. All norms of matrices are Frobenius norms. */
export interface PointRecord {
  /** `F(W, V, theta)`. */
  readonly value: number;
  /** `F - F_lin(w*)`, w* the best linear predictor, or the best within a ball where the infimum is not attained. */
  readonly gap: number;
  /** `F - inf F_lin`; null where the infimum is not known. */
  readonly infimumGap: number | null;
  /** Gaps of at most this size are none: the rounding of both values, and what a tiny gradient leaves. */
  readonly tolerance: number;
  /** The loss of a trivial predictor: that of predicting 0 or the mean, whichever is smaller. */
  readonly scale: number;
  /** Whether F is below, equal to or above `F_lin(w*)`. */
  readonly standing: Standing;
  /** How far above `F_lin(w*)` a point with this gradient and this lambda_min can lie. Infinity for a loss that is not convex. */
  readonly allowance: number;
  /** `||grad F_theta||` over (W, V). */
  readonly gradientNorm: number;
  /** The interval that holds the smallest eigenvalue of the Hessian over (W, V). */
  readonly lambda: Pick<LambdaMin, "lower" | "upper">;
  /** `||W||`. */
  readonly wNorm: number;
  /** `||V||`. */
  readonly vNorm: number;
  /** `||S||`, `S = E[l' x']`. */
  readonly sNorm: number;
  /** `||R||`, `R = E[l' f']`. */
  readonly rNorm: number;
  /** A Lipschitz constant of the Hessian; null where l'' jumps. */
  readonly mu2: number | null;
  /** The least epsilon for which the point is an epsilon-SOPSP; mu2 counts as 1 where there is none. */
  readonly epsilon: number;
  /** The requested epsilon. */
  readonly asked: number;
  /** Whether it is an epsilon-SOPSP for the requested epsilon. */
  readonly stationary: boolean;
  /** Each inequality as it was measured, or why it was not. */
  readonly inequalities: Readonly<Record<InequalityId, Judgement>>;
  /** `min H`, the best loss that the features f_theta allow. */
  readonly featureOptimum: {
    /** `inf H`; null where it is not known. */
    readonly value: number | null;
    /** `F - inf H`; null where that is not known. */
    readonly gap: number | null;
    /** Whether F equals it within rounding and what a tiny gradient leaves. */
    readonly equal: boolean;
  };
}

/**
 * Whether an inequality was evaluated at a point.
 *
 * @param judgement What a record has.
 * @returns Whether it has two sides.
 * @example One that does not apply
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(isEvaluated({ outside: "w = 0" }), false);
 * assertEquals(isEvaluated({ left: 2, right: 1, rounding: 0, holds: true }), true);
 * ```
 */
export function isEvaluated(judgement: Judgement): judgement is Inequality {
  return !("outside" in judgement);
}
