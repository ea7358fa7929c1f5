import type { AnyLoss } from "../loss/mod.ts";
import type { Claim } from "./claim.ts";
import { corollary1, type EndContext } from "./corollary_1.ts";
import { decideTally } from "./decide.ts";
import type { PointRecord } from "./point.ts";
import { STATEMENTS } from "./statements.ts";
import { NO_TALLIES, type Tallies, tallyPoints } from "./tally.ts";
import { unmeasured } from "./_unmeasured.ts";

/** What claims are decided by. */
export interface TalliedEvidence extends EndContext {
  /** The loss. */
  readonly loss: AnyLoss;
  /** The tallies of every recorded point. */
  readonly tallies: Tallies;
  /** Those of them where training ended, which Corollary 1 is about. */
  readonly ends: readonly PointRecord[];
}

/** The points that claims are about. */
export interface Evidence extends Omit<TalliedEvidence, "tallies"> {
  /** Every recorded point. */
  readonly points: readonly PointRecord[];
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
  return decideTallies({ ...evidence, tallies: tallyPoints(NO_TALLIES, evidence.points) });
}

/**
 * Decides every statement by the tallies of its points, as {@linkcode decideAll} does by the points themselves.
 *
 * @param evidence The tallies, and what the points were compared with.
 * @returns One claim per statement.
 * @example Without a point nothing is decided
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { NO_TALLIES } from "@resland/resland/claims";
 * import { squared } from "@resland/resland/loss";
 * const linear = { value: 0, attained: true, infimum: 0, radius: null };
 * const claims = decideTallies({ tallies: NO_TALLIES, ends: [], loss: squared, linear, outputs: 1, inputs: 2 });
 * assertEquals(claims.every(({ status }) => status === "undecided"), true);
 * ```
 */
export function decideTallies(evidence: TalliedEvidence): readonly Claim[] {
  const { loss, tallies, ends } = evidence;
  return STATEMENTS.map((statement, at): Claim => {
    if (!loss.convex) return unmeasured(statement, "outside", `the loss ${loss.name} is not convex`);
    if (statement.inequalities.length === 0) return corollary1(ends, evidence);
    return decideTally(statement, tallies[at]);
  });
}
