import { type Status, verdictOf } from "../claims/mod.ts";
import type { CheckTask, DescentEnd, RunResult } from "../train/mod.ts";
import { checkClaims } from "../train/mod.ts";
import type { PlainRun } from "./plain_run.ts";

/** What a run found, the same bits wherever it ran. Numbers are finite, or null. */
export interface Outcome {
  /** F at the end. */
  readonly value: number | null;
  /** The best linear predictor's loss on the same rows. */
  readonly linear: number | null;
  /** `F - F_lin`. */
  readonly gap: number | null;
  /** Gaps up to this are none: rounding. */
  readonly tolerance: number | null;
  /** Whether F is below, equal to or above the linear predictor's. */
  readonly standing: "below" | "equal" | "above";
  /** Whether the end is second-order stationary in (w, V). */
  readonly stationary: boolean;
  /** Both: above the linear predictor, where training with respect to (w, V) has converged. */
  readonly stuck: boolean;
  /** `||grad F_theta||` over (w, V) at the end. */
  readonly gradient: number | null;
  /** Lower bound of the smallest Hessian eigenvalue over (w, V). */
  readonly lambdaMin: number | null;
  /** The least epsilon for which the end is second-order stationary. */
  readonly epsilon: number | null;
  /** The best loss that the features allow; null where it is not known. */
  readonly featureOptimum: number | null;
  /** The verdict over the theorems' claims; `outside` for a net without the skip. */
  readonly verdict: Status;
  /** Why it fails, is undecided or outside; empty where it holds. */
  readonly reason: string;
  /** Whether SGD diverged. */
  readonly diverged: boolean;
  /** Steps of SGD. */
  readonly steps: number;
  /** How the descent over (w, V) ended. */
  readonly descent: DescentEnd;
  /** Its steps. */
  readonly descentSteps: number;
  /** The loss on held-out rows; null without any. */
  readonly heldOut: number | null;
  /** The linear predictor's there. */
  readonly heldOutLinear: number | null;
}

/** A number, or null where it is none that JSON can hold. */
export const finite = (value: number | null): number | null => value !== null && Number.isFinite(value) ? value : null;

/**
 * The outcome of a run of `check`.
 *
 * @param task What was trained.
 * @param run The run.
 * @returns The outcome.
 * @example A short run
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, CHECK_DEFAULTS, checkRun, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const linear = bestLinear(kernels, squared, examples);
 * const task = { net: network(2, dense(2, 2)), loss: squared, examples, linear, settings: { ...CHECK_DEFAULTS, epochs: 1 } };
 * const run = checkRun(kernels, task, { seed: 1, start: "default" });
 * let step = run.next();
 * while (!step.done) step = run.next();
 * assertEquals(checkOutcome(task, step.value).stuck, false);
 * ```
 */
export function checkOutcome(task: CheckTask, run: RunResult): Outcome {
  const end = run.points.at(-1)!;
  const claims = checkClaims(task, [run]);
  const verdict = verdictOf(claims);
  const reason = verdict === "holds" ? "" : claims
    .filter(({ status }) => status === verdict)
    .map(({ id, reason: why }) => why === undefined ? id : `${id}: ${why}`)[0] ?? "";
  return {
    value: finite(end.value),
    linear: finite(task.linear.value),
    gap: finite(end.gap),
    tolerance: finite(end.tolerance),
    standing: end.standing,
    stationary: end.stationary,
    stuck: end.stationary && end.standing === "above",
    gradient: finite(end.gradientNorm),
    lambdaMin: finite(end.lambda.lower),
    epsilon: finite(end.epsilon),
    featureOptimum: finite(end.featureOptimum.value),
    verdict,
    reason,
    diverged: run.diverged,
    steps: run.steps,
    descent: run.descent.end,
    descentSteps: run.descent.steps,
    heldOut: null,
    heldOutLinear: null,
  };
}

/**
 * The outcome of a run of the net without the skip.
 *
 * @param linear The best linear predictor's loss.
 * @param run The run.
 * @returns The outcome; the theorems are not about it.
 * @example Above linear, and stationary
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const end = { value: 2, gap: 1, tolerance: 1e-9, standing: "above", gradientNorm: 0, lambdaMin: 0, epsilon: 0, stationary: true } as const;
 * const run = { ...end, steps: 3, diverged: false, descent: { steps: 1, end: "converged" } } as const;
 * const { stuck, verdict } = plainOutcome(1, run);
 * assertEquals([stuck, verdict], [true, "outside"]);
 * ```
 */
export function plainOutcome(linear: number, run: PlainRun): Outcome {
  return {
    value: finite(run.value),
    linear: finite(linear),
    gap: finite(run.gap),
    tolerance: finite(run.tolerance),
    standing: run.standing,
    stationary: run.stationary,
    stuck: run.stationary && run.standing === "above",
    gradient: finite(run.gradientNorm),
    lambdaMin: finite(run.lambdaMin),
    epsilon: finite(run.epsilon),
    featureOptimum: null,
    verdict: "outside",
    reason: "the theorems are about networks with the skip",
    diverged: run.diverged,
    steps: run.steps,
    descent: run.descent.end,
    descentSteps: run.descent.steps,
    heldOut: null,
    heldOutLinear: null,
  };
}
