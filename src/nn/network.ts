import { ShapeError } from "../tensor/mod.ts";
import type { Layer, Parameter } from "./layer.ts";
import { countOf, outputWidth, parametersOf } from "./parameters.ts";

/**
 * The residual network `p = W (x + V f_theta(x))` as plain data: x in R^d, f_theta any layer tree with k outputs,
 * V [d, k], W [outputs, d] (one row: the `w` of the theorems).
 */
export interface Network {
  /** Width of the input x, the intercept column included. */
  readonly d: number;
  /** Width of f_theta's output. */
  readonly k: number;
  /** Rows of W: 1 for one prediction per row. */
  readonly outputs: number;
  /** The layer tree f_theta. */
  readonly theta: Layer;
  /** Every parameter, in the order of the flat vector: W, V, then theta's. */
  readonly parameters: readonly Parameter[];
  /** Length of the flat vector. */
  readonly size: number;
}

/**
 * The network `p = W (x + V f_theta(x))` around a layer tree.
 *
 * @param d Width of the input x.
 * @param theta The layer tree; it reads x.
 * @param options `outputs`: rows of W (default 1).
 * @returns The network, as plain frozen data.
 * @throws {ShapeError} If theta does not read d columns, or does not fit itself.
 * @throws {RangeError} If a width is not a whole number above 0.
 * @example Eleven inputs through thirty-two tanh units
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense } from "@resland/resland/nn";
 * const net = network(11, chain(dense(11, 32), activation("tanh")));
 * assertEquals([net.k, net.size], [32, 11 + 11 * 32 + 12 * 32]);
 * ```
 */
export function network(d: number, theta: Layer, options: { readonly outputs?: number } = {}): Network {
  const { outputs = 1 } = options;
  if (!(Number.isSafeInteger(d) && d > 0 && Number.isSafeInteger(outputs) && outputs > 0)) {
    throw new RangeError(
      `Cannot make a network: widths must be whole numbers above 0, got d = ${d} and ${outputs} outputs`,
    );
  }
  const k = outputWidth(theta, d);
  const head: readonly Parameter[] = [
    { name: outputs === 1 ? "w" : "W", shape: outputs === 1 ? [d] : [outputs, d], offset: 0, length: outputs * d },
    { name: "V", shape: [d, k], offset: outputs * d, length: d * k },
  ];
  const parameters = [...head, ...parametersOf(theta, "theta", countOf(head))];
  return Object.freeze({ d, k, outputs, theta, parameters: Object.freeze(parameters), size: countOf(parameters) });
}

/** A flat vector taken apart; the parts are copies. */
export interface Parts {
  /** W [outputs, d], row after row. */
  readonly w: Float64Array;
  /** V [d, k], row after row. */
  readonly V: Float64Array;
  /** The parameters of f_theta. */
  readonly theta: Float64Array;
}

/**
 * The parts of a flat vector.
 *
 * @param net The network that the vector belongs to.
 * @param point The flat vector [size].
 * @returns Copies of W, V and theta.
 * @throws {ShapeError} If the vector does not have the network's size.
 * @example Taking apart and joining again
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense } from "@resland/resland/nn";
 * const net = network(2, dense(2, 1));
 * const point = Float64Array.from({ length: net.size }, (_, i) => i);
 * assertEquals(joinParts(net, partsOf(net, point)), point);
 * ```
 */
export function partsOf(net: Network, point: Float64Array): Parts {
  if (point.length !== net.size) throw new ShapeError("take a point apart", `[${net.size}]`, `[${point.length}]`);
  const [w, V] = net.parameters;
  return {
    w: point.slice(0, w.length),
    V: point.slice(V.offset, V.offset + V.length),
    theta: point.slice(V.offset + V.length),
  };
}

/**
 * The flat vector from its parts.
 *
 * @param net The network that the parts belong to.
 * @param parts W, V and theta.
 * @returns The flat vector [size].
 * @throws {ShapeError} If a part has the wrong length.
 * @example Zero everywhere
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense } from "@resland/resland/nn";
 * const net = network(1, dense(1, 1));
 * const zero = { w: new Float64Array(1), V: new Float64Array(1), theta: new Float64Array(2) };
 * assertEquals(joinParts(net, zero), new Float64Array(4));
 * ```
 */
export function joinParts(net: Network, parts: Parts): Float64Array {
  const [w, V] = net.parameters;
  const expected = [w.length, V.length, net.size - w.length - V.length];
  const actual = [parts.w.length, parts.V.length, parts.theta.length];
  if (expected.some((length, i) => length !== actual[i])) {
    throw new ShapeError("join the parts of a point", `[${expected}] for W, V, theta`, `[${actual}]`);
  }
  const point = new Float64Array(net.size);
  point.set(parts.w, 0);
  point.set(parts.V, V.offset);
  point.set(parts.theta, V.offset + V.length);
  return point;
}
