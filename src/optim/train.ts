import { type Resident, residentOf } from "../objective/internal.ts";
import type { Batches } from "../objective/mod.ts";
import { fold, type Key, permutation } from "../random/mod.ts";
import { finish } from "../tensor/internal.ts";
import { norm, type Vector } from "../tensor/mod.ts";
import { type PlacedTransform, type PlacedUpdate, placeTransform } from "./_placed.ts";
import type { Transform } from "./transform.ts";

/** The state of training. */
export interface TrainState<State> {
  /** The parameters. */
  readonly params: Vector;
  /** The optimiser's state. */
  readonly optimiser: State;
  /** Steps taken. */
  readonly step: number;
}

/** The parts of training. */
export interface Training<State> {
  /** Gradients of minibatches. */
  readonly batches: Batches;
  /** The optimiser. */
  readonly transform: Transform<State>;
  /** Rows of a batch; the last one of an epoch may be smaller. */
  readonly batch: number;
  /** The random key of the order of the rows: each epoch folds in its number. Null keeps the order of the data. */
  readonly key: Key | null;
  /** Steps after which {@linkcode Trainer.epochInPieces} yields (default: at none). */
  readonly piece?: number;
}

/** The end of an epoch. */
export type EpochEnd<State> = TrainState<State> & { readonly diverged: boolean };

/** Minibatch training as State -> State. */
export interface Trainer<State> {
  /** Steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** The state before the first step. */
  start(params: Vector): TrainState<State>;
  /** One minibatch step. The order of the rows depends on the key and the epoch alone, so any state can be resumed. */
  step(state: TrainState<State>): TrainState<State>;
  /** As many steps as are left of the current epoch; stops early, at the last finite parameters, when the next are not finite. */
  epoch(state: TrainState<State>): EpochEnd<State>;
  /** The same, which yields after each piece of the steps: over many rows an epoch takes seconds. No other step may be taken meanwhile. */
  epochInPieces(state: TrainState<State>): Generator<null, EpochEnd<State>>;
}

/**
 * Minibatch training: each epoch draws an order of the rows without replacement, and goes through it batch by batch. The
 * parameters and the optimiser's state are copied into kernel memory for an epoch and out after it; a step between is kernel
 * calls alone, and makes no object.
 *
 * @param training Batches, optimiser, batch size and key.
 * @returns Pure steps: the same state gives the same next state.
 * @example Three epochs of full batches
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { constant, dense, key, loadKernels, matrix, network, sgd, squared } from "@resland/resland";
 * import { createBatches } from "@resland/resland/objective";
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
  const { batches, transform, batch, piece = Infinity } = training;
  const resident = residentOf(batches);
  const stepsPerEpoch = Math.ceil(batches.rows / batch);
  const stepper: Stepper<State> = {
    ...{ resident, batch, rows: batches.rows, stepsPerEpoch },
    placed: placeTransform(transform, resident),
    update: { slot: resident.gradient, factor: 1 },
    orderOf: orders(training),
  };
  const epochInPieces = (state: TrainState<State>) => epochOf(stepper, state, piece);
  return {
    stepsPerEpoch,
    start: (params) => ({ params: params.slice(), optimiser: transform.init(params), step: 0 }),
    step: (state) => stepOf(stepper, state),
    epoch: (state) => finish(epochInPieces(state)),
    epochInPieces,
  };
}

/** A step in kernel memory, and what it works on. */
interface Stepper<State> {
  readonly resident: Resident;
  readonly placed: PlacedTransform<State>;
  readonly update: PlacedUpdate;
  readonly batch: number;
  readonly rows: number;
  readonly stepsPerEpoch: number;
  readonly orderOf: (epoch: number) => Uint32Array | null;
}

/** The order of the rows in an epoch; that of the latest one is kept. */
function orders<State>({ key, batches: { rows } }: Training<State>): Stepper<State>["orderOf"] {
  let latest: { readonly epoch: number; readonly order: Uint32Array | null } = { epoch: -1, order: null };
  return (epoch) => {
    if (key !== null && latest.epoch !== epoch) latest = { epoch, order: permutation(fold(key, epoch), rows) };
    return latest.order;
  };
}

function load<State>(
  { resident, placed, orderOf, stepsPerEpoch }: Stepper<State>,
  { params, optimiser, step }: TrainState<State>,
): void {
  resident.write(resident.params, params);
  placed.load(optimiser);
  resident.setOrder(orderOf(Math.floor(step / stepsPerEpoch)));
}

/** A step on what is loaded. */
function advance<State>({ resident, placed, update, batch, rows, stepsPerEpoch }: Stepper<State>, step: number): void {
  const from = step % stepsPerEpoch * batch;
  resident.differentiate(from, Math.min(batch, rows - from));
  update.slot = resident.gradient;
  update.factor = 1;
  placed.update(update);
  resident.combine(update.factor, update.slot, 1, resident.params);
}

const save = <State>({ resident, placed }: Stepper<State>, step: number): TrainState<State> => ({
  params: resident.read(resident.params),
  optimiser: placed.save(),
  step,
});

function stepOf<State>(stepper: Stepper<State>, state: TrainState<State>): TrainState<State> {
  load(stepper, state);
  advance(stepper, state.step);
  return save(stepper, state.step + 1);
}

/** The rest of an epoch, which yields after each piece of its steps. */
function* epochOf<State>(
  stepper: Stepper<State>,
  state: TrainState<State>,
  piece: number,
): Generator<null, EpochEnd<State>> {
  const { resident, stepsPerEpoch } = stepper;
  const end = (Math.floor(state.step / stepsPerEpoch) + 1) * stepsPerEpoch;
  load(stepper, state);
  for (let at = state.step; at < end;) {
    for (const stop = Math.min(end, at + piece); at < stop; at++) advance(stepper, at);
    if (at < end) yield null;
  }
  // An entry that is not finite never becomes finite again, so one look at the end is enough.
  if (!Number.isFinite(resident.norm(resident.params))) return { ...lastFinite(stepper, state, end), diverged: true };
  return { ...save(stepper, end), diverged: false };
}

/** The last state before step `end` whose parameters are finite, found step by step: the bits are those of the epoch. */
function lastFinite<State>(stepper: Stepper<State>, state: TrainState<State>, end: number): TrainState<State> {
  let current = state;
  while (current.step < end) {
    const next = stepOf(stepper, current);
    if (!Number.isFinite(norm(next.params))) break;
    current = next;
  }
  return current;
}
