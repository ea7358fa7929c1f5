import { ACTIVATION_CODES, type ActivationName } from "../kernels/mod.ts";
import { activation, chain, dense, type Layer, residual } from "../nn/mod.ts";

/** How deep layers may be nested, so that a hostile file cannot exhaust the stack. */
const DEEPEST = 100;

/** The layer that a JSON value describes; null when it describes none. */
export function layerFromJson(value: unknown, depth = 0): Layer | null {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return null;
  const layer = value as Record<string, unknown>;
  switch (layer.type) {
    case "dense":
      return isWidth(layer.in) && isWidth(layer.out) && typeof (layer.bias ?? true) === "boolean"
        ? dense(layer.in, layer.out, { bias: (layer.bias ?? true) as boolean })
        : null;
    case "activation":
      return typeof layer.name === "string" && Object.hasOwn(ACTIVATION_CODES, layer.name)
        ? activation(layer.name as ActivationName)
        : null;
    case "residual": {
      const body = layerFromJson(layer.body, depth + 1);
      return body && residual(body);
    }
    case "chain": {
      if (!Array.isArray(layer.layers)) return null;
      const layers = layer.layers.map((inner) => layerFromJson(inner, depth + 1));
      return layers.every((inner) => inner !== null) ? chain(...layers) : null;
    }
    default:
      return null;
  }
}

/** Widths whose squares still count exactly; the tensors must then exist in the file. */
const isWidth = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 2 ** 24;
