import { type Claim, decideTallies, NO_TALLIES, type Tallies, tallyPoints } from "../claims/mod.ts";
import type { CheckTask, RunResult } from "./check_types.ts";

/**
 * Decides every claim over all recorded points of the runs of a check; Corollary 1 over their ends.
 *
 * @param task What the runs share.
 * @param runs The runs.
 * @param tallies The tallies of all points, where the runs have kept only their ends (default those of their points).
 * @returns One claim per statement.
 * @example Without a run nothing is decided
 * ```ts
 * import { assert } from "@std/assert";
 * import { bestLinear, CHECK_DEFAULTS, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const linear = bestLinear(await loadKernels("simd"), squared, examples);
 * const claims = checkClaims({ net: network(2, dense(2, 2)), loss: squared, linear, settings: CHECK_DEFAULTS }, []);
 * assert(claims.every(({ status }) => status === "undecided"));
 * ```
 */
export function checkClaims(
  { net, loss, linear, settings }: Pick<CheckTask, "net" | "loss" | "linear" | "settings">,
  runs: readonly Pick<RunResult, "points" | "descent">[],
  tallies: Tallies = runs.reduce((sum, { points }) => tallyPoints(sum, points), NO_TALLIES),
): readonly Claim[] {
  const { descend, penalty, ball } = settings;
  return decideTallies({
    loss,
    linear,
    tallies,
    ends: runs.map(({ points }) => points.at(-1)!),
    outputs: net.outputs,
    inputs: net.d,
    promised: descend,
    outOfSteps: runs.filter(({ descent }) => descent.end === "out-of-steps").length,
    penalty,
    ball,
  });
}
