import type { Kernels } from "../../src/kernels/mod.ts";
import { chain, dense, feedForward, joinParts, type Network, network, splitParts } from "../../src/nn/mod.ts";
import { createObjective, type Ridge, ridgeAt } from "../../src/objective/mod.ts";
import { chain as inOrder, penalty } from "../../src/optim/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import type { Vector } from "../../src/tensor/mod.ts";
import { createSgd, sgdEpochs } from "../../src/train/internal.ts";
import type { FitEvent, FitResult, FitTask } from "../../src/train/mod.ts";
import type { Prepared } from "./prepare.ts";
import type { Settings } from "./settings.ts";

/** One epoch as the page draws it. */
export interface EpochPoint {
  readonly epoch: number;
  /** The loss on the training rows, with the ridge where there is one; null where it was not measured. */
  readonly training: number | null;
  /** The loss on the held-out rows; null without any. */
  readonly heldOut: number | null;
}

/** The end of training. */
export type Ended = Pick<FitResult, "params" | "epoch" | "diverged"> & Partial<FitResult>;

/** The networks of some settings: with the skip, and the same without it, V its last layer. */
export function networksOf({ training: { x, outputs } }: Pick<Prepared, "training">, settings: Settings): {
  readonly residual: Network;
  readonly plain: Network;
} {
  const body = feedForward(x.cols, settings);
  const residual = network(x.cols, body, { outputs });
  const last = dense(residual.k, x.cols, { bias: false });
  return { residual, plain: network(x.cols, chain(body, last), { outputs, kind: "plain" }) };
}

/** The same parameters for the network without the skip. */
export function plainStart(residual: Network, plain: Network, params: Vector): Vector {
  const { w, V, theta } = splitParts(residual, params);
  return joinParts(plain, { w, V: new Float64Array(0), theta: Float64Array.of(...theta, ...V) });
}

/** The parameters of the residual network with the same w and V as a plain one; the inverse of {@linkcode plainStart}. */
export function headOfPlain(residual: Network, plain: Network, params: Vector): Vector {
  const { w, theta } = splitParts(plain, params);
  const own = theta.length - residual.d * residual.k;
  return joinParts(residual, { w, V: theta.subarray(own), theta: theta.subarray(0, own) });
}

/** What both networks are trained from. */
export interface PlainTask {
  /** The residual network. */
  readonly net: Network;
  /** The one without the skip. */
  readonly plain: Network;
  /** The residual network's parameters at the start. */
  readonly start: Vector;
  /** The ridge that losses are measured with; null for none. */
  readonly ridge: Ridge | null;
  /** The residual network's task, whose SGD both have. */
  readonly task: FitTask;
}

/** SGD on the network without the skip: its start, then every epoch. */
export function* trainPlain(
  kernels: Kernels,
  { task: { loss, training, heldOut, settings }, net: residual, plain: net, start: from, ridge }: PlainTask,
): Generator<EpochPoint, { readonly diverged: boolean }> {
  using objective = createObjective(kernels, net, loss, training);
  using held = heldOut && createObjective(kernels, net, loss, heldOut);
  using sgd = createSgd(
    kernels,
    { net, loss, examples: training, settings, order: fold(key(settings.seed), "order") },
    (update) => update,
  );
  const start = plainStart(residual, net, from);
  // Its predictions are w'V f: the ridge is on w'V alone.
  const onFeatures = ridge && { ...ridge, x: 0 };
  const measure = (params: Vector, epoch: number) => ({
    epoch,
    training: objective.value(params) +
      (onFeatures === null ? 0 : ridgeAt(residual, onFeatures, headOfPlain(residual, net, params))),
    heldOut: held && held.value(params),
  });
  yield measure(start, 0);
  for (
    const { measured, diverged } of sgdEpochs(
      sgd.trainer,
      { state: sgd.trainer.start(start), epoch: 0 },
      settings.epochs,
      measure,
    )
  ) {
    if (diverged) return { diverged };
    yield measured;
  }
  return { diverged: false };
}

/** SGD on F plus a penalty on (w, V), without settling: no convex problem gives its end. */
export function* trainPenalised(
  kernels: Kernels,
  { net, loss, training, heldOut, settings }: FitTask,
  start: Vector,
  strength: number,
): Generator<FitEvent, Ended> {
  const head = { length: net.outputs * net.d + net.d * net.k };
  using objective = createObjective(kernels, net, loss, training);
  using held = heldOut && createObjective(kernels, net, loss, heldOut);
  using sgd = createSgd(
    kernels,
    { net, loss, examples: training, settings, order: fold(key(settings.seed), "order") },
    (update) => inOrder(penalty(strength, head), update),
  );
  const measure = (params: Vector, epoch: number) => ({
    epoch,
    training: objective.value(params),
    bound: null,
    heldOut: held && held.value(params),
  });
  let [history, params, diverged]: [FitResult["history"], Vector, boolean] = [[], start, false];
  const from = { state: sgd.trainer.start(start), epoch: 0 };
  for (const { epoch, state, measured, ...found } of sgdEpochs(sgd.trainer, from, settings.epochs, measure)) {
    history = [...history, measured];
    [params, diverged] = [state.params, found.diverged];
    const share = epoch / (settings.epochs + 1);
    // The state of a chain is not that of plain SGD; nothing resumes from it.
    const checkpoint = {
      state: { ...state, optimiser: from.state.optimiser[1] },
      cuts: 0,
      history,
      diverged,
      best: null,
      path: [],
    };
    yield { kind: "epoch", share, checkpoint, member: 0 };
  }
  return { params, epoch: history.length, diverged };
}

/** A fit that starts at any point: as one that was interrupted there before its first epoch. */
export function startingAt(kernels: Kernels, task: FitTask, start: Vector): FitTask["resume"] {
  using sgd = createSgd(kernels, { ...task, examples: task.training, order: key(0) }, (update) => update);
  return [{ state: sgd.trainer.start(start), cuts: 0, history: [], diverged: false, best: null, path: [] }];
}
