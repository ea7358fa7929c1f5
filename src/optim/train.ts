import type { Batches } from "../objective/mod.ts";
import { fold, type Key, permutation } from "../random/mod.ts";
import { combine, norm, type Vector } from "../tensor/mod.ts";
import type { Transform } from "./transform.ts";

/** Where training stands. */
export interface TrainState<State> {
  /** The parameters. */
  readonly point: Vector;
  /** The optimiser's state. */
  readonly optimiser: State;
  /** Steps taken. */
  readonly step: number;
}

/** What training is made of. */
export interface Training<State> {
  /** Gradients of minibatches. */
  readonly batches: Batches;
  /** The optimiser. */
  readonly transform: Transform<State>;
  /** Rows of a batch; the last one of an epoch may be smaller. */
  readonly batch: number;
  /** Where the order of the rows comes from: each epoch folds in its number. */
  readonly key: Key;
}

/** Minibatch training as State -> State. */
export interface Trainer<State> {
  /** Steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** The state before the first step. */
  start(point: Vector): TrainState<State>;
  /** One minibatch further. The order of the rows depends on the key and the epoch alone, so any state can be resumed. */
  step(state: TrainState<State>): TrainState<State>;
  /** As many steps as are left of the current epoch; stops early, at the last finite point, when the next one is not finite. */
  epoch(state: TrainState<State>): TrainState<State> & { readonly diverged: boolean };
}

/**
 * Minibatch training: each epoch draws an order of the rows without replacement, and goes through it batch by batch.
 *
 * @param training Batches, optimiser, batch size and key.
 * @returns Pure steps: the same state gives the same next state.
 * @example Three epochs of full batches
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { constant, createBatches, dense, key, loadKernels, matrix, network, sgd, squared } from "@resland/resland";
 * const net = network(1, dense(1, 1));
 * const data = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(1, 3) };
 * using batches = createBatches(await loadKernels("simd"), net, squared, data, { batch: 2 });
 * const trainer = createTrainer({ batches, transform: sgd({ learningRate: constant(0.1) }), batch: 2, key: key(1) });
 * let state = trainer.start(new Float64Array(net.size));
 * for (let epoch = 0; epoch < 3; epoch++) state = trainer.epoch(state);
 * assertEquals(state.step, 3);
 * ```
 */
export function createTrainer<State>(training: Training<State>): Trainer<State> {
  const { batches, transform, batch, key } = training;
  const stepsPerEpoch = Math.ceil(batches.rows / batch);
  let latest: { readonly epoch: number; readonly order: Uint32Array } = { epoch: -1, order: new Uint32Array(0) };
  const orderOf = (epoch: number): Uint32Array => {
    if (latest.epoch !== epoch) latest = { epoch, order: permutation(fold(key, epoch), batches.rows) };
    return latest.order;
  };
  const step = (state: TrainState<State>): TrainState<State> => {
    const from = state.step % stepsPerEpoch * batch;
    const order = orderOf(Math.floor(state.step / stepsPerEpoch));
    const { gradient } = batches.gradient(state.point, order, from, Math.min(batch, batches.rows - from));
    const [update, optimiser] = transform.update(gradient, state.optimiser, state.point);
    return { point: combine(1, state.point, 1, update), optimiser, step: state.step + 1 };
  };
  return {
    stepsPerEpoch,
    start: (point) => ({ point: point.slice(), optimiser: transform.init(point), step: 0 }),
    step,
    epoch(state) {
      let current = state;
      do {
        const next = step(current);
        if (!Number.isFinite(norm(next.point))) return { ...current, diverged: true };
        current = next;
      } while (current.step % stepsPerEpoch !== 0);
      return { ...current, diverged: false };
    },
  };
}
