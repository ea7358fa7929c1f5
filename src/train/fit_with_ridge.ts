import { findRidgeOptimum, type LinearBaseline, type LinearOptimum } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { dense, joinParts, type Network, network } from "../nn/mod.ts";
import { type Examples, type Ridge, ridgeOnColumns } from "../objective/mod.ts";
import { relay } from "../tensor/internal.ts";
import { matrixRows, type Vector } from "../tensor/mod.ts";
import type { Strengths } from "./choose_ridge.ts";
import { fitNetwork } from "./fit_network.ts";
import type { FitEvent, FitResult, FitTask } from "./fit_types.ts";
import { rowsOf } from "./head_source.ts";
import { WEAKEST } from "./ridge_folds.ts";
import { settle } from "./settle.ts";
import { settleUnderRidge } from "./settle_ridge.ts";

/** A model trained under a ridge. */
export interface RidgeFit {
  /** The network; with one feature that is 0 where the features were left out. */
  readonly net: Network;
  /** Its parameters, and how training went. */
  readonly result: FitResult;
  /** The ridge; null for none. */
  readonly ridge: Ridge | null;
  /** The best linear predictor under the same ridge. */
  readonly comparator: LinearOptimum;
}

/**
 * The ridge of given strengths; where the features are left out their strength does not matter, and is that of x.
 *
 * @param strengths The strengths.
 * @param intercept Whether the first column of x is the intercept.
 * @returns The ridge.
 * @example A linear model
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(ridgeOfStrengths({ x: 0.1, f: null }, true), { x: 0.1, f: 0.1, intercept: true });
 * ```
 */
export const ridgeOfStrengths = ({ x, f }: Strengths, intercept: boolean): Ridge => ({ x, f: f ?? x, intercept });

/**
 * The strength on x of a linear model, 0 for none: where no linear predictor without a ridge is the best, as of separable classes, the weakest one
 * that is tried.
 *
 * @param strength The strength.
 * @param linear The best linear predictor without a ridge.
 * @returns The strength.
 * @example Separable classes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([guarded(0, { attained: true }), guarded(0, { attained: false })], [0, 1e-8]);
 * ```
 */
export const guarded = (strength: number, { attained }: Pick<LinearOptimum, "attained">): number =>
  strength === 0 && !attained ? WEAKEST : strength;

/**
 * A linear model as a network: one feature that is 0.
 *
 * @param d Inputs.
 * @param weights The weights [m, d], row after row.
 * @returns The network and its parameters.
 * @example Two inputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(linearNetwork(2, Float64Array.of(3, 4)).params, Float64Array.of(3, 4, 0, 0, 0, 0, 0));
 * ```
 */
export function linearNetwork(d: number, weights: Vector): { readonly net: Network; readonly params: Vector } {
  const net = network(d, dense(d, 1), { outputs: weights.length / d });
  return { net, params: joinParts(net, { w: weights, V: new Float64Array(d), theta: new Float64Array(d + 1) }) };
}

/**
 * The best linear predictor under a ridge on the weights of x.
 *
 * @param kernels The kernels to compute with.
 * @param task The loss and the rows.
 * @param ridge The strength, and whether the first column of x is the intercept.
 * @param start Weights to start from [m, d] (default 0).
 * @returns A generator that yields as it works, and returns the predictor.
 * @example Mean of (w - 2)² / 2 and w² / 2
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const training = { x: matrix(1, 1, [1]), y: Float64Array.of(2) };
 * const steps = findRidgeLinear(await loadKernels("simd"), { loss: squared, training }, { x: 1, intercept: false });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertAlmostEquals(step.value.weights[0], 1);
 * ```
 */
export function findRidgeLinear(
  kernels: Kernels,
  { loss, training }: Pick<FitTask, "loss" | "training">,
  { x: strength, intercept }: Pick<Ridge, "x" | "intercept">,
  start?: Vector,
): Generator<number, LinearOptimum> {
  const { x } = training;
  const rows = rowsOf(matrixRows(kernels.memory, x), training);
  return findRidgeOptimum(kernels, loss, rows, ridgeOnColumns({ x: strength, f: 0, intercept }, x.cols, 0), start);
}

/**
 * Trains a model of given strengths: a network that settles under the ridge, or the ridge-regularised linear predictor where the features are left
 * out, of strength 0 ({@linkcode guarded}) the best linear predictor; without strengths a network that settles at min H.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the data and the settings; its ridge is that of the strengths.
 * @param strengths The strengths; null for no ridge.
 * @param intercept Whether the first column of x is the intercept.
 * @param linear The best linear predictor without a ridge.
 * @returns A generator that yields as {@linkcode fitNetwork} does, and returns the model.
 * @example A linear model
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS } from "@resland/resland/train";
 * const kernels = await loadKernels("simd");
 * const training = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const task = { net: network(2, dense(2, 2)), loss: squared, training, heldOut: null, settings: FIT_DEFAULTS };
 * const linear = bestLinear(kernels, squared, training);
 * const steps = fitWithRidge(kernels, task, { x: 0.1, f: null }, true, linear);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value.net.k, 1);
 * ```
 */
export function* fitWithRidge(
  kernels: Kernels,
  task: FitTask,
  strengths: Strengths | null,
  intercept: boolean,
  linear: LinearBaseline,
): Generator<FitEvent, RidgeFit> {
  const { net, loss, training, settings } = task;
  if (strengths === null) {
    const result = yield* fitNetwork(kernels, { ...task, ridge: null }, linear);
    return { net: result.net, result, ridge: null, comparator: linear };
  }
  const { epsilon, learningRate } = settings;
  const x = strengths.f === null ? guarded(strengths.x, linear) : strengths.x;
  const ridge = x === 0 ? null : ridgeOfStrengths({ ...strengths, x }, intercept);
  const comparator = ridge === null
    ? linear
    : yield* relay(findRidgeLinear(kernels, task, ridge, linear.weights), asSettling);
  if (strengths.f !== null) {
    const result = yield* fitNetwork(kernels, { ...task, ridge }, linear);
    return { net: result.net, result, ridge, comparator };
  }
  const model = linearNetwork(net.d, comparator.weights);
  const fitted = { ...model, loss, examples: training as Examples };
  const settled = yield* relay(
    ridge === null
      ? settle(kernels, fitted, { epsilon, linear })
      : settleUnderRidge(kernels, fitted, { epsilon, ridge }),
    asSettling,
  );
  const result = { ...settled, net: model.net, history: [], path: [], epoch: 0, diverged: false, learningRate };
  return { net: model.net, result: { ...result, pruned: [] }, ridge, comparator };
}

/** A step without an event of its own, as one of settling. */
const asSettling = (): FitEvent => ({ kind: "settle", share: 0 });
