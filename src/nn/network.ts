import { fold, type Key, uniform } from "../random/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";
import { checkedLayer } from "./_built_in.ts";
import { joined } from "./_rows.ts";
import type { Layer, Parameter } from "./layer.ts";
import { countParameters, initialParameters, listParameters } from "./parameters.ts";

/** `residual-to-output`: `p = W (x + V f_theta(x))`, which the theorems are about; `plain`: `p = W f_theta(x)`, without the skip. */
export type NetworkKind = "residual-to-output" | "plain";

/**
 * A network as a value: x in R^d, f_theta any layer tree with k outputs. `residual-to-output` is
 * `p = W (x + V f_theta(x))` with V [d, k], W [outputs, d] (one row: the `w` of the theorems); `plain` is `p = W f_theta(x)`
 * with W [outputs, k].
 */
export interface Network {
  /** With the skip from x to the output, or without. */
  readonly kind: NetworkKind;
  /** Width of the input x, the intercept column included. */
  readonly d: number;
  /** Width of f_theta's output. */
  readonly k: number;
  /** Rows of W: 1 for one prediction per row. */
  readonly outputs: number;
  /** The layer tree f_theta. */
  readonly body: Layer;
  /** Every parameter, in the order of the flat vector: W, V (of a residual network), then the body's. */
  readonly parameters: readonly Parameter[];
  /** Length of the flat vector. */
  readonly size: number;
}

/** The settings of {@linkcode network}. */
export interface NetworkOptions {
  /** Rows of W (default 1). */
  readonly outputs?: number;
  /** With the skip or without (default `residual-to-output`). */
  readonly kind?: NetworkKind;
}

/**
 * The network around a layer tree.
 *
 * @param d Width of the input x.
 * @param body The layer tree f_theta; it reads x.
 * @param options Rows of W, and the kind.
 * @returns The network, frozen.
 * @throws {ShapeError} If the body does not read d columns, or does not fit itself.
 * @throws {RangeError} If a width is not a whole number above 0, or a layer of your own has the type of a built-in one.
 * @throws {TypeError} If the body is a layer's data without its functions, as messages between threads leave it.
 * @example Eleven inputs through thirty-two tanh units, with the skip and without
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense } from "@resland/resland/nn";
 * const body = chain(dense(11, 32), activation("tanh"));
 * assertEquals(network(11, body).size, 11 + 11 * 32 + 12 * 32);
 * assertEquals(network(11, body, { kind: "plain" }).size, 32 + 12 * 32);
 * ```
 */
export function network(d: number, body: Layer, options: NetworkOptions = {}): Network {
  const { outputs = 1, kind = "residual-to-output" } = options;
  if (!(Number.isSafeInteger(d) && d > 0 && Number.isSafeInteger(outputs) && outputs > 0)) {
    throw new RangeError(
      `Cannot make a network: widths must be whole numbers above 0, got d = ${d} and ${outputs} outputs`,
    );
  }
  if (typeof body.outputWidth !== "function") {
    throw new TypeError("Cannot make a network: the body is data without functions; make the layer with layerFromJson");
  }
  const k = checkedLayer(body).outputWidth(d);
  const name = outputs === 1 ? "w" : "W";
  const width = kind === "plain" ? k : d;
  const w = { name, shape: outputs === 1 ? [width] : [outputs, width], offset: 0, length: outputs * width };
  const V = { name: "V", shape: [d, k], offset: w.length, length: d * k };
  const head: readonly Parameter[] = kind === "plain" ? [w] : [w, V];
  const parameters = Object.freeze([...head, ...listParameters(body, d, "theta", countParameters(head))]);
  return Object.freeze({ kind, d, k, outputs, body, parameters, size: countParameters(parameters) });
}

/** The settings of {@linkcode initialise}. */
export interface InitialiseOptions {
  /** How far W and V reach, in units of the usual reach (default 1). */
  readonly scale?: number;
}

/**
 * Random parameters to start from: W and V uniform in `±scale/sqrt(columns)`, the body as its layers initialise themselves.
 *
 * @param net The network.
 * @param key Same key, same parameters.
 * @param options `scale`: how far W and V reach (default 1).
 * @returns The flat vector [size].
 * @example As many as the network has
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * import { dense, network } from "@resland/resland/nn";
 * const net = network(2, dense(2, 3));
 * assertEquals(initialise(net, key(1)).length, net.size);
 * ```
 */
export function initialise(net: Network, key: Key, { scale = 1 }: InitialiseOptions = {}): Vector {
  const { d, k, outputs, kind, body } = net;
  const draw = (name: string, rows: number, columns: number) => {
    const bound = scale / Math.sqrt(columns);
    return uniform(fold(key, name), rows * columns, { low: -bound, high: bound });
  };
  const head = kind === "plain" ? [draw("w", outputs, k)] : [draw("w", outputs, d), draw("V", d, k)];
  return joined([...head, initialParameters(fold(key, "theta"), body, d)]);
}

/** The parts of a flat vector, copied. */
export interface Parts {
  /** W, row after row: [outputs, d] of a residual network, [outputs, k] of a plain one. */
  readonly w: Float64Array;
  /** V [d, k], row after row; empty of a plain network. */
  readonly V: Float64Array;
  /** The parameters of f_theta. */
  readonly theta: Float64Array;
}

/**
 * The parts of a flat vector.
 *
 * @param net The network that the vector belongs to.
 * @param params The flat vector [size].
 * @returns Copies of W, V and theta.
 * @throws {ShapeError} If the vector does not have the network's size.
 * @example Split and joined again
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense } from "@resland/resland/nn";
 * const net = network(2, dense(2, 1));
 * const params = Float64Array.from({ length: net.size }, (_, i) => i);
 * assertEquals(joinParts(net, splitParts(net, params)), params);
 * ```
 */
export function splitParts(net: Network, params: Float64Array): Parts {
  if (params.length !== net.size) throw new ShapeError("take a point apart", `[${net.size}]`, `[${params.length}]`);
  const { w, V } = headSizes(net);
  return { w: params.slice(0, w), V: params.slice(w, w + V), theta: params.slice(w + V) };
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
  const { w, V } = headSizes(net);
  const expected = [w, V, net.size - w - V];
  const actual = [parts.w.length, parts.V.length, parts.theta.length];
  if (expected.some((length, i) => length !== actual[i])) {
    throw new ShapeError("join the parts of a point", `[${expected}] for W, V, theta`, `[${actual}]`);
  }
  return joined([parts.w, parts.V, parts.theta]);
}

/** The numbers of entries of W and V. */
const headSizes = ({ kind, d, k, outputs }: Network): { readonly w: number; readonly V: number } =>
  kind === "plain" ? { w: outputs * k, V: 0 } : { w: outputs * d, V: d * k };
