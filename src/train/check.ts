import { bestLinear } from "../baseline/mod.ts";
import { measurePoint, type Yardsticks } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { createHeadObjective, type Evaluation, type HeadObjective, lambdaMin } from "../landscape/mod.ts";
import { joinParts, splitParts } from "../nn/mod.ts";
import { createObjective, type Objective, onlyExamples } from "../objective/mod.ts";
import { chain, penalty, projectToBall } from "../optim/mod.ts";
import { fold, key } from "../random/mod.ts";
import type { Matrix, Vector } from "../tensor/mod.ts";
import { wayDown } from "./_way_down.ts";
import type { CheckEvent, CheckTask, RecordedPoint, RunName, RunResult } from "./check_types.ts";
import { descend, type DescentVisit } from "./check_descent.ts";
import { createSgd, sgdEpochs } from "./sgd.ts";
import { headOf, startPoint } from "./starts.ts";

/**
 * One run of a check: from its start, SGD over all parameters, then trust-region descent over (w, V) to an epsilon-SOPSP; every
 * claim is measured at the start, after epochs 1, 2, 4, ... and the last, on the descent, and at its end.
 *
 * @param kernels The kernels to compute with.
 * @param task What all runs share.
 * @param name The seed and the start.
 * @returns A generator: yields after each epoch and descent step; and
 * returns the run.
 * @throws {InternalFault} Where numbers contradict each other.
 * @example One short run
 * ```ts
 * import { assert } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const settings = {
 *   epochs: 2, batch: 3, learningRate: 0.1, epsilon: 1e-6, descend: true, dtype: "f64", radius: 100, penalty: null, ball: null,
 * } as const;
 * const linear = bestLinear(kernels, squared, examples);
 * const task = { net: network(2, dense(2, 2)), loss: squared, examples, linear, settings };
 * const run = checkRun(kernels, task, { seed: 1, start: "default" });
 * let step = run.next();
 * while (!step.done) step = run.next();
 * assert(step.value.points.at(-1)!.stationary);
 * ```
 */
export function* checkRun(kernels: Kernels, task: CheckTask, name: RunName): Generator<CheckEvent, RunResult> {
  const { net, loss, examples, linear } = task;
  using objective = createObjective(kernels, net, loss, examples);
  const fixedAt = (params: Vector) => fixTheta(kernels, task, objective, params);
  const start = startPoint(net, name.seed, name.start, (params) => fixedAt(params).objective);
  const trained = yield* trainAndRecord(kernels, task, name, start, objective);
  using fixed = fixedAt(trained.last.params);
  const settled = yield* settleAndRecord(task, fixed, trained.last);
  const points = [...trained.points, ...settled.points];
  const { at, lambda, descent } = settled;
  const escape = wayDown(fixed.objective, at, lambda, points.at(-1)!, linear);
  return {
    ...name,
    steps: trained.steps,
    diverged: trained.diverged,
    points,
    params: joinParts(net, { ...splitParts(net, trained.last.params), w: at.W.data, V: at.V.data }),
    descent,
    escape: escape && { order: escape.order, value: escape.reached.value, drop: escape.drop },
  };
}

/** A point that is to be recorded. */
interface Visit extends Pick<RecordedPoint, "phase" | "count"> {
  readonly params: Vector;
}

/** SGD, and what was recorded before its last visit: that one shares its sums with the descent. */
interface Trained {
  readonly points: readonly RecordedPoint[];
  readonly last: Visit;
  readonly steps: number;
  readonly diverged: boolean;
}

