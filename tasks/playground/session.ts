import { findBestLinear, findRidgeOptimum, type LinearOptimum } from "../../src/baseline/mod.ts";
import {
  type Dataset,
  encodeTable,
  encodeWith,
  holdOut,
  summariseColumns,
  surveyColumns,
  type Table,
  takeRows,
  textsOf,
} from "../../src/data/mod.ts";
import { examplesOf } from "../../src/examples.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { createHeadObjective } from "../../src/landscape/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { chain, dense, feedForward, joinParts, type Network, network, splitParts } from "../../src/nn/mod.ts";
import { createObjective, type Ridge, ridgeOnColumns } from "../../src/objective/mod.ts";
import { chain as inOrder, penalty } from "../../src/optim/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import { createSgd, sgdEpochs } from "../../src/train/internal.ts";
import {
  type CertifiedPoint,
  certifyPoint,
  constantWeights,
  FIT_DEFAULTS,
  type FitEvent,
  fitNetwork,
  type FitResult,
  type FitTask,
  linearStart,
  startPoint,
} from "../../src/train/mod.ts";
import { matrixRows, type Vector } from "../../src/tensor/mod.ts";
import type { Settings } from "./settings.ts";

/** A table split and encoded as `fit` does it. */
export interface Prepared {
  /** The column to predict. */
  readonly target: string;
  /** The rows to train on. */
  readonly training: Dataset;
  /** Rows held out, or null. */
  readonly heldOut: Dataset | null;
  /** The loss that fits the target. */
  readonly loss: AnyLoss;
  /** Rows of the table. */
  readonly rows: number;
}

/**
 * Splits and encodes a table.
 *
 * @param table The table.
 * @param settings Target, left-out columns, missing values, the share to hold out, and the seed.
 * @param target The column to predict where the settings name none.
 * @throws {InputError} If the table does not hold what the settings name.
 * @throws {RangeError} If the share leaves too few rows.
 */
export function prepare(table: Table, settings: Settings, target: string): Prepared {
  const { drop, missing, valid, seed } = settings;
  const wanted = settings.target || target;
  const options = { target: wanted, drop, missing };
  const { loss } = examplesOf(table, options);
  const encode = { ...options, targetKind: loss.target };
  const known = { ...surveyColumns(table, encode), summary: summariseColumns(table, encode) };
  const whole = { target: wanted, loss, rows: table.rows };
  if (valid === 0) return { ...whole, training: encodeTable(table, { ...encode, known }), heldOut: null };
  const strata = loss.target.startsWith("class") ? textsOf(table, wanted) : null;
  const rows = holdOut(table.rows, valid, fold(key(seed), "split"), strata);
  const training = encodeTable(takeRows(table, rows.training), { ...encode, known });
  return { ...whole, training, heldOut: encodeWith(takeRows(table, rows.heldOut), training) };
}

/** One epoch as the page draws it. */
export interface EpochPoint {
  readonly epoch: number;
  /** The loss on the training rows; null where it was not measured. */
  readonly training: number | null;
  /** The loss on the held-out rows; null without any. */
  readonly heldOut: number | null;
}

/** Two networks in training, the residual one and the plain one, from the same start. */
export interface Session extends Disposable {
  /** The residual network. */
  readonly net: Network;
  /** The best linear predictor on the training rows: the level that the losses are drawn against. */
  readonly linear: LinearOptimum;
  /** What the certificate compares with: that, or the best one under the same ridge. */
  readonly comparator: LinearOptimum;
  /** The ridge on (w, V'w); null for none. */
  readonly ridge: Ridge | null;
  /** The linear predictor's loss on the held-out rows; null without any. */
  readonly linearHeldOut: number | null;
  /** Epochs of the residual network, the start first; where (w, V) was settled after the last one, that epoch comes twice. */
  readonly history: () => readonly EpochPoint[];
  /** Epochs of the residual network so far. */
  readonly epoch: () => number;
  /** Epochs of the plain network. */
  readonly plainHistory: () => readonly EpochPoint[];
  /** The residual network's parameters now. */
  readonly params: () => Vector;
  /** The parameters at the start and after every epoch, thinned out where they are many. */
  readonly path: () => readonly Vector[];
  /** How training stands. */
  readonly phase: () => "training" | "settling" | "done";
  /** Whether a network's loss became infinite. */
  readonly diverged: () => { readonly residual: boolean; readonly plain: boolean };
  /** Goes on by an epoch of both networks, or by a step of settling; false when there is nothing left to do. */
  readonly next: () => boolean;
  /** The residual network as it is, certified. */
  readonly certify: () => CertifiedPoint;
  /** The result of the fit; null until it is done. */
  readonly result: () => Ended | null;
}

