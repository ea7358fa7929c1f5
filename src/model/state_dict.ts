import { InputError } from "../data/mod.ts";
import type { ActivationName } from "../kernels/mod.ts";
import { layerFromJson, type LayerJson, type Network, network } from "../nn/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Tensor } from "./safetensors.ts";

/** A network whose last layer is `A f + b`, as a bare `state_dict` gives it. */
export interface PlainStack {
  /** The network without the biases of the last layer: `p = A f(x)`. */
  readonly net: Network;
  /** Its parameters. */
  readonly params: Vector;
  /** b [outputs]; zeros where the last layer has none. */
  readonly bias: Vector;
  /** What was assumed, in sentences. */
  readonly assumed: readonly string[];
}

/** How a `state_dict` is read. */
export interface StateDictOptions {
  /** The tree of all layers, the last one included, as JSON: a chain that ends in a dense layer (default: inferred). */
  readonly architecture?: unknown;
  /** The activation between the layers of a stack that is inferred; null for ReLU, which is then assumed (default null). */
  readonly activation?: ActivationName | null;
}

/**
 * Reads the tensors of a `state_dict` that was saved without metadata. With an architecture, tensors are found by their places in it, below a
 * common prefix. Without one the file must hold linear layers only, in the order of their names, each reading what the one before gives; the activation
 * between them is not in the file.
 *
 * @param tensors The tensors by name.
 * @param file The file, for messages.
 * @param options The architecture, or the activation.
 * @returns The network, its parameters, and what was assumed.
 * @throws {InputError} If a tensor is of no linear layer, the layers do not follow each other, or the architecture does not fit.
 * @example Two layers, 2-3-1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const tensors = new Map([
 *   ["0.weight", { shape: [3, 2], data: new Float64Array(6) }], ["0.bias", { shape: [3], data: new Float64Array(3) }],
 *   ["2.weight", { shape: [1, 3], data: Float64Array.of(1, 2, 3) }], ["2.bias", { shape: [1], data: Float64Array.of(4) }],
 * ]);
 * const { net, params, bias, assumed } = readStateDict(tensors, "net.safetensors", { activation: "tanh" });
 * assertEquals([net.d, net.k, [...params.subarray(0, 3)], [...bias], assumed.length], [2, 3, [1, 2, 3], [4], 1]);
 * ```
 */
export function readStateDict(
  tensors: ReadonlyMap<string, Tensor>,
  file: string,
  { architecture, activation = null }: StateDictOptions = {},
): PlainStack {
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file });
  };
  if (architecture !== undefined) return { ...withArchitecture(tensors, architecture, refuse), assumed: [] };
  const layers = linearLayers(tensors, refuse);
  const between = { type: "activation", name: activation ?? "relu" };
  const body: LayerJson[] = layers.slice(0, -1).flatMap(({ shape: [out, input], bias }) => [
    { type: "dense", in: input, out, bias: bias !== null },
    between,
  ]);
  const names = new Map(layers.flatMap(({ name }, i) => [
    [`theta.${2 * i}.weight`, `${name}.weight`],
    [`theta.${2 * i}.bias`, `${name}.bias`],
  ]));
  const widths = [layers[0].shape[1], ...layers.map(({ shape }) => shape[0])].join("-");
  const assumed = [
    `The file names no architecture: it was read as linear layers ${widths} (${
      layers.map(({ name }) => name).join(", ")
    }) with ${activation ?? "relu"} after each but the last${activation === null ? ", which is assumed" : ""}.`,
  ];
  const last = layers[layers.length - 1].name;
  return { ...assembled(tensors, body, (name) => names.get(name)!, last, refuse), assumed };
}

/** A linear layer of a file. */
interface LinearLayer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bias: Tensor | null;
}

/** The linear layers of a file, in the order of their names. */
function linearLayers(
  tensors: ReadonlyMap<string, Tensor>,
  refuse: (problem: string) => never,
): readonly LinearLayer[] {
  const other = Array.from(tensors).find(([name, { shape }]) => {
    const [layer, part] = [name.replace(/\.[^.]*$/, ""), name.replace(/^.*\./, "")];
    if (part === "weight") return shape.length !== 2;
    return part !== "bias" || shape.length !== 1 || !tensors.has(`${layer}.weight`);
  });
  if (other !== undefined) {
    refuse(
      `tensor "${other[0]}" [${
        other[1].shape.join(", ")
      }] is not of a linear layer, and the file names no architecture; ` +
        "save the features and predictions of the model instead",
    );
  }
  const names = Array.from(tensors.keys()).filter((name) => name.endsWith(".weight"))
    .map((name) => name.slice(0, -".weight".length)).toSorted(inOrder);
  const layers = names.map((name) => ({
    name,
    shape: tensors.get(`${name}.weight`)!.shape,
    bias: tensors.get(`${name}.bias`) ?? null,
  }));
  if (layers.length < 2) refuse(`the file has ${layers.length} linear layers; a network with features has 2 or more`);
  layers.forEach(({ name, shape: [, input] }, i) => {
    if (i === 0 || layers[i - 1].shape[0] === input) return;
    refuse(
      `layer "${name}" reads ${input} numbers, but "${layers[i - 1].name}" before it gives ${
        layers[i - 1].shape[0]
      }; ` +
        "name the architecture, or save the features and predictions of the model instead",
    );
  });
  return layers;
}

