import { bestLinear } from "../baseline/mod.ts";
import { isShared, type Kernels } from "../kernels/mod.ts";
import {
  assess,
  createPartialProblem,
  type DescentState,
  descentStep,
  escape,
  type HeadComparator,
  type HeadSpectrum,
  headSpectrum,
  type PartialProblem,
  type PointSums,
  startDescent,
} from "../landscape/mod.ts";
import { joinParts, type Network, network, partsOf } from "../nn/mod.ts";
import { createBatches, createObjective, type Objective, stepOperations } from "../objective/mod.ts";
import { andThen, cosine, createTrainer, intoBall, penalty, sgd } from "../optim/mod.ts";
import { fold } from "../random/mod.ts";
import { norm, type Vector } from "../tensor/mod.ts";
import { headOf, runKey, startPoint } from "./starts.ts";
import type { CheckSettings, CheckTask, RecordedPoint, RunName, RunResult } from "./types.ts";

/** Momentum of SGD. */
const MOMENTUM = 0.9;

/** The longest gradient of SGD: what keeps the large start finite. */
const LONGEST_GRADIENT = 10;

/** How far below the epsilon asked for the descent aims: the gap at its end should be rounding, not epsilon. */
const BELOW_EPSILON = 1e-5;

/** Steps of the descent after which the epsilon asked for is enough. */
const PATIENCE = 100;

/** Operations of a step from which threads that share it gain more than their three meetings cost: tens of microseconds of work. */
const WORTH_SHARING = 1e6;

/** Most steps of the descent. */
const MOST_DESCENT_STEPS = 3000;

/**
 * One run of a check: from its start, SGD over all parameters, then trust-region Newton over (w, V) to an epsilon-SOPSP; the
 * claims are evaluated at the start, after epochs 1, 2, 4, ... and the last, on the descent, and at its end.
 *
 * @param kernels The kernels to compute with.
 * @param task What all runs share.
 * @param name The seed and the start.
 * @returns A generator that yields the share of the work done after each epoch and descent step, and returns the run.
 * @example One short run
 * ```ts
 * import { assert } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const linear = bestLinear(kernels, squared, examples);
 * const settings = {
 *   theta: dense(2, 2), epochs: 2, batch: 3, learningRate: 0.1, epsilon: 1e-6, descend: true, dtype: "f64", radius: 100, penalty: null, ball: null,
 * } as const;
 * const run = checkRun(kernels, { settings, loss: squared, examples, linear }, { seed: 1, start: "default" });
 * let step = run.next();
 * while (!step.done) step = run.next();
 * assert(step.value.points.at(-1)!.stationary);
 * ```
 */
export function* checkRun(
  kernels: Kernels,
  task: CheckTask,
  name: RunName,
): Generator<number, RunResult> {
  const { settings, examples } = task;
  const net = network(examples.x.cols, settings.theta);
  using objective = createObjective(kernels, net, task.loss, examples);
  const start = startPoint(net, name.seed, name.start, (point) => freeze(kernels, task, objective, point));

  const points: RecordedPoint[] = [];
  const record = (point: Vector, phase: RecordedPoint["phase"], count: number) => {
    using problem = freeze(kernels, task, objective, point);
    const sums = problem.at(headOf(net, point));
    points.push(recorded(task, problem, bestFeatures(task, problem), sums, headSpectrum(problem, sums), phase, count));
  };
  record(start, "start", 0);
  let trained: Trained = { point: start, steps: 0, diverged: false };
  let epoch = 0;
  for (trained of train(kernels, task, objective, name, start)) {
    epoch++;
    if (isMilestone(epoch) || epoch === settings.epochs || trained.diverged) record(trained.point, "train", epoch);
    yield epoch / (settings.epochs + 1);
  }

  using problem = freeze(kernels, task, objective, trained.point);
  const features = bestFeatures(task, problem);
  let state = startDescent(problem, headOf(net, trained.point), descentOptions(settings));
  while (settings.descend && !isOver(state, settings)) {
    state = descentStep(problem, state, descentOptions(settings));
    const { point, spectrum, iterations } = state;
    if (isOver(state, settings) || isMilestone(iterations)) {
      points.push(recorded(task, problem, features, point, spectrum, "descent", iterations));
    }
    yield 1 - 1 / (epoch + 2);
  }
  const { point, spectrum } = state;
  const wayDown = point.value > task.linear.value ? escape(problem, point, spectrum, task.linear) : null;
  return {
    ...name,
    steps: trained.steps,
    diverged: trained.diverged,
    points,
    parameters: joinParts(net, { ...partsOf(net, trained.point), w: point.w, V: point.V.data }),
    escape: wayDown && { order: wayDown.order, value: wayDown.reached.value, drop: wayDown.drop },
  };
}

