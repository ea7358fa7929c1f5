import type { Kernels } from "../kernels/mod.ts";
import { initialise } from "../nn/mod.ts";
import { createLinearObjective, createObjective } from "../objective/mod.ts";
import { fold, key } from "../random/mod.ts";
import { letGo, type Vector } from "../tensor/mod.ts";
import { convexBound } from "./convex_bound.ts";
import type { EpochRecord, FitCheckpoint, FitEvent, FitResult, FitTask } from "./fit_types.ts";
import { createSgd, sgdPieces } from "./sgd.ts";
import { constantWeights, linearStart } from "./starts.ts";

/** Rows up to which the training loss is measured after every epoch; above, after epochs 1, 2, 4, ... and the last. */
const MEASURED_ROWS = 20_000;

/** A rate with which training rises above its start is divided by this, at most so many times. */
const [CUT, MOST_CUTS] = [4, 4];

/** A rise by this share is rounding. */
const TIE = 1e-9;

/** The end of SGD, or with patience the best epoch by held-out loss. */
export type Trained = Pick<FitResult, "params" | "history" | "path" | "epoch" | "diverged" | "learningRate">;

/**
 * SGD from the start or a checkpoint; after each epoch a checkpoint. The learning rate is the largest of the one asked for, a quarter of it, a
 * sixteenth and so on, four times at most, with which no epoch ends above the start: where one does, training begins again with the
 * next. From the best linear predictor, which no step can leave without a rise, the rate stays as asked for.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the data and the settings.
 * @param linear The linear predictor to start from where that is asked for, and to measure epochs against.
 * @returns A generator that yields as {@linkcode fitNetwork} does, and returns the parameters.
 * @example No step, and so the best constant
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS } from "@resland/resland/train";
 * const kernels = await loadKernels("simd");
 * const training = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const settings = { ...FIT_DEFAULTS, start: "constant", epochs: 0 } as const;
 * const task = { net: network(2, dense(2, 1)), loss: squared, training, heldOut: null, settings };
 * const steps = trainNetwork(kernels, task, bestLinear(kernels, squared, training));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertAlmostEquals(step.value.params[0], 1);
 * ```
 */
export function* trainNetwork(
  kernels: Kernels,
  task: FitTask,
  linear: { readonly weights: Vector },
): Generator<FitEvent, Trained> {
  const { settings, resume: [resume] = [] } = task;
  using measure = measuring(kernels, task, linear);
  const start = startPoint(kernels, task, linear);
  const ceiling = settings.start === "linear" ? Infinity : measure.loss(start) * (1 + TIE);
  for (let cuts = resume?.cuts ?? 0;; cuts++) {
    const from = cuts === resume?.cuts ? resume : null;
    const found = yield* trainAt(
      kernels,
      task,
      { cuts, from, start, ceiling: cuts < MOST_CUTS ? ceiling : Infinity },
      measure,
    );
    if (found !== null) return found;
  }
}

/** An attempt at one learning rate. */
interface Attempt {
  /** How often the rate was cut. */
  readonly cuts: number;
  /** Where an interrupted run was. */
  readonly from: FitCheckpoint | null;
  /** The parameters before the first step. */
  readonly start: Vector;
  /** An epoch that ends above this ends the attempt. */
  readonly ceiling: number;
}

