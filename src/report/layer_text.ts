import type { LayerJson } from "../nn/mod.ts";

/**
 * A layer tree in one line; a residual stands in brackets with a plus, layers side by side in braces, a custom layer as its type.
 *
 * @param layer The layer as JSON.
 * @returns The text.
 * @example Two layers of 32
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { feedForward } from "@resland/resland";
 * assertEquals(layerText(feedForward(11, { depth: 2 }).toJson()), "11 → 32 tanh → 32 tanh");
 * ```
 */
export function layerText(layer: LayerJson): string {
  const steps = stepsOf(layer);
  const first = firstWidth(layer);
  return first === null ? steps.join(" → ") || "identity" : [first, ...steps].join(" → ");
}

/**
 * What the guarantee is about where f is the features of several residual blocks.
 *
 * @param layer The layer f as JSON.
 * @returns One line to follow the network's; none for any other f.
 * @example Two blocks
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { feedForward } from "@resland/resland";
 * assertStringIncludes(blocksText(feedForward(3, { blocks: 2 }).toJson())[0], "2 residual blocks");
 * assertEquals(blocksText(feedForward(3).toJson()), []);
 * ```
 */
export function blocksText(layer: LayerJson): readonly string[] {
  if (layer.type !== "blocks") return [];
  const blocks = inside(layer).length;
  return [
    `${blocks} residual blocks h_l = h_(l-1) + V_l f_l(h_(l-1)), h_0 = x; f(x) = [f_1(h_0) ... f_${blocks}(h_${
      blocks - 1
    })], with weights of its own at the ` +
    "output: the claims are against linear predictors on x, for these features; a chain whose output uses V_l itself has them on the last block's input only",
  ];
}

/** The layers inside a chain or a residual. */
const inside = ({ layers, body }: LayerJson): readonly LayerJson[] =>
  (Array.isArray(layers) ? layers : body === undefined ? [] : [body]) as readonly LayerJson[];

function stepsOf(layer: LayerJson): readonly string[] {
  switch (layer.type) {
    case "dense":
      return [String(layer.out)];
    case "activation":
      return [String(layer.name)];
    case "residual":
      return [`[+ ${inside(layer).flatMap(stepsOf).join(" → ")}]`];
    case "parallel":
      return [sideBySide(inside(layer).map((one) => stepsOf(one).join(" → ")))];
    case "blocks":
      return [`residual blocks ${sideBySide(inside(layer).map((one) => stepsOf(one).join(" → ")))}`];
    case "chain":
      // An activation belongs to the layer before it.
      return inside(layer).reduce<readonly string[]>(
        (steps, next, i, layers) =>
          next.type === "activation" && layers[i - 1]?.type === "dense"
            ? [...steps.slice(0, -1), `${steps.at(-1)} ${next.name}`]
            : [...steps, ...stepsOf(next)],
        [],
      );
    default:
      return [layer.type];
  }
}

/** Layers next to each other; how many times, where all are alike. */
function sideBySide(texts: readonly string[]): string {
  const [first] = texts;
  return texts.length > 1 && texts.every((text) => text === first)
    ? `${texts.length} x {${first}}`
    : `{${texts.join(", ")}}`;
}

function firstWidth(layer: LayerJson): string | null {
  if (layer.type === "dense") return String(layer.in);
  const [first] = inside(layer);
  return first === undefined ? null : firstWidth(first);
}
