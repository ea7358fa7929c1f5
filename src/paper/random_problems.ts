import { ACTIVATION_CODES, type ActivationName } from "../kernels/mod.ts";
import { createPartialProblem, type HeadPoint, type PartialProblem, type PointSums } from "../landscape/mod.ts";
import { type Loss, LOSSES } from "../loss/mod.ts";
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
import type { Vector } from "../tensor/mod.ts";
import type { PaperContext } from "./types.ts";

/** A network on data, theta fixed. Dispose it to free its memory. */
export interface RandomProblem extends Disposable {
  /** The loss. */
  readonly loss: Loss;
  /** The network. */
  readonly net: Network;
  /** Inputs and targets. */
  readonly examples: Examples;
  /** theta, flat. */
  readonly theta: Vector;
  /** F_theta. */
  readonly problem: PartialProblem;
  /** Where further random numbers of this problem come from. */
  readonly key: Key;
}

const ACTIVATIONS = Object.keys(ACTIVATION_CODES) as ActivationName[];

/** f_theta of 1 to 3 layers, the later ones plain or residual. */
function thetaOf(d: number, k: number, depth: number, name: ActivationName, block: boolean): Layer {
  const later = chain(dense(k, k), activation(name));
  return chain(
    dense(d, k),
    activation(name),
    ...Array.from({ length: depth - 1 }, () => block ? residual(later) : later),
  );
}

/** Targets that a loss takes. */
function targetsOf(loss: Loss, draws: Vector): Vector {
  if (loss.target === "class") return draws.map((value) => value < 0 ? -1 : 1);
  return loss.name === "poisson" ? draws.map((value) => Math.floor(Math.abs(2 * value))) : draws;
}

/**
 * Problems over the whole grid: every loss of the library in turn, every activation, one to three layers, plain and
 * residual, 1 to 6 inputs, 1 to 8 features, 10 to 40 rows; the numbers are drawn from the seed.
 *
 * @param context Kernels and seed.
 * @param label What the problems are for: other labels, other numbers.
 * @param count How many.
 * @returns The problems, one at a time; each is disposed when the next one is asked for.
 * @example Two problems with different losses
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
 * assertEquals([...randomProblems(context, "example", 2)].map(({ loss }) => loss.name), ["squared", "logistic"]);
 * ```
 */
export function* randomProblems(
  { kernels, seed, losses = LOSSES }: PaperContext,
  label: string,
  count: number,
): Generator<RandomProblem> {
  for (let index = 0; index < count; index++) {
    const own = fold(fold(key(seed), label), index);
    const [forShape, forX, forY, forTheta, rest] = split(own, 5);
    const shape = uniform(forShape, 5);
    const pick = (at: number, low: number, high: number) => low + Math.floor(shape[at] * (high - low + 1));
    const [d, k, n, depth] = [pick(0, 1, 6), pick(1, 1, 8), pick(2, 10, 40), pick(3, 1, 3)];
    const loss = losses[index % losses.length];
    const name = ACTIVATIONS[Math.floor(index / losses.length) % ACTIVATIONS.length];
    const net = network(d, thetaOf(d, k, depth, name, shape[4] < 0.5));
    const theta = initialParameters(forTheta, net.theta);
    const examples = { x: { rows: n, cols: d, data: normal(forX, n * d) }, y: targetsOf(loss, normal(forY, n)) };
    using objective = createObjective(kernels, net, loss, examples);
    const zero = { w: new Float64Array(d), V: new Float64Array(d * k), theta };
    const f = objective.features(joinParts(net, zero));
    using problem = createPartialProblem(kernels, { ...examples, f, loss });
    yield { loss, net, examples, theta, problem, key: rest, [Symbol.dispose]: () => problem[Symbol.dispose]() };
  }
}

/**
 * The sums at a point, or null where F or its gradient leaves the numbers, as exp does at large predictions.
 *
 * @param problem F_theta.
 * @param point w [d] and V [d, k].
 * @returns The sums, finite.
 * @throws {ShapeError} If the point does not fit the problem.
 * @example NaN is no point
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * assertEquals(finiteSums(problem, { w: Float64Array.of(NaN), V: one }), null);
 * ```
 */
export function finiteSums(problem: PartialProblem, point: HeadPoint): PointSums | null {
  const sums = problem.at(point);
  return Number.isFinite(sums.value) && Number.isFinite(sums.gradientNorm) ? sums : null;
}

/**
 * A random (w, V) whose two parts have sizes from 1e-3 to 1e3, each on its own.
 *
 * @param from Where the randomness comes from.
 * @param problem Whose d and k.
 * @returns The point.
 * @example Its shapes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { key } from "@resland/resland/random";
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
 * for (const { problem, net } of randomProblems(context, "example", 1)) {
 *   const { w, V } = randomPoint(key(1), problem);
 *   assertEquals([w.length, V.rows, V.cols], [net.d, net.d, net.k]);
 * }
 * ```
 */
export function randomPoint(from: Key, { x, f }: PartialProblem): HeadPoint {
  const [forSizes, forW, forV] = split(from, 3);
  const [sizeW, sizeV] = uniform(forSizes, 2, { low: -3, high: 3 }).map((exponent) => 10 ** exponent);
  const [d, k] = [x.cols, f.cols];
  return {
    w: normal(forW, d).map((value) => sizeW * value / Math.sqrt(d)),
    V: { rows: d, cols: k, data: normal(forV, d * k).map((value) => sizeV * value / Math.sqrt(d * k)) },
  };
}