/** The end of training. */
export type Ended = Pick<FitResult, "params" | "epoch" | "diverged"> & Partial<FitResult>;

/** The settings that `fit` has and the page does not show. */
const { epsilon: EPSILON, radius: RADIUS } = FIT_DEFAULTS;

/** Points of the path that are kept; beyond twice as many every second one is dropped. */
const PATH = 48;

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

/** The ridge on (w, V'w) of some settings; null for none. */
const ridgeOf = ({ regulariser, strength }: Settings, { intercept }: Dataset): Ridge | null =>
  regulariser === "ridge" && strength > 0 ? { x: strength, f: strength, intercept } : null;

/**
 * Starts both networks on a table.
 *
 * @param kernels The kernels to compute with.
 * @param prepared The rows.
 * @param settings What is trained, and how.
 */
export function startSession(kernels: Kernels, prepared: Prepared, settings: Settings): Session {
  const { training, heldOut, loss } = prepared;
  const { residual: net, plain } = networksOf(prepared, settings);
  const ridge = ridgeOf(settings, training);
  const certifyAt = (params: Vector, more: Parameters<typeof certifyPoint>[2] = {}): CertifiedPoint =>
    certifyPoint(kernels, { net, params, loss, examples: training }, {
      epsilon: EPSILON,
      radius: RADIUS,
      ridge,
      ...more,
    });
  const linear = finish(findBestLinear(kernels, loss, training, { radius: RADIUS }));
  const comparator = ridge === null ? linear : ridgeOptimum(kernels, prepared, ridge, linear);
  const start = startOf(kernels, prepared, settings, net, linear);
  const task: FitTask = {
    net,
    loss,
    training,
    heldOut,
    ridge,
    settings: {
      ...FIT_DEFAULTS,
      start: settings.start === "saddle" ? "linear" : settings.start,
      seed: settings.seed,
      epochs: settings.epochs,
      batch: settings.batch,
      learningRate: settings.rate,
    },
  };
  const measureTraining = createObjective(kernels, net, loss, training);
  const measureHeldOut = heldOut && createObjective(kernels, net, loss, heldOut);
  const steps = settings.regulariser === "penalty" && settings.strength > 0
    ? trainPenalised(kernels, task, start, settings.strength)
    : fitNetwork(
      kernels,
      settings.start === "saddle" ? { ...task, resume: startingAt(kernels, task, start) } : task,
      linear,
    );
  const other = trainPlain(kernels, task, plain, plainStart(net, plain, start));
  const first: EpochPoint = {
    epoch: 0,
    training: measureTraining.value(start),
    heldOut: measureHeldOut && measureHeldOut.value(start),
  };
  let history: readonly EpochPoint[] = [];
  let params = start;
  let path = [start];
  let stride = 1;
  let phase: ReturnType<Session["phase"]> = "training";
  let result: Ended | null = null;
  let settled: EpochPoint | null = null;
  let plainSteps = other.next();
  const plainHistory: EpochPoint[] = plainSteps.done ? [] : [plainSteps.value];

  const keep = (epoch: number, at: Vector): void => {
    if (epoch < history.length) path = [start];
    if (epoch % stride !== 0) return;
    path.push(at);
    if (path.length <= 2 * PATH) return;
    path = path.filter((_, index) => index % 2 === 0);
    stride *= 2;
  };
  const linearOnHeldOut = (): number | null => {
    if (measureHeldOut === null) return null;
    return measureHeldOut.value(linearStart(net, settings.seed, linear));
  };

  return {
    net,
    linear,
    comparator,
    ridge,
    linearHeldOut: linearOnHeldOut(),
    history: () => [first, ...history, ...settled === null ? [] : [settled]],
    epoch: () => history.length,
    plainHistory: () => plainHistory,
    params: () => params,
    path: () => path.at(-1) === params ? path : [...path, params],
    phase: () => phase,
    diverged: () => ({
      residual: result?.diverged ?? false,
      plain: plainSteps.done === true && plainSteps.value.diverged,
    }),
    next() {
      if (phase === "done") return false;
      const step = steps.next();
      if (step.done) {
        result = step.value;
        params = result.params;
        settled = {
          epoch: history.length,
          training: measureTraining.value(params),
          heldOut: measureHeldOut && measureHeldOut.value(params),
        };
        phase = "done";
        return true;
      }
      if (step.value.kind === "settle") phase = "settling";
      if (step.value.kind !== "epoch") return true;
      const { checkpoint } = step.value;
      keep(checkpoint.history.length, checkpoint.state.params);
      history = checkpoint.history;
      params = checkpoint.state.params;
      if (!plainSteps.done) {
        plainSteps = other.next();
        if (!plainSteps.done) plainHistory.push(plainSteps.value);
      }
      return true;
    },
    certify: () => {
      const { featureOptimum, evaluation } = result ?? {};
      return certifyAt(params, {
        linear: comparator,
        ...featureOptimum && { featureOptimum },
        ...evaluation && { evaluation },
      });
    },
    result: () => result,
    [Symbol.dispose]() {
      steps.return?.(undefined as never);
      other.return?.(undefined as never);
      measureTraining[Symbol.dispose]();
      measureHeldOut?.[Symbol.dispose]();
    },
  };
}

