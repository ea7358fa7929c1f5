import { bestLinear, type LinearBaseline } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { Head, HeadObjective } from "../landscape/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import { initialise, joinParts, type Network, splitParts } from "../nn/mod.ts";
import type { Examples } from "../objective/mod.ts";
import { key } from "../random/mod.ts";
import { dot, matrix, type Vector } from "../tensor/mod.ts";

/** The places where a run of a check may start, and what each is. */
export const STARTS = {
  default: "w and V uniform in ±1/sqrt(fan-in), as theta",
  "zero-w": "w = 0 exactly, V random: the case of Theorem 2",
  zero: "w = 0 and V = 0",
  large: "w and V ten times the default, halved until F is finite",
  adversarial: "a strict saddle: w = 0 and V = -s r'/||r||², where the gradient over (w, V) is 0",
} as const;

/** The name of a start. */
export type StartName = keyof typeof STARTS;

/** How much larger than by default the large start is. */
const LARGE = 10;

/** Losses beyond this overflow in the squares that gradients and spectra need. */
const LARGEST_VALUE = 1e100;

/**
 * The point where a run of a check starts. Runs of one seed share theta, whatever their start.
 *
 * @param net The network.
 * @param seed The seed of the run.
 * @param start Which start.
 * @param headObjectiveAt F_theta for a point, which the large and the adversarial start are computed from.
 * @returns The parameters, in the network's layout.
 * @throws {RangeError} If the seed is not a safe integer.
 * @example w and V vanish, theta does not
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network, splitParts } from "@resland/resland/nn";
 * const net = network(2, dense(2, 3));
 * const point = startPoint(net, 1, "zero", () => { throw new Error("not needed"); });
 * assertEquals(splitParts(net, point).V, new Float64Array(6));
 * ```
 */
export function startPoint(
  net: Network,
  seed: number,
  start: StartName,
  headObjectiveAt: (params: Vector) => HeadObjective,
): Vector {
  const random = initialise(net, key(seed));
  const zero = { w: new Float64Array(net.outputs * net.d), V: new Float64Array(net.d * net.k) };
  switch (start) {
    case "default":
      return random;
    case "zero-w":
      return withParts(net, random, { w: zero.w });
    case "zero":
      return withParts(net, random, zero);
    case "large": {
      using objective = headObjectiveAt(random);
      let scale = LARGE;
      let params = initialise(net, key(seed), { scale });
      while (scale > 1 && !(objective.at(headOf(net, params)).value < LARGEST_VALUE)) {
        scale /= 2;
        params = initialise(net, key(seed), { scale });
      }
      return params;
    }
    case "adversarial": {
      using objective = headObjectiveAt(random);
      return withParts(net, random, { ...zero, V: saddle(objective) });
    }
  }
}

/**
 * The start at the best linear predictor: W is its weights, V = 0, theta random.
 *
 * @param net The network.
 * @param seed Where theta comes from; the same as in {@linkcode startPoint}.
 * @param linear The best linear predictor.
 * @returns The parameters, in the network's layout.
 * @throws {RangeError} If the seed is not a safe integer.
 * @example It predicts what the linear predictor predicts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, splitParts, squared } from "@resland/resland";
 * const linear = bestLinear(await loadKernels("simd"), squared, { x: matrix(2, 1, [1, 2]), y: Float64Array.of(2, 4) });
 * const net = network(1, dense(1, 2));
 * const { w, V } = splitParts(net, linearStart(net, 1, linear));
 * assertEquals([w, V], [linear.weights, new Float64Array(2)]);
 * ```
 */
export function linearStart(net: Network, seed: number, { weights }: Pick<LinearBaseline, "weights">): Vector {
  return withParts(net, initialise(net, key(seed)), { w: weights, V: new Float64Array(net.d * net.k) });
}

/**
 * The weights of the best constant predictor, on the first column of x where that is the intercept; 0 where the first column varies.
 *
 * @param kernels The kernels to compute with.
 * @param loss The loss.
 * @param examples Inputs [n, d] and targets [n, m].
 * @returns The weights [m, d].
 * @example The mean
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const examples = { x: matrix(2, 2, [1, -1, 1, 1]), y: Float64Array.of(1, 2) };
 * assertAlmostEquals(constantWeights(await loadKernels("simd"), squared, examples)[0], 1.5);
 * ```
 */
export function constantWeights(kernels: Kernels, loss: AnyLoss, { x, y, weights }: Examples): Vector {
  const m = y.length / x.rows;
  const out = new Float64Array(m * x.cols);
  for (let i = 0; i < x.rows; i++) if (x.data[i * x.cols] !== 1) return out;
  const ones = { x: matrix(x.rows, 1, new Float64Array(x.rows).fill(1)), y, ...weights && { weights } };
  bestLinear(kernels, loss, ones).weights.forEach((weight, a) => out[a * x.cols] = weight);
  return out;
}

/** The parameters with other W and V. */
const withParts = (net: Network, params: Vector, parts: { readonly w?: Vector; readonly V?: Vector }): Vector =>
  joinParts(net, { ...splitParts(net, params), ...parts });

/** `V = -s r'/||r||²`, so that at w = 0 the gradient `(s + V r, w r')` vanishes; 0 when r = 0, where it takes s = 0. */
function saddle(objective: HeadObjective): Vector {
  const { d, k } = objective;
  const { S: { data: s }, R: { data: r } } = objective.at({
    W: matrix(1, d, new Float64Array(d)),
    V: matrix(d, k, new Float64Array(d * k)),
  });
  const square = dot(r, r);
  const V = new Float64Array(d * k);
  if (square > 0) { for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) V[i * k + j] = -s[i] * r[j] / square; }
  return V;
}

/**
 * The (W, V) part of a flat vector of a network.
 *
 * @param net The network that the vector belongs to.
 * @param params The flat vector [size].
 * @returns Copies of W [m, d] and V [d, k].
 * @throws {ShapeError} If the vector does not have the network's size.
 * @example w and V of the flat vector
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * const { W, V } = headOf(network(1, dense(1, 1)), Float64Array.of(5, 6, 0, 0));
 * assertEquals([W.data[0], V.data[0]], [5, 6]);
 * ```
 */
export function headOf(net: Network, params: Vector): Head {
  const { w, V } = splitParts(net, params);
  return { W: matrix(net.outputs, net.d, w), V: matrix(net.d, net.k, V) };
}
