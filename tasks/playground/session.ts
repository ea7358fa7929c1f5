import { findBestLinear, type LinearOptimum } from "../../src/baseline/mod.ts";
import type { Dataset } from "../../src/data/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { createHeadObjective } from "../../src/landscape/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import { createObjective, type Ridge, ridgeAt } from "../../src/objective/mod.ts";
import { finish } from "../../src/tensor/internal.ts";
import type { Vector } from "../../src/tensor/mod.ts";
import {
  type CertifiedPoint,
  certifyPoint,
  constantWeights,
  findRidgeLinear,
  FIT_DEFAULTS,
  type FitCheckpoint,
  type FitEvent,
  fitNetwork,
  type FitTask,
  linearStart,
  startPoint,
} from "../../src/train/mod.ts";
import type { Prepared } from "./prepare.ts";
import type { Settings } from "./settings.ts";
import {
  type Ended,
  type EpochPoint,
  networksOf,
  type PlainTask,
  startingAt,
  trainPenalised,
  trainPlain,
} from "./trainers.ts";

/** Two networks in training, the residual one and the plain one, from the same start. */
export interface Session extends Disposable {
  /** The residual network. */
  readonly net: Network;
  /** The best linear predictor on the training rows, without a ridge. */
  readonly linear: LinearOptimum;
  /** What the losses are drawn against and the certificate compares with: that, or the best one under the same ridge. */
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

/** The settings that `fit` has and the page does not show. */
const { epsilon: EPSILON, radius: RADIUS } = FIT_DEFAULTS;

/** Points of the path that are kept; beyond twice as many every second one is dropped. */
const PATH = 48;

/** The ridge on (w, V'w) of some settings; null for none. */
const ridgeOf = ({ regulariser, strength }: Settings, { intercept }: Dataset): Ridge | null =>
  regulariser === "ridge" && strength > 0 ? { x: strength, f: strength, intercept } : null;

/** What is trained, and what it is compared with. */
interface Plan extends PlainTask, Pick<Session, "linear" | "comparator"> {}

function planOf(kernels: Kernels, prepared: Prepared, settings: Settings): Plan {
  const { training, heldOut, loss } = prepared;
  const { residual: net, plain } = networksOf(prepared, settings);
  const ridge = ridgeOf(settings, training);
  const linear = finish(findBestLinear(kernels, loss, training, { radius: RADIUS }));
  const comparator = ridge === null ? linear : finish(findRidgeLinear(kernels, prepared, ridge, linear.weights));
  const task: FitTask = {
    ...{ net, loss, training, heldOut, ridge },
    settings: {
      ...FIT_DEFAULTS,
      start: settings.start === "saddle" ? "linear" : settings.start,
      seed: settings.seed,
      epochs: settings.epochs,
      batch: settings.batch,
      learningRate: settings.rate,
    },
  };
  return { net, plain, linear, comparator, ridge, task, start: startOf(kernels, prepared, settings, net, linear) };
}

/** The losses of the residual network at some parameters. */
interface Meter extends Disposable {
  readonly at: (epoch: number, params: Vector) => EpochPoint;
  readonly heldOut: (params: Vector) => number | null;
}

function createMeter(kernels: Kernels, { training, heldOut, loss }: Prepared, { net, ridge }: Plan): Meter {
  const objective = createObjective(kernels, net, loss, training);
  const held = heldOut && createObjective(kernels, net, loss, heldOut);
  const onHeldOut = (params: Vector) => held && held.value(params);
  return {
    heldOut: onHeldOut,
    at: (epoch, params) => ({
      epoch,
      training: objective.value(params) + (ridge === null ? 0 : ridgeAt(net, ridge, params)),
      heldOut: onHeldOut(params),
    }),
    [Symbol.dispose]() {
      objective[Symbol.dispose]();
      held?.[Symbol.dispose]();
    },
  };
}

/** Points of a path, thinned out where they are many. */
function createPath(start: Vector) {
  let points = [start];
  let stride = 1;
  return {
    /** The points, and one more where it is not the last of them. */
    through: (params: Vector): readonly Vector[] => points.at(-1) === params ? points : [...points, params],
    /** Adds the parameters after an epoch; `anew` where training began again from the start. */
    add(epoch: number, params: Vector, anew: boolean): void {
      if (anew) points = [start];
      if (epoch % stride !== 0) return;
      points.push(params);
      if (points.length <= 2 * PATH) return;
      points = points.filter((_, index) => index % 2 === 0);
      stride *= 2;
    },
  };
}

/** How both trainings stand. */
interface Course {
  params: Vector;
  epochs: number;
  phase: ReturnType<Session["phase"]>;
  history: readonly EpochPoint[];
  result: Ended | null;
  /** The last step of the plain network. */
  plain: ReturnType<PlainSteps["next"]>;
  plainHistory: readonly EpochPoint[];
}

type PlainSteps = ReturnType<typeof trainPlain>;

/** What a session works with. */
interface Parts {
  readonly plan: Plan;
  readonly meter: Meter;
  readonly path: ReturnType<typeof createPath>;
  readonly plainSteps: PlainSteps;
}

/**
 * Starts both networks on a table.
 *
 * @param kernels The kernels to compute with.
 * @param prepared The rows.
 * @param settings What is trained, and how.
 */
export function startSession(kernels: Kernels, prepared: Prepared, settings: Settings): Session {
  const plan = planOf(kernels, prepared, settings);
  const { net, linear, comparator, ridge, start } = plan;
  const meter = createMeter(kernels, prepared, plan);
  const steps = trainResidual(kernels, plan, settings);
  const parts: Parts = { plan, meter, path: createPath(start), plainSteps: trainPlain(kernels, plan) };
  const course = startCourse(parts);
  return {
    ...{ net, linear, comparator, ridge },
    linearHeldOut: meter.heldOut(linearStart(net, settings.seed, comparator)),
    history: () => course.history,
    epoch: () => course.epochs,
    plainHistory: () => course.plainHistory,
    params: () => course.params,
    path: () => parts.path.through(course.params),
    phase: () => course.phase,
    diverged: () => ({
      residual: course.result?.diverged ?? false,
      plain: course.plain.done === true && course.plain.value.diverged,
    }),
    next() {
      if (course.phase === "done") return false;
      const step = steps.next();
      if (step.done) end(course, step.value, meter);
      else if (step.value.kind === "settle") course.phase = "settling";
      else if (step.value.kind === "epoch") pass(course, step.value.checkpoint, parts);
      return true;
    },
    certify: () => certify(kernels, prepared, plan, course.params, course.result),
    result: () => course.result,
    [Symbol.dispose]() {
      steps.return?.(undefined as never);
      parts.plainSteps.return?.(undefined as never);
      meter[Symbol.dispose]();
    },
  };
}

/** Both networks at their start. */
function startCourse({ plan: { start }, meter, plainSteps }: Parts): Course {
  const plain = plainSteps.next();
  return {
    ...{ params: start, epochs: 0, phase: "training", result: null, plain },
    history: [meter.at(0, start)],
    plainHistory: plain.done ? [] : [plain.value],
  };
}

/** After an epoch of the residual network; the plain one follows. */
function pass(
  course: Course,
  { history: measured, state: { params } }: FitCheckpoint,
  { plan: { net, ridge }, path, plainSteps }: Parts,
): void {
  const anew = measured.length <= course.epochs;
  const epochs = measured.length;
  path.add(epochs, params, anew);
  const { training, heldOut } = measured[epochs - 1];
  const penalty = ridge === null ? 0 : ridgeAt(net, ridge, params);
  const point = { epoch: epochs, training: training && training + penalty, heldOut };
  course.params = params;
  course.epochs = epochs;
  course.history = [...course.history.slice(0, epochs), point];
  if (course.plain.done) return;
  course.plain = plainSteps.next();
  if (!course.plain.done) course.plainHistory = [...course.plainHistory, course.plain.value];
}

/** After the last step of the residual network. */
function end(course: Course, result: Ended, meter: Meter): void {
  course.result = result;
  course.params = result.params;
  course.history = [...course.history, meter.at(course.epochs, result.params)];
  course.phase = "done";
}

/** The residual network at some parameters, certified. */
function certify(
  kernels: Kernels,
  { training, loss }: Prepared,
  { net, ridge, comparator }: Plan,
  params: Vector,
  ended: Ended | null,
): CertifiedPoint {
  const { featureOptimum, evaluation } = ended ?? {};
  return certifyPoint(kernels, { net, params, loss, examples: training }, {
    ...{ epsilon: EPSILON, radius: RADIUS, ridge, linear: comparator },
    ...featureOptimum && { featureOptimum },
    ...evaluation && { evaluation },
  });
}

/** The training of the residual network that the settings ask for. */
function trainResidual(
  kernels: Kernels,
  { task, start, linear }: Plan,
  { regulariser, strength, start: from }: Settings,
): Generator<FitEvent, Ended> {
  if (regulariser === "penalty" && strength > 0) return trainPenalised(kernels, task, start, strength);
  return fitNetwork(kernels, from === "saddle" ? { ...task, resume: startingAt(kernels, task, start) } : task, linear);
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