/** The best linear predictor under a ridge. */
function ridgeOptimum(
  kernels: Kernels,
  { training: { x, y }, loss }: Prepared,
  ridge: Ridge,
  { weights }: LinearOptimum,
): LinearOptimum {
  const rows = { source: matrixRows(kernels.memory, x), y };
  return finish(findRidgeOptimum(kernels, loss, rows, ridgeOnColumns({ ...ridge, f: 0 }, x.cols, 0), weights));
}

/** Where training starts. */
function startOf(
  kernels: Kernels,
  { training, loss }: Prepared,
  { start, seed }: Settings,
  net: Network,
  linear: LinearOptimum,
): Vector {
  if (start === "linear") return linearStart(net, seed, linear);
  if (start === "constant") return linearStart(net, seed, { weights: constantWeights(kernels, loss, training) });
  if (start === "saddle" && net.outputs > 1) {
    throw new RangeError("Cannot start at the saddle: it is known for one output; choose another start");
  }
  return startPoint(net, seed, start === "saddle" ? "adversarial" : "default", (params) => {
    using objective = createObjective(kernels, net, loss, training);
    return createHeadObjective(kernels, { x: training.x, y: training.y, f: objective.features(params), loss });
  });
}

/** A fit that starts at any point: as one that was interrupted there before its first epoch. */
function startingAt(kernels: Kernels, task: FitTask, start: Vector): FitTask["resume"] {
  using sgd = createSgd(kernels, { ...task, examples: task.training, order: key(0) }, (update) => update);
  return { state: sgd.trainer.start(start), cuts: 0, history: [], best: null, path: [] };
}

/** SGD on F plus a penalty on (w, V), without settling: no convex problem gives its end. */
function* trainPenalised(
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
      best: null,
      path: [],
    };
    yield { kind: "epoch", share, checkpoint };
  }
  return { params, epoch: history.length, diverged };
}

/** SGD on the network without the skip: its start, then every epoch. */
function* trainPlain(
  kernels: Kernels,
  { loss, training, heldOut, settings }: FitTask,
  net: Network,
  start: Vector,
): Generator<EpochPoint, { readonly diverged: boolean }> {
  using objective = createObjective(kernels, net, loss, training);
  using held = heldOut && createObjective(kernels, net, loss, heldOut);
  using sgd = createSgd(
    kernels,
    { net, loss, examples: training, settings, order: fold(key(settings.seed), "order") },
    (update) => update,
  );
  const measure = (params: Vector, epoch: number) => ({
    epoch,
    training: objective.value(params),
    heldOut: held && held.value(params),
  });
  yield measure(start, 0);
  const from = { state: sgd.trainer.start(start), epoch: 0 };
  for (const { measured, diverged } of sgdEpochs(sgd.trainer, from, settings.epochs, measure)) {
    if (diverged) return { diverged };
    yield measured;
  }
  return { diverged: false };
}

/** The value that a piece of work returns. */
function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
