import type { LinearBaseline } from "../baseline/mod.ts";
import { isShared, type Kernels } from "../kernels/mod.ts";
import { isJoint, JOINT_LOSSES } from "../loss/mod.ts";
import { initialParameters, isBuiltIn, joinParts } from "../nn/mod.ts";
import { createBatches, createLinearObjective, createObjective, stepOperations } from "../objective/mod.ts";
import { cosine, createTrainer, sgd, type SgdState, type TrainState } from "../optim/mod.ts";
import { fold, key, uniform } from "../random/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { convexBound } from "./convex_bound.ts";
import { settle } from "./settle.ts";
import type { EpochRecord, FitCheckpoint, FitEvent, FitResult, FitTask } from "./fit_types.ts";

/** Momentum of SGD, and its longest gradient. */
const [MOMENTUM, LONGEST_GRADIENT] = [0.9, 10];

/** Operations of a step from which threads that share it gain more than their meetings cost, also where another program wants a core. */
const WORTH_SHARING = 1e7;

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
 * from which a later run goes on with the same bits; and returns the trained network.
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
  const { net, loss, training, heldOut, settings, resume } = task;
  const { epochs, patience } = settings;
  const trained = { params: resume?.state.params ?? startOf(task, linear), diverged: false };
  let history: readonly EpochRecord[] = resume?.history ?? [];
  let best: FitCheckpoint["best"] = resume?.best ?? null;
  let path = resume?.path ?? (settings.keepPath ? [trained.params] : []);
  {
    using onTraining = createObjective(kernels, net, loss, training);
    using onHeldOut = heldOut && createObjective(kernels, net, loss, heldOut);
    const batch = Math.min(settings.batch, training.x.rows);
    using batches = createBatches(kernels, net, loss, training, {
      batch,
      dtype: settings.dtype,
      parts: threadsFor(kernels, task, batch),
    });
    if (batches.crew) yield { kind: "recruit", plan: batches.crew };
    const transform = sgd({
      learningRate: cosine(settings.learningRate, Math.max(1, epochs * Math.ceil(training.x.rows / batch))),
      momentum: MOMENTUM,
      clip: LONGEST_GRADIENT,
    });
    const trainer = createTrainer({ batches, transform, batch, key: fold(key(settings.seed), "order") });
    let state: TrainState<SgdState> = resume?.state ?? trainer.start(trained.params);
    const targets = { y: training.y, outputs: net.outputs };
    const linearPredictions = predictLinearly(kernels, task, linear);
    /** The losses after an epoch, and the certificate. */
    const measure = (params: Vector, epoch: number, last: boolean): EpochRecord => {
      const due = last || training.x.rows <= MEASURED_ROWS || Number.isInteger(Math.log2(epoch));
      return {
        epoch,
        ...due ? convexBound(loss, targets, onTraining.predict(params), linearPredictions) : UNMEASURED,
        heldOut: onHeldOut && onHeldOut.value(params),
      };
    };
    const isOver = () => patience !== null && best !== null && history.length - best.epoch >= patience;
    while (history.length < epochs && !trained.diverged && !isOver()) {
      const next = trainer.epoch(state);
      const epoch = history.length + 1;
      const measured = measure(next.params, epoch, epoch === epochs || next.diverged);
      trained.diverged = next.diverged || measured.training !== null && !Number.isFinite(measured.training);
      if (!trained.diverged || next.diverged) {
        state = { params: next.params, optimiser: next.optimiser, step: next.step };
        trained.params = next.params;
      }
      history = [...history, measured];
      if (settings.keepPath) path = [...path, trained.params];
      if (measured.heldOut !== null && !(best !== null && best.loss <= measured.heldOut)) {
        best = { epoch, loss: measured.heldOut, params: next.params };
      }
      yield { kind: "epoch", share: epoch / (epochs + 1), checkpoint: { state, history, best, path } };
    }
  }
  const early = patience !== null && best !== null;
  const kept = early ? best!.params : trained.params;
  const fitted = { net, loss, params: kept, examples: training };
  const steps = settle(kernels, fitted, { epsilon: settings.epsilon, linear });
  for (;;) {
    const { done, value } = steps.next();
    if (!done) {
      yield { kind: "settle", share: epochs / (epochs + 1) };
      continue;
    }
    return {
      params: value.params,
      featureOptimum: value.featureOptimum,
      settlingSteps: value.steps,
      pruned: value.pruned,
      history,
      path,
      epoch: early ? best!.epoch : history.length,
      diverged: trained.diverged,
    };
  }
}

const UNMEASURED = { training: null, bound: null } as const;

function predictLinearly(kernels: Kernels, { loss, training }: FitTask, { weights }: LinearBaseline): Vector {
  using objective = createLinearObjective(kernels, loss, training);
  return objective.project(weights);
}

/** Where training starts; runs of one seed share theta. */
function startOf({ net, settings: { seed, start } }: FitTask, linear: LinearBaseline): Vector {
  const root = key(seed);
  const theta = initialParameters(fold(root, "theta"), net.body, net.d);
  const { d, k, outputs } = net;
  if (start === "linear") return joinParts(net, { w: linear.weights, V: new Float64Array(d * k), theta });
  const spread = (name: string, length: number, width: number) =>
    uniform(fold(root, name), length, { low: -1 / Math.sqrt(width), high: 1 / Math.sqrt(width) });
  return joinParts(net, { w: spread("w", outputs * d, d), V: spread("V", d * k, k), theta });
}

/** How many threads share a step: those that there are, if they can share it and it is worth their meeting. */
function threadsFor({ memory }: Kernels, { threads = 1, loss, net }: FitTask, batch: number): number {
  const shareable = isShared(memory) && (isJoint(loss) ? JOINT_LOSSES.includes(loss) : loss.code !== null);
  return shareable && isBuiltIn(net.body) && stepOperations(net, batch) >= WORTH_SHARING ? threads : 1;
}
