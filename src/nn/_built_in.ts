import type { Key } from "../random/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Layer, LayerJson } from "./layer.ts";

/** Marks the layers that the kernels know. */
const BUILT_IN = Symbol("built-in layer");

/** The functions of a built-in layer. */
export interface Methods extends Pick<Layer, "outputWidth" | "parameters" | "forward"> {
  /** `path` is the layer's name in its tree: each array is drawn from the key folded with its full name. */
  initialise(key: Key, width: number, path?: string): Vector;
  /** As in {@linkcode Layer}. */
  readonly pushforward: NonNullable<Layer["pushforward"]>;
}

/**
 * A built-in layer: frozen data, which messages and JSON carry, with functions as hidden members, which neither sees. So layers of equal
 * data are equal.
 */
export function builtInLayer<D extends LayerJson>(
  data: D,
  methods: Methods,
  toJson: () => LayerJson = () => data,
): Readonly<D> & Methods & Pick<Layer, "toJson"> {
  const hidden: Record<PropertyKey, unknown> = { ...methods, toJson, [BUILT_IN]: true };
  const layer = { ...data };
  for (const name of Reflect.ownKeys(hidden)) Object.defineProperty(layer, name, { value: hidden[name] });
  return Object.freeze(layer) as Readonly<D> & Methods & Pick<Layer, "toJson">;
}

/** Whether a layer is one that {@linkcode builtInLayer} made. */
export const isMarked = (layer: Layer): boolean => BUILT_IN in layer;

/** The types of the built-in layers. */
export const BUILT_IN_TYPES: readonly string[] = Object.freeze([
  "dense",
  "activation",
  "residual",
  "chain",
  "parallel",
  "blocks",
]);

/** Checks a layer before it is used inside another or in a network: one of your own may not be read back as a built-in one. */
export function checkedLayer(layer: Layer): Layer {
  if (!isMarked(layer) && BUILT_IN_TYPES.includes(layer.type)) {
    throw new RangeError(
      `Cannot use a layer of your own of type "${layer.type}": that is the type of a built-in layer`,
    );
  }
  return layer;
}
