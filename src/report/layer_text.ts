import type { Layer } from "../nn/mod.ts";

/** A layer tree in one line, such as `11 → 32 tanh → 32 tanh`; a residual stands in brackets with a plus. */
export function layerText(layer: Layer): string {
  const steps = stepsOf(layer);
  const first = firstWidth(layer);
  return first === null ? steps.join(" → ") || "identity" : [String(first), ...steps].join(" → ");
}

function stepsOf(layer: Layer): readonly string[] {
  switch (layer.type) {
    case "dense":
      return [String(layer.out)];
    case "activation":
      return [layer.name];
    case "residual":
      return [`[+ ${stepsOf(layer.body).join(" → ")}]`];
    case "chain":
      // An activation belongs to the layer before it.
      return layer.layers.reduce<readonly string[]>(
        (steps, next, i) =>
          next.type === "activation" && layer.layers[i - 1]?.type === "dense"
            ? [...steps.slice(0, -1), `${steps.at(-1)} ${next.name}`]
            : [...steps, ...stepsOf(next)],
        [],
      );
  }
}

function firstWidth(layer: Layer): number | null {
  switch (layer.type) {
    case "dense":
      return layer.in;
    case "activation":
      return null;
    case "residual":
      return firstWidth(layer.body);
    case "chain":
      return layer.layers.length > 0 ? firstWidth(layer.layers[0]) : null;
  }
}
