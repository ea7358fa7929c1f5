import type { LinearBaseline } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import {
  certifySteps,
  crossValidateRidge,
  type FitTask,
  type FittedNetwork,
  fitWithRidge,
  linearNetwork,
  ridgeFolds,
  type Strengths,
} from "../train/mod.ts";
import { finite, type Outcome } from "./row.ts";

/** How a fit of a sweep is regularised, and what that needs to know of its rows. */
export interface FitContext {
  /** Chosen by cross-validation, not at all, or by given strengths. */
  readonly regularise: "auto" | "none" | Strengths;
  /** Whether the first column of x is the intercept. */
  readonly intercept: boolean;
  /** The group of each row, which folds keep together; null for none. */
  readonly groups: readonly string[] | null;
  /** The best linear predictor on the rows to train on, without a ridge. */
  readonly linear: LinearBaseline;
}

/**
 * Fits one model as `fit` does, and returns its outcome. Under a ridge F and F_lin are those with the ridge; held-out losses are without.
 *
 * @param kernels The kernels to compute with.
 * @param task What is fitted.
 * @param context How it is regularised.
 * @returns A generator that yields as it works, and returns the outcome.
 * @example Without a ridge the fit is at or below linear
 * ```ts
 * import { assert } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS } from "@resland/resland/train";
 * const kernels = await loadKernels("simd");
 * const training = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const task = { net: network(2, dense(2, 1)), loss: squared, training, heldOut: null, settings: { ...FIT_DEFAULTS, epochs: 1 } };
 * const context = { regularise: "none", intercept: true, groups: null, linear: bestLinear(kernels, squared, training) } as const;
 * const steps = fitOutcome(kernels, task, context);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.standing !== "above");
 * ```
 */
export function* fitOutcome(
  kernels: Kernels,
  task: FitTask,
  { regularise, intercept, groups, linear }: FitContext,
): Generator<unknown, Outcome> {
  const { loss, training, heldOut, settings } = task;
  const strengths = regularise === "none" ? null : regularise !== "auto" ? regularise : (yield* crossValidateRidge(
    kernels,
    task,
    intercept,
    ridgeFolds(loss, training, settings.seed, groups),
  )).chosen;
  const { net, result, ridge, comparator } = yield* fitWithRidge(kernels, task, strengths, intercept, linear);
  const fitted: FittedNetwork = { net, params: result.params, loss, examples: training };
  const { featureOptimum, evaluation } = result;
  const { epsilon, radius } = settings;
  const options = { epsilon, radius, linear: comparator, featureOptimum, evaluation, ridge };
  const { point, verdict, claims } = yield* certifySteps(kernels, fitted, options);
  const reason = claims.find(({ status }) => status === verdict && verdict !== "holds")?.reason ?? "";
  const comparison = linearNetwork(net.d, comparator.weights);
  return {
    value: finite(point.value),
    linear: finite(comparator.value),
    gap: finite(point.gap),
    tolerance: finite(point.tolerance),
    standing: point.standing,
    stationary: point.stationary,
    stuck: point.stationary && point.standing === "above",
    gradient: finite(point.gradientNorm),
    lambdaMin: finite(point.lambda.lower),
    epsilon: finite(point.epsilon),
    featureOptimum: finite(point.featureOptimum.value),
    verdict,
    reason,
    diverged: result.diverged,
    steps: Math.ceil(training.x.rows / settings.batch) * result.history.length,
    descent: point.stationary ? "stationary" : "stalled",
    descentSteps: result.steps,
    heldOut: heldOut && finite(lossOn(kernels, { ...fitted, examples: heldOut })),
    heldOutLinear: heldOut && finite(lossOn(kernels, { ...comparison, loss, examples: heldOut })),
  };
}

/** The mean loss of a network on other rows. */
function lossOn(
  kernels: Kernels,
  { net, params, loss, examples }: FittedNetwork & { readonly examples: Examples },
): number {
  using objective = createObjective(kernels, net, loss, examples);
  return objective.value(params);
}
