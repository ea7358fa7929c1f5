import { bestLinear } from "../baseline/mod.ts";
import { GAP_TOLERANCE, measurePoint, type Yardsticks } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import {
  createHeadObjective,
  type DescentState,
  descentStep,
  type Evaluation,
  findDescent,
  type HeadObjective,
  isStationary,
  type LambdaMin,
  lambdaMin,
  smoothness,
  startDescent,
} from "../landscape/mod.ts";
import { joinParts, type Network, network, partsOf } from "../nn/mod.ts";
import { createObjective, type Objective } from "../objective/mod.ts";
import { type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { headOf, startPoint } from "./starts.ts";
import { train } from "./train.ts";
import type { CheckSettings, CheckTask, DescentEnd, RecordedPoint, RunName, RunResult } from "./check_types.ts";

/** How far below the epsilon asked for the descent aims: the gap at its end should be rounding, not epsilon. */
const BELOW_EPSILON = 1e-5;

/** Steps of the descent after which the epsilon asked for is enough. */
const PATIENCE = 100;

/** Most steps of the descent, where nobody says otherwise. */
const DESCENT_STEPS = 3000;

/**
 * One run of a check: from its start, SGD over all parameters, then trust-region descent over (w, V) to an epsilon-SOPSP; every
 * claim is measured at the start, after epochs 1, 2, 4, ... and the last, on the descent, and at its end.
 *
 * @param kernels The kernels to compute with.
 * @param task What all runs share.
 * @param name The seed and the start.
 * @returns A generator that yields the share of the work done after each epoch and descent step, and returns the run.
 * @throws {InternalFault} Where numbers contradict each other.
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
export function* checkRun(kernels: Kernels, task: CheckTask, name: RunName): Generator<number, RunResult> {
  const { settings, examples } = task;
  const net = network(examples.x.cols, settings.theta);
  using objective = createObjective(kernels, net, task.loss, examples);
  const freeze = (point: Vector) => fixTheta(kernels, task, objective, point);
  const start = startPoint(net, name.seed, name.start, (point) => freeze(point).objective);

  const points: RecordedPoint[] = [];
  // A point is recorded once its successor is there: the last one shares its sums with the descent.
  let next: Visit = { params: start, phase: "start", count: 0 };
  let [steps, diverged, epoch] = [0, false, 0];
  for (const trained of train(kernels, task, objective, name, start)) {
    epoch++;
    ({ steps, diverged } = trained);
    if (isMilestone(epoch) || epoch === settings.epochs || diverged) {
      points.push(recordVisit(task, net, next, freeze));
      next = { params: trained.params, phase: "train", count: epoch };
    }
    yield epoch / (settings.epochs + 1);
  }

  using head = freeze(next.params);
  const yardsticks = yardsticksOf(task, head);
  const record = (at: Evaluation, lambda: LambdaMin, phase: RecordedPoint["phase"], count: number) =>
    points.push({ phase, count, ...measurePoint(head.objective, at, lambda, yardsticks, settings.epsilon) });
  let [at, lambda] = [head.objective.at(headOf(net, next.params)), null as LambdaMin | null];
  let descent: RunResult["descent"] = { steps: 0, end: "none" };
  if (settings.descend) {
    let state = startDescent(head.objective, at, descentOptions(settings));
    record(state.point, state.lambda, next.phase, next.count);
    let end = endOf(head.objective, state, task);
    while (end === null) {
      state = descentStep(head.objective, state, descentOptions(settings));
      end = endOf(head.objective, state, task);
      if (end !== null || isMilestone(state.iterations)) {
        record(state.point, state.lambda, "descent", state.iterations);
      }
      yield 1 - 1 / (epoch + 2);
    }
    [at, lambda] = [state.point, state.lambda];
    descent = { steps: state.iterations, end };
  } else {
    lambda = lambdaMin(head.objective, at);
    record(at, lambda, next.phase, next.count);
  }
  const star = { A: matrix(1, net.d, task.linear.weights), C: null, value: task.linear.value };
  const wayDown = points.at(-1)!.standing === "above" ? findDescent(head.objective, at, lambda!, star) : null;
  return {
    ...name,
    steps,
    diverged,
    points,
    parameters: joinParts(net, { ...partsOf(net, next.params), w: at.W.data, V: at.V.data }),
    descent,
    escape: wayDown && { order: wayDown.order, value: wayDown.reached.value, drop: wayDown.drop },
  };
}

/** A point that is to be recorded. */
interface Visit extends Pick<RecordedPoint, "phase" | "count"> {
  readonly params: Vector;
}

/** F_theta at a point's theta, with the features that it is made of. */
interface FixedTheta extends Disposable {
  readonly objective: HeadObjective;
  readonly features: Matrix;
}

function fixTheta(kernels: Kernels, { examples, loss }: CheckTask, objective: Objective, params: Vector): FixedTheta {
  const features = objective.features(params);
  const head = createHeadObjective(kernels, { x: examples.x, y: examples.y, f: features, loss });
  return { objective: head, features, [Symbol.dispose]: () => head[Symbol.dispose]() };
}

function recordVisit(
  task: CheckTask,
  net: Network,
  { params, phase, count }: Visit,
  freeze: (point: Vector) => FixedTheta,
): RecordedPoint {
  using head = freeze(params);
  const at = head.objective.at(headOf(net, params));
  const lambda = lambdaMin(head.objective, at);
  return { phase, count, ...measurePoint(head.objective, at, lambda, yardsticksOf(task, head), task.settings.epsilon) };
}

/** The best linear predictor on x, and on `[x f_theta(x)]`. */
function yardsticksOf({ linear, examples: { x, y }, loss, settings }: CheckTask, head: FixedTheta): Yardsticks {
  const examples = { x, beside: head.features, y };
  return { linear, featureOptimum: bestLinear(head.objective.kernels, loss, examples, { radius: settings.radius }) };
}

/** Why a descent is over; null while it goes on. Where the infimum lies at infinity it has no end, and patience ends it. */
function endOf(
  objective: HeadObjective,
  { converged, stalled, iterations, point, lambda }: DescentState,
  { settings: { epsilon, descentSteps = DESCENT_STEPS }, linear }: CheckTask,
): DescentEnd | null {
  if (converged) return "converged";
  if (stalled) return "stalled";
  // Stationary, but above linear: only to epsilon, and there is a way on.
  const above = linear.attained && point.value - linear.value > GAP_TOLERANCE * Math.abs(point.value);
  const settled = () =>
    !above && lambda.upper > -epsilon &&
    isStationary({ gradientNorm: point.gradientNorm, lambda, mu2: smoothness(objective, point).mu2 }, epsilon);
  if (iterations >= PATIENCE && point.gradientNorm <= epsilon && settled()) return "stationary";
  return iterations >= descentSteps ? "out-of-steps" : null;
}

const descentOptions = ({ epsilon, descentSteps = DESCENT_STEPS }: CheckSettings) => ({
  gradient: epsilon * BELOW_EPSILON,
  curvature: epsilon * BELOW_EPSILON * 100,
  iterations: descentSteps,
});

/** Powers of two: 1, 2, 4, ... */
const isMilestone = (count: number): boolean => count > 0 && (count & (count - 1)) === 0;
