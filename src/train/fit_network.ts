import type { LinearBaseline, LinearOptimum } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { FitEvent, FitResult, FitTask } from "./fit_types.ts";
import { settle } from "./settle.ts";
import { settleUnderRidge } from "./settle_ridge.ts";
import { trainFeatures } from "./train_features.ts";
import { relay } from "../tensor/internal.ts";

/**
 * Trains a network: SGD over all parameters from the best linear predictor or a random start, then the convex problem over (W, V) at
 * the theta that was found ({@linkcode settle}): it ends at the best value that its features allow, at or below the best linear predictor, where
 * training with respect to (W, V) has converged. Without features that help, it is the linear predictor.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the data and the settings.
 * @param linear The best linear predictor on the training rows.
 * @returns A generator: yields after each epoch a checkpoint,
 * from which a later run resumes with the same bits; and returns the trained network.
 * @throws {ShapeError} If the data do not fit the network.
 * @example A short one
 * ```ts
 * import { assert } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const training = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const settings = {
 *   epochs: 2, batch: 3, learningRate: 0.05, start: "linear", seed: 1, dtype: "f64", epsilon: 1e-6, patience: null, radius: 100,
 *   keepPath: false,
 * } as const;
 * const task = { net: network(2, dense(2, 2)), loss: squared, training, heldOut: null, settings };
 * const steps = fitNetwork(kernels, task, bestLinear(kernels, squared, training));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.featureOptimum.attained);
 * ```
 */
export function* fitNetwork(
  kernels: Kernels,
  task: FitTask,
  linear: LinearOptimum & Partial<Pick<LinearBaseline, "factor">>,
): Generator<FitEvent, FitResult> {
  const { loss, training, ridge = null, settings: { epochs, epsilon } } = task;
  const { params, ...trained } = yield* trainFeatures(kernels, task, linear);
  const { net } = trained;
  const fitted = { net, loss, params, examples: training };
  const steps = ridge === null
    ? settle(kernels, fitted, { epsilon, linear })
    : settleUnderRidge(kernels, fitted, { epsilon, ridge });
  const settled = yield* relay(steps, () => ({ kind: "settle", share: epochs / (epochs + 1) } as const));
  return { ...settled, ...trained };
}