/** Names in order, their numbers by value: `2` before `10`. */
function inOrder(a: string, b: string): number {
  const parts = (name: string) => name.split(/(\d+)/);
  const [p, q] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(p.length, q.length); i++) {
    if (p[i] === q[i]) continue;
    return i % 2 === 1 ? Number(p[i]) - Number(q[i]) : p[i] < q[i] ? -1 : 1;
  }
  return p.length - q.length;
}

/** A network by its layer tree. */
function withArchitecture(
  tensors: ReadonlyMap<string, Tensor>,
  architecture: unknown,
  refuse: (problem: string) => never,
): Omit<PlainStack, "assumed"> {
  const { type, layers } = architecture as { readonly type?: unknown; readonly layers?: unknown };
  const last = Array.isArray(layers) ? layers[layers.length - 1] : null;
  if (type !== "chain" || !Array.isArray(layers) || layers.length < 2 || last?.type !== "dense") {
    refuse(
      "the architecture must be a chain of two layers or more that ends in a dense layer, the last of the network",
    );
  }
  const list = layers as readonly LayerJson[];
  const end = `${list.length - 1}.weight`;
  const whole = Array.from(tensors.keys()).find((name) => name === end || name.endsWith(`.${end}`));
  if (whole === undefined) {
    refuse(
      `no tensor is called "${end}", the last layer of the architecture; the file has ${
        [...tensors.keys()].join(", ")
      }`,
    );
  }
  const prefix = whole!.slice(0, -end.length);
  const nameOf = (name: string) => prefix + name.slice("theta.".length);
  return assembled(tensors, list.slice(0, -1), nameOf, `${prefix}${list.length - 1}`, refuse);
}

/** The network of a body and a last layer, with the numbers of the file. */
function assembled(
  tensors: ReadonlyMap<string, Tensor>,
  layers: readonly LayerJson[],
  nameOf: (parameter: string) => string,
  last: string,
  refuse: (problem: string) => never,
): Omit<PlainStack, "assumed"> {
  const head = tensors.get(`${last}.weight`)!;
  const [outputs, k] = head.shape;
  if (head.shape.length !== 2) {
    refuse(`tensor "${last}.weight" has the shape [${head.shape.join(", ")}], not [out, in]`);
  }
  const net = networkOf(layers, outputs, refuse);
  if (net.k !== k) refuse(`the last layer reads ${k} numbers, but the layers before it give ${net.k}`);
  const params = new Float64Array(net.size);
  const used = new Set([`${last}.weight`, `${last}.bias`]);
  for (const { name, shape, offset } of net.parameters) {
    const own = name.startsWith("theta.") ? nameOf(name) : `${last}.weight`;
    const tensor = tensors.get(own) ?? refuse(`tensor "${own}" [${shape.join(", ")}] is missing`);
    if (name.startsWith("theta.") && tensor.shape.join() !== shape.join()) {
      refuse(
        `tensor "${own}" has the shape [${tensor.shape.join(", ")}]; the architecture needs [${shape.join(", ")}]`,
      );
    }
    params.set(tensor.data, offset);
    used.add(own);
  }
  const extra = Array.from(tensors.keys()).find((name) => !used.has(name));
  if (extra !== undefined) refuse(`tensor "${extra}" has no place in the architecture`);
  const bias = tensors.get(`${last}.bias`)?.data ?? new Float64Array(outputs);
  if (bias.length !== outputs) refuse(`tensor "${last}.bias" has ${bias.length} numbers, not ${outputs}`);
  const wrong = Array.from(tensors).find(([, { data }]) => !data.every(Number.isFinite));
  if (wrong !== undefined) refuse(`tensor "${wrong[0]}" holds a number that is NaN or infinite`);
  return { net, params, bias };
}

/** The network of a body, whose first dense layer says how wide x is. */
function networkOf(layers: readonly LayerJson[], outputs: number, refuse: (problem: string) => never): Network {
  const width = (layer: LayerJson): number | null => {
    if (layer?.type === "dense") return Number(layer.in);
    const inner = (layer?.layers ?? [layer?.body]) as readonly LayerJson[];
    if (!Array.isArray(inner)) return null;
    for (const one of inner) {
      const found = one && width(one);
      if (found) return found;
    }
    return null;
  };
  try {
    const body = layerFromJson({ type: "chain", layers });
    return network(width({ type: "chain", layers }) ?? 0, body, { outputs, kind: "plain" });
  } catch (error) {
    const { message } = error as Error;
    return refuse(`the architecture does not fit (${message.slice(0, 1).toLowerCase()}${message.slice(1)})`);
  }
}
