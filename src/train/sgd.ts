import type { Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { createBatches, type Examples, stepOperations } from "../objective/mod.ts";
import {
  cosine,
  createTrainer,
  sgd,
  type SgdState,
  type Trainer,
  type TrainState,
  type Transform,
} from "../optim/mod.ts";
import type { Key } from "../random/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { SgdSettings } from "./task.ts";

/** Momentum of SGD. */
const MOMENTUM = 0.9;

/** Gradients are clipped to this norm: what keeps large starts finite. */
const LONGEST_GRADIENT = 10;

/** Operations of the steps of an epoch between which training yields: some 10 ms. */
const PIECE = 1e8;

/** What SGD minimises, and how. */
export interface SgdTask {
  /** The network. */
  readonly net: Network;
  /** The loss. */
  readonly loss: AnyLoss;
  /** The rows to train on. */
  readonly examples: Examples;
  /** The settings. */
  readonly settings: SgdSettings;
  /** Where the order of the rows comes from. */
  readonly order: Key;
}

/** SGD over all parameters, its data resident in kernel memory. Dispose it to free them. */
export interface Sgd<State> extends Disposable {
  /** Epochs as State -> State. */
  readonly trainer: Trainer<State>;
}

/**
 * Minibatch SGD with momentum, clipped gradients and a cosine schedule: the training of `check` and of `fit`.
 *
 * @param kernels The kernels to compute with.
 * @param task What is trained, and how.
 * @param around What stands around the plain update, such as a penalty.
 */
export function createSgd<State>(
  kernels: Kernels,
  { net, loss, examples, settings, order }: SgdTask,
  around: (update: Transform<SgdState>) => Transform<State>,
): Sgd<State> {
  const { rows } = examples.x;
  const batch = Math.min(settings.batch, rows);
  const batches = createBatches(kernels, net, loss, examples, { batch, dtype: settings.dtype });
  const steps = Math.max(1, Math.ceil(rows / batch) * settings.epochs);
  const transform = around(sgd({
    learningRate: cosine(settings.learningRate, steps),
    momentum: MOMENTUM,
    clip: LONGEST_GRADIENT,
  }));
  return {
    trainer: createTrainer({
      ...{ batches, transform, batch, key: order },
      piece: Math.max(1, Math.floor(PIECE / stepOperations(net, batch))),
    }),
    [Symbol.dispose]: () => batches[Symbol.dispose](),
  };
}

/** An epoch of SGD. */
export interface Epoch<State, Measured> {
  /** Epochs so far. */
  readonly epoch: number;
  /** The state from which SGD continues: the last one with a finite loss. */
  readonly state: TrainState<State>;
  /** What was measured at the end of the epoch. */
  readonly measured: Measured;
  /** Whether training diverged in this epoch; then it was the last one. */
  readonly diverged: boolean;
}

/**
 * Epochs of SGD; ends early, at the last point where the loss is finite, when it diverges.
 *
 * @param trainer Epochs as State -> State.
 * @param from Where it begins, and how many epochs came before.
 * @param epochs How many epochs there are in all.
 * @param measure The loss at the end of an epoch, null where it is not measured, and what else is to be known of it.
 */
export function* sgdEpochs<State, Measured extends { readonly training: number | null }>(
  ...task: Parameters<typeof sgdPieces<State, Measured>>
): Generator<Epoch<State, Measured>> {
  for (const epoch of sgdPieces(...task)) if (epoch !== null) yield epoch;
}

/** The same, which yields null after each piece of an epoch but its last. */
export function* sgdPieces<State, Measured extends { readonly training: number | null }>(
  trainer: Trainer<State>,
  from: { readonly state: TrainState<State>; readonly epoch: number },
  epochs: number,
  measure: (params: Vector, epoch: number, last: boolean) => Measured,
): Generator<Epoch<State, Measured> | null> {
  let { state, epoch } = from;
  while (epoch++ < epochs) {
    const { diverged: left, ...next } = yield* trainer.epochInPieces(state);
    const measured = measure(next.params, epoch, left || epoch === epochs);
    const finite = measured.training === null || Number.isFinite(measured.training);
    if (finite) state = next;
    const diverged = left || !finite;
    yield { epoch, state, measured, diverged };
    if (diverged) return;
  }
}