/** SGD at one learning rate; null where an epoch ended above the ceiling. */
function* trainAt(
  kernels: Kernels,
  task: FitTask,
  { cuts, from: resumed, start, ceiling }: Attempt,
  measure: Measuring,
): Generator<FitEvent, Trained | null> {
  const { training, settings } = task;
  const { epochs, patience, seed } = settings;
  const learningRate = settings.learningRate / CUT ** cuts;
  const sgdTask = {
    ...task,
    settings: { ...settings, learningRate },
    examples: training,
    order: fold(key(seed), "order"),
  };
  using sgd = createSgd(kernels, sgdTask, (update) => update);
  let checkpoint = resumed ?? firstCheckpoint(sgd.trainer.start(start), settings.keepPath, cuts);
  const from = { state: checkpoint.state, epoch: checkpoint.history.length };
  for (const done of isOver(checkpoint, patience) ? [] : sgdPieces(sgd.trainer, from, epochs, measure.epoch)) {
    if (done === null) {
      yield { kind: "train", share: checkpoint.history.length / (epochs + 1) };
      continue;
    }
    const { training: value } = done.measured;
    if (ceiling < Infinity && (done.diverged || value !== null && !(value <= ceiling))) return null;
    checkpoint = nextCheckpoint(checkpoint, done, settings.keepPath);
    yield { kind: "epoch", share: done.epoch / (epochs + 1), checkpoint, member: 0 };
    if (isOver(checkpoint, patience)) break;
  }
  const { state, best, history, path, diverged } = checkpoint;
  const kept = patience !== null && best !== null ? best : { params: state.params, epoch: history.length };
  return { params: kept.params, epoch: kept.epoch, history, path, diverged, learningRate };
}

/** Where training starts; runs of one seed share theta. */
function startPoint(
  kernels: Kernels,
  { net, loss, training, settings: { seed, start } }: FitTask,
  linear: { readonly weights: Vector },
): Vector {
  switch (start) {
    case "linear":
      return linearStart(net, seed, linear);
    case "constant":
      return linearStart(net, seed, { weights: constantWeights(kernels, loss, training) });
    case "random":
      return initialise(net, key(seed));
  }
}

const firstCheckpoint = (state: FitCheckpoint["state"], keepPath: boolean, cuts: number): FitCheckpoint => ({
  state,
  cuts,
  history: [],
  diverged: false,
  best: null,
  path: keepPath ? [state.params] : [],
});

function nextCheckpoint(
  { history, best, path, cuts }: FitCheckpoint,
  { epoch, state, measured, diverged }: {
    readonly epoch: number;
    readonly state: FitCheckpoint["state"];
    readonly measured: EpochRecord;
    readonly diverged: boolean;
  },
  keepPath: boolean,
): FitCheckpoint {
  const { heldOut } = measured;
  const improved = heldOut !== null && !(best !== null && best.loss <= heldOut);
  return {
    state,
    cuts,
    history: [...history, measured],
    diverged,
    best: improved ? { epoch, loss: heldOut, params: state.params } : best,
    path: keepPath ? [...path, state.params] : path,
  };
}

/** Whether training diverged, or the held-out loss has not become better for long enough. */
const isOver = ({ history, best, diverged }: FitCheckpoint, patience: number | null): boolean =>
  diverged || patience !== null && best !== null && history.length - best.epoch >= patience;

/** What an epoch is measured by. */
interface Measuring extends Disposable {
  /** The training loss. */
  readonly loss: (params: Vector) => number;
  readonly epoch: (params: Vector, epoch: number, last: boolean) => EpochRecord;
}

/** The losses after an epoch, and the convex certificate against the best linear predictor. */
function measuring(
  kernels: Kernels,
  { net, loss, training, heldOut }: FitTask,
  linear: { readonly weights: Vector },
): Measuring {
  const onTraining = createObjective(kernels, net, loss, training);
  const onHeldOut = heldOut && createObjective(kernels, net, loss, heldOut);
  const { y, weights } = training;
  const targets = { y, outputs: net.outputs, ...weights && { weights } };
  const linearPredictions = predictLinearly(kernels, { loss, training }, linear);
  const certify = (params: Vector) => {
    const predictions = onTraining.predict(params);
    const found = convexBound(loss, targets, predictions, linearPredictions);
    letGo(predictions);
    return found;
  };
  return {
    loss: (params) => onTraining.value(params),
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
  { weights }: { readonly weights: Vector },
): Vector {
  using objective = createLinearObjective(kernels, loss, training);
  return objective.project(weights);
}