/** SGD from a start; the start, epochs 1, 2, 4, ... and the last are visited. */
function* trainAndRecord(
  kernels: Kernels,
  task: CheckTask,
  { seed, start }: RunName,
  params: Vector,
  objective: Objective,
): Generator<CheckEvent, Trained> {
  const { net, settings } = task;
  const head = { length: net.d + net.d * net.k };
  const order = fold(fold(key(seed), start), "order");
  using sgd = createSgd(
    kernels,
    { ...task, order },
    (update) => chain(penalty(settings.penalty ?? 0, head), update, projectToBall(settings.ball ?? Infinity, head)),
  );
  const points: RecordedPoint[] = [];
  let [last, steps, diverged]: [Visit, number, boolean] = [{ params, phase: "start", count: 0 }, 0, false];
  const from = { state: sgd.trainer.start(params), epoch: 0 };
  const lossAt = (reached: Vector) => ({ training: objective.value(reached) });
  for (const { epoch, state, ...found } of sgdEpochs(sgd.trainer, from, settings.epochs, lossAt)) {
    [steps, diverged] = [state.step, found.diverged];
    if (isMilestone(epoch) || epoch === settings.epochs || diverged) {
      points.push(recordVisit(kernels, task, objective, last));
      last = { params: state.params, phase: "train", count: epoch };
    }
    yield { kind: "epoch", share: epoch / (settings.epochs + 1) };
  }
  return { points, last, steps, diverged };
}

/** Where a run ended over (W, V), and what was recorded since its last visit. */
interface Settled extends Pick<DescentVisit, "at" | "lambda">, Pick<RunResult, "points" | "descent"> {}

/** Descends over (W, V) from the last visit, theta fixed; without a descent, the last visit is the end. */
function* settleAndRecord(
  { net, settings, linear }: CheckTask,
  fixed: FixedTheta,
  last: Visit,
): Generator<CheckEvent, Settled> {
  const points: RecordedPoint[] = [];
  const yardsticks = yardsticksAt(fixed, linear, settings.radius);
  const record = ({ at, lambda }: Pick<DescentVisit, "at" | "lambda">, phase: RecordedPoint["phase"], count: number) =>
    points.push({ phase, count, ...measurePoint(fixed.objective, at, lambda, yardsticks, settings.epsilon) });
  const at = fixed.objective.at(headOf(net, last.params));
  if (!settings.descend) {
    const end = { at, lambda: lambdaMin(fixed.objective, at) };
    record(end, last.phase, last.count);
    return { ...end, points, descent: { steps: 0, end: "none" } };
  }
  let visit: DescentVisit | null = null;
  for (visit of descend(fixed.objective, at, settings, linear)) {
    const { steps, end } = visit;
    if (steps === 0) record(visit, last.phase, last.count);
    else if (end !== null || isMilestone(steps)) record(visit, "descent", steps);
    if (end === null) yield { kind: "settle", share: settings.epochs / (settings.epochs + 1) };
  }
  const { steps, end, ...reached } = visit!;
  return { ...reached, points, descent: { steps, end: end! } };
}

/** F_theta at a point's theta, with the features that it is made of. */
interface FixedTheta extends Disposable {
  readonly objective: HeadObjective;
  readonly examples: CheckTask["examples"] & { readonly beside: Matrix };
}

function fixTheta(
  kernels: Kernels,
  { examples, loss }: CheckTask,
  objective: Objective,
  params: Vector,
): FixedTheta {
  const f = objective.features(params);
  const head = createHeadObjective(kernels, { ...onlyExamples(examples), f, loss });
  return {
    objective: head,
    examples: { ...onlyExamples(examples), beside: f },
    [Symbol.dispose]: () => head[Symbol.dispose](),
  };
}

function recordVisit(
  kernels: Kernels,
  task: CheckTask,
  objective: Objective,
  { params, phase, count }: Visit,
): RecordedPoint {
  const { net, linear, settings: { radius, epsilon } } = task;
  using fixed = fixTheta(kernels, task, objective, params);
  const at: Evaluation = fixed.objective.at(headOf(net, params));
  const lambda = lambdaMin(fixed.objective, at);
  return { phase, count, ...measurePoint(fixed.objective, at, lambda, yardsticksAt(fixed, linear, radius), epsilon) };
}

/** The best linear predictor on x, and on `[x f_theta(x)]`. */
function yardsticksAt(
  { objective: { kernels, loss }, examples }: FixedTheta,
  linear: CheckTask["linear"],
  radius: number,
): Yardsticks {
  return { linear, featureOptimum: bestLinear(kernels, loss, examples, { radius }) };
}

/** Powers of two: 1, 2, 4, ... */
const isMilestone = (count: number): boolean => count > 0 && (count & (count - 1)) === 0;
