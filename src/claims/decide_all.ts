import type { AnyLoss } from "../loss/mod.ts";
import type { Claim } from "./claim.ts";
import { corollary1, type EndContext } from "./corollary_1.ts";
import { decide } from "./decide.ts";
import type { PointRecord } from "./point.ts";
import { STATEMENTS } from "./statements.ts";
import { unmeasured } from "./_unmeasured.ts";

/** The points that claims are about. */
export interface Evidence extends EndContext {
  /** The loss. */
  readonly loss: AnyLoss;
  /** Every recorded point. */
  readonly points: readonly PointRecord[];
  /** Those of them where training ended, which Corollary 1 is about. */
  readonly ends: readonly PointRecord[];
}

/**
 * Decides every statement, in the order of {@linkcode STATEMENTS}.
 *
 * @param evidence The points, and what they were compared with.
 * @returns One claim per statement.
 * @example Without a point nothing is decided
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland/loss";
 * const linear = { value: 0, attained: true, infimum: 0, radius: null };
 * const claims = decideAll({ points: [], ends: [], loss: squared, linear, outputs: 1, inputs: 2 });
 * assertEquals(claims.every(({ status }) => status === "undecided"), true);
 * ```
 */
export function decideAll(evidence: Evidence): readonly Claim[] {
  const { loss, points, ends } = evidence;
  return STATEMENTS.map((statement): Claim => {
    if (!loss.convex) return unmeasured(statement, "outside", `the loss ${loss.name} is not convex`);
    if (statement.inequalities.length === 0) return corollary1(ends, evidence);
    return decide(statement, points);
  });
}
