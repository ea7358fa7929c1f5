import type { LinearBaseline } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { initialise } from "../nn/mod.ts";
import { createLinearObjective, createObjective } from "../objective/mod.ts";
import { fold, key } from "../random/mod.ts";
import { letGo, type Vector } from "../tensor/mod.ts";
import { convexBound } from "./convex_bound.ts";
import type { EpochRecord, FitCheckpoint, FitEvent, FitResult, FitTask } from "./fit_types.ts";
import { settle } from "./settle.ts";
import { createSgd, sgdEpochs } from "./sgd.ts";
import { linearStart } from "./starts.ts";

/** Rows up to which the training loss is measured after every epoch; above, after epochs 1, 2, 4, ... and the last. */
const MEASURED_ROWS = 20_000;

/**
 * Trains a network: SGD over all parameters from the best linear predictor or a random start, then the convex problem over (W, V) at
 * the theta that was found ({@linkcode settle}): it ends at the best value that its features allow, at or below the best linear predictor, where
 * training with respect to (W, V) has converged. Without features that help, it is the linear predictor.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the data and the settings.
 * @param linear The best linear predictor on the training rows.
 * @returns A generator: yields the plan of a shared step once, when there are threads; then after each epoch a checkpoint,
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
export function* fitNetwork(kernels: Kernels, task: FitTask, linear: LinearBaseline): Generator<FitEvent, FitResult> {
  const { net, loss, training, settings: { epochs, epsilon } } = task;
  const { params, ...trained } = yield* trainAndMeasure(kernels, task, linear);
  const steps = settle(kernels, { net, loss, params, examples: training }, { epsilon, linear });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { ...value, ...trained };
    yield { kind: "settle", share: epochs / (epochs + 1) };
  }
}

/** The end of SGD, or with patience the best epoch by held-out loss. */
type Trained = Pick<FitResult, "params" | "history" | "path" | "epoch" | "diverged">;

/** SGD from the start or a checkpoint; after each epoch a checkpoint. */
function* trainAndMeasure(kernels: Kernels, task: FitTask, linear: LinearBaseline): Generator<FitEvent, Trained> {
  const { training, settings, resume } = task;
  const { epochs, patience, seed } = settings;
  using sgd = createSgd(kernels, { ...task, examples: training, order: fold(key(seed), "order") }, (update) => update);
  using measure = measuring(kernels, task, linear);
  if (sgd.crew) yield { kind: "recruit", plan: sgd.crew };
  let checkpoint = resume ?? firstCheckpoint(sgd.trainer.start(startPoint(task, linear)), settings.keepPath);
  let diverged = false;
  const from = { state: checkpoint.state, epoch: checkpoint.history.length };
  for (const done of isOver(checkpoint, patience) ? [] : sgdEpochs(sgd.trainer, from, epochs, measure.epoch)) {
    checkpoint = nextCheckpoint(checkpoint, done, settings.keepPath);
    diverged = done.diverged;
    yield { kind: "epoch", share: done.epoch / (epochs + 1), checkpoint };
    if (isOver(checkpoint, patience)) break;
  }
  const { state, best, history, path } = checkpoint;
  const kept = patience !== null && best !== null ? best : { params: state.params, epoch: history.length };
  return { params: kept.params, epoch: kept.epoch, history, path, diverged };
}

/** Where training starts; runs of one seed share theta. */
const startPoint = ({ net, settings: { seed, start } }: FitTask, linear: LinearBaseline): Vector =>
  start === "linear" ? linearStart(net, seed, linear) : initialise(net, key(seed));

const firstCheckpoint = (state: FitCheckpoint["state"], keepPath: boolean): FitCheckpoint => ({
  state,
  history: [],
  best: null,
  path: keepPath ? [state.params] : [],
});

function nextCheckpoint(
  { history, best, path }: FitCheckpoint,
  { epoch, state, measured }: {
    readonly epoch: number;
    readonly state: FitCheckpoint["state"];
    readonly measured: EpochRecord;
  },
  keepPath: boolean,
): FitCheckpoint {
  const { heldOut } = measured;
  const improved = heldOut !== null && !(best !== null && best.loss <= heldOut);
  return {
    state,
    history: [...history, measured],
    best: improved ? { epoch, loss: heldOut, params: state.params } : best,
    path: keepPath ? [...path, state.params] : path,
  };
}

/** Whether the held-out loss has not become better for long enough. */
const isOver = ({ history, best }: FitCheckpoint, patience: number | null): boolean =>
  patience !== null && best !== null && history.length - best.epoch >= patience;

/** What an epoch is measured by. */
interface Measuring extends Disposable {
  readonly epoch: (params: Vector, epoch: number, last: boolean) => EpochRecord;
}

/** The losses after an epoch, and the convex certificate against the best linear predictor. */
function measuring(kernels: Kernels, { net, loss, training, heldOut }: FitTask, linear: LinearBaseline): Measuring {
  const onTraining = createObjective(kernels, net, loss, training);
  const onHeldOut = heldOut && createObjective(kernels, net, loss, heldOut);
  const targets = { y: training.y, outputs: net.outputs };
  const linearPredictions = predictLinearly(kernels, { loss, training }, linear);
  const certify = (params: Vector) => {
    const predictions = onTraining.predict(params);
    const found = convexBound(loss, targets, predictions, linearPredictions);
    letGo(predictions);
    return found;
  };
  return {
    epoch(params, epoch, last) {
      const due = last || training.x.rows <= MEASURED_ROWS || Number.isInteger(Math.log2(epoch));
      const { training: value, bound } = due ? certify(params) : { training: null, bound: null };
      return { epoch, training: value, bound, heldOut: onHeldOut && onHeldOut.value(params) };
    },
    [Symbol.dispose]() {
      onHeldOut?.[Symbol.dispose]();
      onTraining[Symbol.dispose]();
      letGo(linearPredictions);
    },
  };
}

function predictLinearly(
  kernels: Kernels,
  { loss, training }: Pick<FitTask, "loss" | "training">,
  { weights }: LinearBaseline,
): Vector {
  using objective = createLinearObjective(kernels, loss, training);
  return objective.project(weights);
}
