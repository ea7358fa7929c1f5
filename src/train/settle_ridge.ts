import { findRidgeOptimum } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { createHeadObjective, descentStepInParts, type Evaluation, headWith, startDescent } from "../landscape/mod.ts";
import { joinParts, splitParts } from "../nn/mod.ts";
import { type Ridge, ridgeOnColumns } from "../objective/mod.ts";
import { matrix } from "../tensor/mod.ts";
import { headSource, rowsOf } from "./head_source.ts";
import { predictorOf, type Settled, splitPredictor } from "./settle.ts";
import type { FittedNetwork } from "./task.ts";

/** Steps of a descent where (W, V) cannot carry the optimum. */
const MOST_STEPS = 100;

/**
 * Brings (W, V) to the best value of the loss plus a ridge on W and W V that these features allow, theta fixed. That sum is convex in
 * (A, C) = (W, W V), and has one minimum; `W = A`, `V = V0 + A⁺(C - A V0)` has it. Where A cannot carry C (more outputs than inputs) a
 * descent over (W, V) goes as far as it can.
 *
 * Source: docs/mathematics.md, sections 13 and 16.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, where it stands, and the data.
 * @param options The ridge, and the gradient norm that counts as stationary.
 * @returns A generator that yields as it works, and returns the parameters reached.
 * @example Down to a stationary point
 * ```ts
 * import { assert } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const fitted = { net: network(2, dense(2, 1)), params: new Float64Array(7).fill(0.3), loss: squared, examples };
 * const ridge = { x: 0.1, f: 1, intercept: true };
 * const steps = settleUnderRidge(await loadKernels("simd"), fitted, { epsilon: 1e-6, ridge });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.featureOptimum.attained);
 * ```
 */
export function* settleUnderRidge(
  kernels: Kernels,
  { net, params, loss, examples }: FittedNetwork,
  { epsilon, ridge }: { readonly epsilon: number; readonly ridge: Ridge },
): Generator<number, Settled> {
  const { d, k, outputs: m } = net;
  using rows = headSource(kernels, { net, params, loss, examples });
  using objective = createHeadObjective(kernels, { ...rowsOf(rows.source, examples), d, loss, ridge });
  const { w, V, theta } = splitParts(net, params);
  const trained = { W: matrix(m, d, w), V: matrix(d, k, V) };
  const featureOptimum = yield* findRidgeOptimum(
    kernels,
    loss,
    rowsOf(rows.source, examples),
    ridgeOnColumns(ridge, d, k),
    predictorOf(trained),
  );
  const head = headWith(trained, ...splitPredictor(featureOptimum.weights, m, d, k));
  let at: Evaluation = objective.at(head ?? trained);
  let steps = featureOptimum.iterations;
  if (head === null) {
    let state = startDescent(objective, trained, { gradient: epsilon });
    while (!state.converged && !state.stalled && state.iterations < MOST_STEPS) {
      yield state.iterations;
      state = yield* descentStepInParts(objective, state, { gradient: epsilon });
    }
    at = state.point;
    steps += state.iterations;
  }
  const settled = joinParts(net, { w: at.W.data, V: at.V.data, theta });
  return { params: settled, evaluation: at, featureOptimum, pruned: [], steps };
}