interface Trained {
  readonly point: Vector;
  readonly steps: number;
  readonly diverged: boolean;
}

/** SGD, epoch by epoch; ends early, at the last point where F is finite, when it leaves the finite numbers. */
function* train(
  kernels: Kernels,
  task: CheckTask,
  objective: Objective,
  name: RunName,
  start: Vector,
): Generator<Trained> {
  const { settings, examples } = task;
  const net = network(examples.x.cols, settings.theta);
  const batch = Math.min(settings.batch, examples.x.rows);
  using batches = createBatches(kernels, net, task.loss, examples, {
    batch,
    dtype: settings.dtype,
    parts: threadsFor(kernels, task, net, batch),
  });
  if (batches.crew) task.recruit!(batches.crew);
  const steps = Math.max(1, Math.ceil(examples.x.rows / batch) * settings.epochs);
  const head = { length: net.d + net.d * net.k };
  const descent = sgd({
    learningRate: cosine(settings.learningRate, steps),
    momentum: MOMENTUM,
    clip: LONGEST_GRADIENT,
  });
  const transform = andThen(
    andThen(penalty(settings.penalty ?? 0, head), descent),
    intoBall(settings.ball ?? Infinity, head),
  );
  const trainer = createTrainer({ batches, transform, batch, key: fold(runKey(name.seed, name.start), "order") });
  let state = trainer.start(start);
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const next = trainer.epoch(state);
    const finite = Number.isFinite(objective.value(next.point));
    const diverged = next.diverged || !finite;
    if (finite) state = next;
    yield { point: state.point, steps: state.step, diverged };
    if (diverged) return;
  }
}

/** How many threads share a step: those that the run has, if they can share it and it is worth their meeting. */
function threadsFor(
  { memory }: Kernels,
  { threads = 1, recruit, loss }: CheckTask,
  net: Network,
  batch: number,
): number {
  const worth = stepOperations(net, batch) >= WORTH_SHARING;
  return worth && recruit !== undefined && isShared(memory) && loss.code !== null ? threads : 1;
}

/** F_theta at a point's theta. */
function freeze(kernels: Kernels, task: CheckTask, objective: Objective, point: Vector): PartialProblem {
  return createPartialProblem(kernels, { ...task.examples, f: objective.features(point), loss: task.loss });
}

/** argmin H: the best linear predictor on [x; f_theta(x)]. */
function bestFeatures(task: CheckTask, problem: PartialProblem): HeadComparator {
  const { x, f, y, loss, kernels } = problem;
  const best = bestLinear(kernels, loss, { x, beside: f, y }, { radius: task.settings.radius });
  return { a: best.weights.slice(0, x.cols), c: best.weights.slice(x.cols), value: best.value };
}

function recorded(
  task: CheckTask,
  problem: PartialProblem,
  features: HeadComparator,
  point: PointSums,
  spectrum: HeadSpectrum,
  phase: RecordedPoint["phase"],
  count: number,
): RecordedPoint {
  const { epsilon } = task.settings;
  const found = assess(problem, point, spectrum, { linear: task.linear, features }, epsilon);
  const sides = ({ left, right, holds }: { left: number; right: number; holds: boolean }) => ({ left, right, holds });
  return {
    phase,
    count,
    value: point.value,
    gap: found.gap,
    gradientNorm: point.gradientNorm,
    lambdaMin: spectrum.lambdaMin,
    wNorm: norm(point.w),
    vNorm: norm(point.V.data),
    epsilon: found.epsilon,
    stationary: found.stationary,
    theorem1: found.theorem1 && sides(found.theorem1),
    theorem2: sides(found.theorem2),
    theorem3: found.theorem3 && sides(found.theorem3),
    certificate: sides(found.certificate),
    features: { ...sides(found.features), value: features.value },
  };
}

/** Whether a descent has come as far as it can, or far enough: where the infimum lies at infinity, there is no end. */
function isOver(
  { converged, stalled, iterations, point, spectrum }: DescentState,
  { epsilon }: CheckSettings,
): boolean {
  const enough = point.gradientNorm <= epsilon && spectrum.lambdaMin >= -epsilon;
  return converged || stalled || iterations >= MOST_DESCENT_STEPS || iterations >= PATIENCE && enough;
}

const descentOptions = ({ epsilon }: CheckSettings) => ({
  gradient: epsilon * BELOW_EPSILON,
  curvature: epsilon * BELOW_EPSILON * 100,
});

/** Powers of two: 1, 2, 4, ... */
const isMilestone = (count: number): boolean => count > 0 && (count & (count - 1)) === 0;
