import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, rowLosses, weightRows, weightsOfMeanOne } from "../loss/mod.ts";
import { createObjective } from "../objective/mod.ts";
import { relay } from "../tensor/internal.ts";
import type { Vector } from "../tensor/mod.ts";
import { type FoldPredictions, standardError, type Strengths } from "./choose_ridge.ts";
import { crossValidateRidge, type Folds, validateLinear } from "./cross_validate.ts";
import { trainNetwork } from "./fit.ts";
import type { FitTask } from "./fit_types.ts";
import { type Fold, linearFold, STRENGTHS_X } from "./ridge_folds.ts";
import { settleUnderRidge } from "./settle_ridge.ts";
import type { Advance } from "./task.ts";

/** A model that was fitted on the training rows of a fold. */
export interface FoldModel {
  /** Its ridge: chosen on the training rows alone; f is null for a linear model. */
  readonly ridge: Strengths;
  /** Its parameters: of a linear model the weights [m, d]. */
  readonly params: Vector;
  /** Its predictions [rows, m] of the rows that were left out. */
  readonly predictions: Vector;
}

/**
 * The linear models of a fold: without a ridge (but for a guard against collinear columns), and with the ridge that has the least mean loss in a
 * cross-validation of the training rows alone.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param fold The rows.
 * @param inner How the training rows are divided to choose the ridge.
 * @returns A generator that yields as it works, and returns the two.
 * @example A noiseless line is best without a ridge
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * import { planFolds } from "@resland/resland/train";
 * const training = { x: matrix(4, 2, [1, -3, 1, -1, 1, 1, 1, 3]), y: Float64Array.of(-3, -1, 1, 3) };
 * const validation = { x: matrix(1, 2, [1, 5]), y: Float64Array.of(5) };
 * const fold = { training, validation, intercept: true };
 * const steps = fitLinearModels(await loadKernels("simd"), squared, fold, planFolds(4, [[[0, 2], [1, 3]]]));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * for (const { predictions } of step.value) assertAlmostEquals(predictions[0], 5, 1e-6);
 * ```
 */
export function* fitLinearModels(
  kernels: Kernels,
  loss: AnyLoss,
  fold: Fold,
  inner: Folds,
): Generator<Advance<"validate">, readonly [linear: FoldModel, ridge: FoldModel]> {
  const { training, intercept } = fold;
  const { found } = yield* validateLinear(kernels, loss, training, intercept, inner);
  const m = training.y.length / training.x.rows;
  const weights = weightsOfMeanOne(found.weights, found.y.length / m);
  const meanLoss = (p: Vector): number => {
    const losses = rowLosses(loss, p, found.y, m);
    if (weights !== null) weightRows(weights, 1, losses);
    return meanOf(losses);
  };
  const losses = found.linear.map((partitions) => meanOf(partitions.map(meanLoss)));
  const path = yield* relay(linearFold(kernels, loss, fold), () => ({ kind: "validate", share: 0.5 } as const));
  const models = path.map(({ weights, predictions }, at) => ({
    ridge: { x: STRENGTHS_X[at], f: null },
    params: weights,
    predictions,
  }));
  return [models[models.length - 1], models[least(losses)]];
}

/**
 * A network of a fold: the strengths of its ridge are chosen by a cross-validation of the training rows alone, theta trained anew in each of
 * its folds; then theta is trained anew on all training rows, and (W, V) settles under that ridge. No row that is left out takes any part.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the loss and the settings; the rows are those of the fold.
 * @param fold The rows.
 * @param inner How the training rows are divided to choose the ridge.
 * @returns A generator that yields as it works, and returns the model.
 * @example Ten rows, one of them left out
 * ```ts
 * import { assert } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS, planFolds, takeExamples } from "@resland/resland/train";
 * const x = matrix(10, 2, Array.from({ length: 20 }, (_, at) => at % 2 === 0 ? 1 : (at - 10) / 5));
 * const all = { x, y: Float64Array.from({ length: 10 }, (_, i) => Math.abs(x.data[2 * i + 1])) };
 * const rows = Array.from({ length: 9 }, (_, i) => i);
 * const fold = { training: takeExamples(all, rows), validation: takeExamples(all, [9]), intercept: true };
 * const settings = { ...FIT_DEFAULTS, start: "constant", epochs: 2 } as const;
 * const task = { net: network(2, dense(2, 2)), loss: squared, training: fold.training, heldOut: null, settings };
 * const steps = fitNetworkOfFold(await loadKernels("simd"), task, fold, planFolds(9, [[[0, 2, 4, 6, 8], [1, 3, 5, 7]]]));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.ridge.f !== null && step.value.predictions.length === 1);
 * ```
 */
