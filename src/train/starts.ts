import type { Head, HeadObjective } from "../landscape/mod.ts";
import { initialParameters, joinParts, type Network, partsOf } from "../nn/mod.ts";
import { fold, type Key, key, uniform } from "../random/mod.ts";
import { dot, matrix, type Vector } from "../tensor/mod.ts";

/** The places where a run may start, and what each is. */
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
 * The key that everything random in the training of a run comes from.
 *
 * @param seed The seed of the run.
 * @param start Which start.
 * @returns The key.
 * @throws {RangeError} If the seed is not a safe integer.
 * @example Starts of one seed have keys of their own
 * ```ts
 * import { assertNotEquals } from "@std/assert";
 * assertNotEquals(runKey(1, "zero"), runKey(1, "large"));
 * ```
 */
export function runKey(seed: number, start: StartName): Key {
  return fold(key(seed), start);
}

/**
 * The point where a run starts. Runs of one seed share theta, whatever their start.
 *
 * @param net The network.
 * @param seed The seed of the run.
 * @param start Which start.
 * @param headObjectiveAt F_theta for a point, which the adversarial start is computed from.
 * @returns The parameters, in the network's layout.
 * @throws {RangeError} If the seed is not a safe integer.
 * @example w and V vanish, theta does not
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network, partsOf } from "@resland/resland/nn";
 * const net = network(2, dense(2, 3));
 * const point = startPoint(net, 1, "zero", () => { throw new Error("not needed"); });
 * assertEquals(partsOf(net, point).V, new Float64Array(6));
 * ```
 */
export function startPoint(
  net: Network,
  seed: number,
  start: StartName,
  headObjectiveAt: (params: Vector) => HeadObjective,
): Vector {
  const root = key(seed);
  const { d, k } = net;
  const theta = initialParameters(fold(root, "theta"), net.body, net.d);
  const spread = (name: string, length: number, width: number, factor: number) =>
    uniform(fold(root, name), length, { low: -factor / Math.sqrt(width), high: factor / Math.sqrt(width) });
  const random = (factor: number) => ({ w: spread("w", d, d, factor), V: spread("V", d * k, k, factor), theta });
  const zero = { w: new Float64Array(d), V: new Float64Array(d * k), theta };
  switch (start) {
    case "default":
      return joinParts(net, random(1));
    case "zero-w":
      return joinParts(net, { ...random(1), w: zero.w });
    case "zero":
      return joinParts(net, zero);
    case "large": {
      using objective = headObjectiveAt(joinParts(net, zero));
      let factor = LARGE;
      let point = joinParts(net, random(factor));
      while (factor > 1 && !(objective.at(headOf(net, point)).value < LARGEST_VALUE)) {
        factor /= 2;
        point = joinParts(net, random(factor));
      }
      return point;
    }
    case "adversarial": {
      using objective = headObjectiveAt(joinParts(net, zero));
      return joinParts(net, { ...zero, V: saddleOf(objective) });
    }
  }
}

/** `V = -s r'/||r||²`, so that at w = 0 the gradient `(s + V r, w r')` vanishes; 0 when r = 0, where it takes s = 0. */
function saddleOf(objective: HeadObjective): Vector {
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
  const { w, V } = partsOf(net, params);
  return { W: matrix(net.outputs, net.d, w), V: matrix(net.d, net.k, V) };
}
