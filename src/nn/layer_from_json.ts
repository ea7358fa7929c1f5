import { ACTIVATION_CODES, type ActivationName } from "../kernels/mod.ts";
import { BUILT_IN_TYPES, checkedLayer } from "./_built_in.ts";
import { activation } from "./activation.ts";
import { chain } from "./chain.ts";
import { dense } from "./dense.ts";
import type { Layer, LayerJson } from "./layer.ts";
import { parallel } from "./parallel.ts";
import { residual } from "./residual.ts";
import { residualBlocks } from "./residual_blocks.ts";

/** Custom layers by type: each makes a layer from what its `toJson` gave, and throws where that is not right. */
export type LayerReaders = Readonly<Record<string, (json: LayerJson) => Layer>>;

/** How deep layers may be nested, so that a hostile file cannot exhaust the stack. */
const DEEPEST = 100;

/**
 * The layer that a JSON value describes: the inverse of `toJson`.
 *
 * @param value The JSON value, such as a layer's own `toJson()`, or a built-in layer as a message brought it.
 * @param layers How to make layers of your own, by type.
 * @returns The layer.
 * @throws {RangeError} If a reader of your own is for the type of a built-in layer.
 * @throws {SyntaxError} If the value describes none; the message says which part, and for an unknown type how to supply it.
 * @example There and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense } from "@resland/resland/nn";
 * const body = chain(dense(3, 4), activation("tanh"));
 * assertEquals(layerFromJson(JSON.parse(JSON.stringify(body.toJson()))), body);
 * ```
 */
export function layerFromJson(value: unknown, layers: LayerReaders = {}): Layer {
  const taken = BUILT_IN_TYPES.find((type) => Object.hasOwn(layers, type));
  if (taken !== undefined) {
    throw new RangeError(`Cannot read layers of your own of type "${taken}": that is the type of a built-in layer`);
  }
  return read(value, layers, 0);
}

function read(value: unknown, layers: LayerReaders, depth: number): Layer {
  const refuse = (expected: string): never => {
    throw new SyntaxError(`Cannot read a layer: expected ${expected}, got ${shortText(value)}`);
  };
  if (depth > DEEPEST) throw new SyntaxError(`Cannot read a layer: layers are nested more than ${DEEPEST} deep`);
  if (typeof value !== "object" || value === null || typeof (value as LayerJson).type !== "string") {
    return refuse('an object with a "type"');
  }
  const json = value as LayerJson;
  switch (json.type) {
    case "dense": {
      const { in: input, out: output, bias = true } = json;
      if (!isWidth(input) || !isWidth(output) || typeof bias !== "boolean") {
        return refuse('widths "in" and "out", and true or false for "bias"');
      }
      return dense(input, output, { bias });
    }
    case "activation":
      return typeof json.name === "string" && Object.hasOwn(ACTIVATION_CODES, json.name)
        ? activation(json.name as ActivationName)
        : refuse(`one of ${Object.keys(ACTIVATION_CODES).join(", ")}`);
    case "residual":
      return residual(read(json.body, layers, depth + 1));
    case "chain":
      if (!Array.isArray(json.layers)) return refuse('a list of "layers"');
      return chain(...json.layers.map((inner) => read(inner, layers, depth + 1)));
    case "parallel":
      if (!Array.isArray(json.layers) || json.layers.length === 0) return refuse('a list of one or more "layers"');
      return parallel(...json.layers.map((inner) => read(inner, layers, depth + 1)));
    case "blocks":
      if (!Array.isArray(json.layers) || json.layers.length === 0) return refuse('a list of one or more "layers"');
      return residualBlocks(...json.layers.map((inner) => read(inner, layers, depth + 1)));
    default:
      return own(json, layers);
  }
}

function own(json: LayerJson, layers: LayerReaders): Layer {
  const { type } = json;
  if (!Object.hasOwn(layers, type)) {
    throw new SyntaxError(
      `Cannot read a layer of type "${type.slice(0, 40)}": known are ${
        [...BUILT_IN_TYPES, ...Object.keys(layers)].join(", ")
      }; ` +
        "supply a layer of your own by its type",
    );
  }
  return checkedLayer(layers[type](json));
}

/** Widths whose squares still count exactly. */
const isWidth = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 2 ** 24;

const shortText = (value: unknown): string => String(JSON.stringify(value)).slice(0, 60);
