import { type Matrix, multiply, ShapeError, transpose, type Vector } from "../tensor/mod.ts";
import { plus } from "./_rows.ts";
import type { Network } from "./network.ts";
import { splitParts } from "./network.ts";

/**
 * The predictions of a network, straight from the definition: `p = W (x + V f_theta(x))`, or `W f_theta(x)` of a plain one.
 * Plain TypeScript; for many rows the kernels do the same faster (`predictRows`).
 *
 * @param net The network.
 * @param params Its parameters [size].
 * @param x Inputs [rows, d].
 * @returns The predictions [rows, outputs].
 * @throws {ShapeError} If the parameters or the inputs do not fit the network.
 * @example p = w (x + V f(x)) = 2 (3 + 10 * 4), f(x) = x + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * import { matrix } from "@resland/resland/tensor";
 * const net = network(1, dense(1, 1));
 * assertEquals(forward(net, Float64Array.of(2, 10, 1, 1), matrix(1, 1, [3])).data, Float64Array.of(86));
 * ```
 */
export function forward(net: Network, params: Vector, x: Matrix): Matrix {
  const { w, V } = splitParts(net, params);
  const { d, k, outputs, kind } = net;
  const f = features(net, params, x);
  const read = kind === "plain" ? f : plus(x, multiply(f, transpose({ rows: d, cols: k, data: V })));
  return Object.freeze(multiply(read, transpose({ rows: outputs, cols: read.cols, data: w })));
}

/**
 * The features `f_theta(x)` of a network, in plain TypeScript; for many rows the kernels do the same faster (`featureRows`).
 *
 * @param net The network.
 * @param params Its parameters [size]; of these only theta counts.
 * @param x Inputs [rows, d].
 * @returns The features [rows, k].
 * @throws {ShapeError} If the parameters or the inputs do not fit the network.
 * @example f(x) = 2 x + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * import { matrix } from "@resland/resland/tensor";
 * const net = network(1, dense(1, 1));
 * assertEquals(features(net, Float64Array.of(0, 0, 2, 1), matrix(2, 1, [3, 4])).data, Float64Array.of(7, 9));
 * ```
 */
export function features(net: Network, params: Vector, x: Matrix): Matrix {
  if (x.cols !== net.d) throw new ShapeError("compute features", `[rows, ${net.d}]`, `[${x.rows}, ${x.cols}]`);
  return net.body.forward(splitParts(net, params).theta, x).y;
}
