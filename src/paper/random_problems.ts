import { ACTIVATION_CODES, type ActivationName } from "../kernels/mod.ts";
import { createHeadObjective, type Evaluation, type Head, type HeadObjective } from "../landscape/mod.ts";
import { type AnyLoss, isJoint, JOINT_LOSSES, LOSSES } from "../loss/mod.ts";
import {
  activation,
  chain,
  dense,
  initialParameters,
  joinParts,
  type Layer,
  type Network,
  network,
  residual,
} from "../nn/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal, split, uniform } from "../random/mod.ts";
import { type Matrix, multiply, type Vector } from "../tensor/mod.ts";
import type { PaperContext } from "./types.ts";

/** A network on data, theta fixed. Dispose it to free its memory. */
export interface RandomProblem extends Disposable {
  /** The loss. */
  readonly loss: AnyLoss;
  /** The network. */
  readonly net: Network;
  /** Inputs [n, d] and targets [n, m]. */
  readonly examples: Examples;
  /** f_theta(x) [n, k]. */
  readonly features: Matrix;
  /** theta, flat. */
  readonly theta: Vector;
  /** F_theta. */
  readonly objective: HeadObjective;
  /** Where further random numbers of this problem come from. */
  readonly key: Key;
}

/** Which shapes problems may have. */
export interface ProblemShapes {
  /** The least number of inputs (default 1). */
  readonly inputs?: number;
  /** The most outputs with d inputs, at least 1 (default: one output, and no softmax, which needs two). */
  readonly outputs?: (d: number) => number;
  /** Whether classes are those of a linear predictor, so that others tell them apart and `inf F_lin` is not attained (default false). */
  readonly separable?: boolean;
}

const ACTIVATIONS = Object.keys(ACTIVATION_CODES) as ActivationName[];

/** f_theta of 1 to 3 layers, the later ones plain or residual. */
function bodyOf(d: number, k: number, depth: number, name: ActivationName, block: boolean): Layer {
  const later = chain(dense(k, k), activation(name));
  return chain(
    dense(d, k),
    activation(name),
    ...Array.from({ length: depth - 1 }, () => block ? residual(later) : later),
  );
}

/**
 * How many problems a statement is checked on: each loss with each activation once when quick, ten times in the full run.
 *
 * @param context Whether to be quick.
 * @returns The number.
 * @example Seven losses, softmax among them, and nine activations
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([problemCount({ quick: true }), problemCount({ quick: false })], [63, 630]);
 * ```
 */
export function problemCount({ quick }: Pick<PaperContext, "quick">): number {
  return (quick ? 1 : 10) * (LOSSES.length + JOINT_LOSSES.length) * ACTIVATIONS.length;
}

/** Targets [n, m] that a loss takes. */
function targetsOf(loss: AnyLoss, draws: Vector, m: number): Vector {
  if (isJoint(loss)) return unitsOfLargest(draws, m);
  if (loss.target === "class") return draws.map((value) => value < 0 ? -1 : 1);
  const counts = loss.targetProblem(-1) !== null;
  return counts ? draws.map((value) => Math.floor(Math.abs(2 * value))) : draws;
}

/** Each row as the unit vector of its largest entry. */
function unitsOfLargest(draws: Vector, m: number): Vector {
  const data = new Float64Array(draws.length);
  for (let from = 0; from < draws.length; from += m) {
    const row = draws.subarray(from, from + m);
    data[from + row.indexOf(Math.max(...row))] = 1;
  }
  return data;
}

/**
 * Problems over the whole grid: every loss of the library in turn, every activation, one to three layers, plain and
 * residual, 1 to 6 inputs, 1 to 8 features, 10 to 40 rows, one output or several; the numbers are drawn from the seed.
 *
 * @param context Kernels and seed.
 * @param label What the problems are for: other labels, other numbers.
 * @param count How many.
 * @param shapes Least inputs and most outputs.
 * @returns The problems, one at a time; each is disposed when the next one is asked for.
 * @example Two problems with different losses, and one with softmax
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
 * assertEquals([...randomProblems(context, "example", 2)].map(({ loss }) => loss.name), ["squared", "logistic"]);
 * const { loss, net } = [...randomProblems(context, "example", 7, { outputs: (d) => d })][6];
 * assert(loss.name === "softmax" && net.outputs >= 2 && net.outputs <= net.d);
 * ```
 */