export function* fitNetworkOfFold(
  kernels: Kernels,
  task: FitTask,
  fold: Fold,
  inner: Folds,
): Generator<Advance<"validate">, FoldModel> {
  const { net, loss, settings } = task;
  const { training, validation, intercept } = fold;
  const own = { ...task, training, heldOut: null };
  const parts = inner.rows.length + 1;
  const validate = (share: number) => ({ kind: "validate", share: (inner.rows.length + share) / parts } as const);
  const choice = yield* relay(
    crossValidateRidge(kernels, own, intercept, inner),
    ({ share }) => ({ kind: "validate", share: share * inner.rows.length / parts } as const),
  );
  const { x, f } = choice.network;
  const linear = yield* relay(linearFold(kernels, loss, fold), () => validate(0));
  const trained = yield* relay(
    trainNetwork(kernels, own, linear[STRENGTHS_X.indexOf(x)]),
    (event) => validate(0.9 * event.share),
  );
  const { params } = yield* relay(
    settleUnderRidge(kernels, { net, loss, params: trained.params, examples: training }, {
      epsilon: settings.epsilon,
      ridge: { x, f: f ?? x, intercept },
    }),
    () => validate(0.9),
  );
  using objective = createObjective(kernels, net, loss, validation);
  return { ridge: { x, f }, params, predictions: objective.predict(params).slice() };
}

/** A model beside the one with the least mean loss. */
export interface Standing {
  /** Its mean loss minus the least one. */
  readonly difference: number;
  /** The standard error of that difference, or of the least loss where that is smaller ({@linkcode standardError}). */
  readonly standardError: number;
  /** Whether the difference is at most the standard error. */
  readonly within: boolean;
}

/** Which of several models is chosen. */
export interface SimplestChoice {
  /** The position of the model with the least mean loss. */
  readonly best: number;
  /** The position of the first model within one standard error of it. */
  readonly chosen: number;
  /** Each model beside the best one. */
  readonly standings: readonly Standing[];
}

/**
 * The rule of one standard error: the simplest model whose mean loss on rows left out is within one standard error of the least one. The
 * standard error is that of the paired difference, corrected for folds that share training rows.
 *
 * @param losses The loss of each row under each model, the simplest model first.
 * @param folds The rows of each fold; one fold says nothing of how folds differ.
 * @returns The choice.
 * @throws {RangeError} If there is no model.
 * @example A gain in one row of four is no reason for the second model
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const losses = [Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 1, 1, 0.9)];
 * const { best, chosen } = chooseSimplest(losses, [[0, 1], [2, 3]]);
 * assertEquals([best, chosen], [1, 0]);
 * ```
 */
export function chooseSimplest(
  losses: readonly Vector[],
  folds: FoldPredictions["partitions"][number],
): SimplestChoice {
  if (losses.length === 0) throw new RangeError("Cannot choose a model: there must be one or more");
  const best = least(losses.map(meanOf));
  const standings = losses.map((own, at) => {
    const differences = own.map((loss, row) => loss - losses[best][row]);
    const difference = meanOf(differences);
    // A model that fails on a few rows spreads the differences as far as their mean: then the spread of the best one's losses counts.
    const error = at === best ? 0 : Math.min(standardError(differences, [folds]), standardError(losses[best], [folds]));
    return { difference, standardError: error, within: difference <= error };
  });
  return { best, chosen: standings.findIndex(({ within }) => within), standings };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at];
  return sum / values.length;
}

/** The position of the least number; NaN counts as infinite. */
const least = (values: readonly number[]): number =>
  values.reduce((best, value, at) => value < values[best] || Number.isNaN(values[best]) ? at : best, 0);
