import { type Matrix, multiply, ShapeError, transpose, type Vector } from "../tensor/mod.ts";
import { builtIn } from "./built_in.ts";
import { chain } from "./chain.ts";
import { dense } from "./dense.ts";
import type { Layer } from "./layer.ts";
import { type Network, network } from "./network.ts";
import { countParameters } from "./parameters.ts";
import { residual } from "./residual.ts";

/** One residual block `h + V f(h)` of a network of several, and where its numbers are in the flat vector. */
export interface Block {
  /** f, which reads the block's input h [n, d]. */
  readonly body: Layer;
  /** Width k of f. */
  readonly k: number;
  /** Where the parameters of f begin. */
  readonly theta: number;
  /** Where V [d, k] begins, which is also where the parameters of f end. */
  readonly V: number;
}

/** What a network of several blocks computes on the way. */
export interface BlockStates {
  /** The input of each block, `h_0 = x` first [n, d]. */
  readonly inputs: readonly Matrix[];
  /** `f_l(h_{l-1})` of each block [n, k_l]. */
  readonly features: readonly Matrix[];
  /** V_l of each block [d, k_l]. */
  readonly V: readonly Matrix[];
  /** The weights through which each block reads its input [units, d]; null where f does not begin with a dense layer. */
  readonly U: readonly (Matrix | null)[];
  /** `h_L`, which W reads [n, d]. */
  readonly output: Matrix;
  /** W [outputs, d]. */
  readonly W: Matrix;
}

/**
 * The network of several residual blocks, `p = W h_L` with `h_0 = x` and `h_l = h_{l-1} + V_l f_l(h_{l-1})`. It is a plain network whose body
 * is a chain of residual layers, so that it is trained, saved and read like any other; {@linkcode blocksOf} finds its blocks again.
 *
 * @param d Width of x and of every h_l.
 * @param bodies f_1, ..., f_L; each reads d columns.
 * @param options `outputs`: rows of W (default 1).
 * @returns The network.
 * @throws {ShapeError} If a body does not read d columns.
 * @throws {RangeError} If there is no body, or a width is not a whole number above 0.
 * @example Two blocks of three tanh units on two inputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, blocksOf, chain, dense } from "@resland/resland/nn";
 * const body = chain(dense(2, 3), activation("tanh"));
 * const net = blockNetwork(2, [body, body]);
 * assertEquals([net.size, blocksOf(net)!.length], [2 + 2 * (9 + 6), 2]);
 * ```
 */
export function blockNetwork(
  d: number,
  bodies: readonly Layer[],
  { outputs = 1 }: { readonly outputs?: number } = {},
): Network {
  if (bodies.length === 0) throw new RangeError("Cannot make a network of several blocks: got no block");
  const blocks = bodies.map((body) => residual(chain(body, dense(body.outputWidth(d), d, { bias: false }))));
  return network(d, chain(...blocks), { outputs, kind: "plain" });
}

/**
 * The residual blocks of a network that {@linkcode blockNetwork} could have made.
 *
 * @param net The network.
 * @returns The blocks, first to last; null for any other network.
 * @example A network with the skip to the output has none of this form
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * assertEquals(blocksOf(network(2, dense(2, 3))), null);
 * ```
 */
export function blocksOf({ kind, body, d, k, outputs }: Network): readonly Block[] | null {
  const tree = builtIn(body);
  if (kind !== "plain" || tree?.type !== "chain" || tree.layers.length === 0) return null;
  const found: Block[] = [];
  let at = outputs * k;
  for (const layer of tree.layers) {
    const block = builtIn(layer);
    const inner = block?.type === "residual" ? builtIn(block.body) : null;
    if (inner?.type !== "chain" || inner.layers.length !== 2) return null;
    const [f, last] = inner.layers;
    const V = builtIn(last);
    if (V?.type !== "dense" || V.bias || V.out !== d) return null;
    const theta = at;
    at += countParameters(f.parameters(d));
    found.push(Object.freeze({ body: f, k: V.in, theta, V: at }));
    at += d * V.in;
  }
  return found;
}

/**
 * What a network of several blocks computes on the way, block by block.
 *
 * @param net A network that {@linkcode blockNetwork} made.
 * @param params All parameters, flat.
 * @param x Inputs [n, d].
 * @returns Inputs, features and weights of each block, and `h_L`.
 * @throws {ShapeError} If the network has no blocks, or the shapes do not fit.
 * @example h_1 = x + V f(x), with f(x) = 2x
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland";
 * import { dense } from "@resland/resland/nn";
 * const net = blockNetwork(1, [dense(1, 1, { bias: false })]);
 * const states = blockStates(net, Float64Array.of(1, 2, 3), matrix(1, 1, [5]));
 * assertEquals([states.features[0].data[0], states.output.data[0]], [10, 35]);
 * ```
 */
export function blockStates(net: Network, params: Vector, x: Matrix): BlockStates {
  const blocks = blocksOf(net);
  if (blocks === null) throw new ShapeError("take apart a network", "residual blocks", "another network");
  if (params.length !== net.size || x.cols !== net.d) {
    throw new ShapeError(
      "run a network block by block",
      `[${net.size}] and [n, ${net.d}]`,
      `[${params.length}] and [n, ${x.cols}]`,
    );
  }
  const { d, outputs } = net;
  const states = { inputs: [] as Matrix[], features: [] as Matrix[], V: [] as Matrix[], U: [] as (Matrix | null)[] };
  let h = x;
  for (const { body, k, theta, V: from } of blocks) {
    const V: Matrix = { rows: d, cols: k, data: params.slice(from, from + d * k) };
    const own = params.subarray(theta, from);
    const f = body.forward(own, h).y;
    states.inputs.push(h);
    states.features.push(f);
    states.V.push(V);
    states.U.push(readerOf(body, own, d));
    const added = multiply(f, transpose(V));
    h = { ...h, data: h.data.map((value, at) => value + added.data[at]) };
  }
  return { ...states, output: h, W: { rows: outputs, cols: d, data: params.slice(0, outputs * d) } };
}

/** The weight [units, d] of the dense layer that f begins with. */
function readerOf(body: Layer, params: Vector, d: number): Matrix | null {
  const tree = builtIn(body);
  const first = tree?.type === "chain" && tree.layers.length > 0 ? builtIn(tree.layers[0]) : tree;
  if (first?.type !== "dense") return null;
  return { rows: first.out, cols: d, data: params.slice(0, first.out * d) };
}