export function* randomProblems(
  { kernels, seed, losses }: PaperContext,
  label: string,
  count: number,
  { inputs = 1, outputs, separable = false }: ProblemShapes = {},
): Generator<RandomProblem> {
  const grid: readonly AnyLoss[] = losses ?? (outputs ? [...LOSSES, ...JOINT_LOSSES] : LOSSES);
  for (let index = 0; index < count; index++) {
    const own = fold(fold(key(seed), label), index);
    const [forShape, forX, forY, forTheta, rest] = split(own, 5);
    const shape = uniform(forShape, 5);
    const pick = (at: number, low: number, high: number) => low + Math.floor(shape[at] * (high - low + 1));
    const loss = grid[index % grid.length];
    let [d, k, n, depth] = [pick(0, inputs, 6), pick(1, 1, 8), pick(2, 10, 40), pick(3, 1, 3)];
    const most = outputs ?? (() => 1);
    while (isJoint(loss) && most(d) < 2) d++;
    const least = isJoint(loss) ? 2 : 1;
    const m = least + Math.floor(uniform(fold(own, "outputs"), 1)[0] * (most(d) - least + 1));
    const name = ACTIVATIONS[Math.floor(index / grid.length) % ACTIVATIONS.length];
    const net = network(d, bodyOf(d, k, depth, name, shape[4] < 0.5), { outputs: m });
    const theta = initialParameters(forTheta, net.body, net.d);
    const x = { rows: n, cols: d, data: normal(forX, n * d) };
    const draws = separable ? multiply(x, { rows: d, cols: m, data: normal(forY, d * m) }).data : normal(forY, n * m);
    const examples = { x, y: targetsOf(loss, draws, m) };
    using whole = createObjective(kernels, net, loss, examples);
    const features = whole.features(joinParts(net, { w: new Float64Array(m * d), V: new Float64Array(d * k), theta }));
    using objective = createHeadObjective(kernels, { ...examples, f: features, loss });
    const dispose = () => objective[Symbol.dispose]();
    yield { loss, net, examples, features, theta, objective, key: rest, [Symbol.dispose]: dispose };
  }
}

/**
 * The sums at a point, or null where F or its gradient is not a finite number, as exp makes them at large predictions.
 *
 * @param objective F_theta.
 * @param head W [m, d] and V [d, k].
 * @returns The sums, finite.
 * @throws {ShapeError} If the head does not fit the objective.
 * @example NaN is no point
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createHeadObjective, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * assertEquals(finiteEvaluation(objective, { W: matrix(1, 1, [NaN]), V: one }), null);
 * ```
 */
export function finiteEvaluation(objective: HeadObjective, head: Head): Evaluation | null {
  const evaluation = objective.at(head);
  return Number.isFinite(evaluation.value) && Number.isFinite(evaluation.gradientNorm) ? evaluation : null;
}

/**
 * A random (W, V) whose two parts have sizes from 1e-3 to 1e3, each on its own.
 *
 * @param from Where the randomness comes from.
 * @param objective Whose m, d and k.
 * @returns The point.
 * @example Its shapes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { key } from "@resland/resland/random";
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
 * for (const { objective, net } of randomProblems(context, "example", 1)) {
 *   const { W, V } = randomHead(key(1), objective);
 *   assertEquals([W.rows, W.cols, V.rows, V.cols], [1, net.d, net.d, net.k]);
 * }
 * ```
 */
export function randomHead(from: Key, { outputs: m, d, k }: HeadObjective): Head {
  const [forSizes, forW, forV] = split(from, 3);
  const [sizeW, sizeV] = uniform(forSizes, 2, { low: -3, high: 3 }).map((exponent) => 10 ** exponent);
  const part = (own: Key, rows: number, cols: number, size: number): Matrix => ({
    rows,
    cols,
    data: normal(own, rows * cols).map((value) => size * value / Math.sqrt(rows * cols)),
  });
  return { W: part(forW, m, d, sizeW), V: part(forV, d, k, sizeV) };
}
