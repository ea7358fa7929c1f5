import type { Matrix, Vector } from "../tensor/mod.ts";
import { builtInLayer, checkedLayer } from "./_built_in.ts";
import { joined } from "./_rows.ts";
import type { Applied, Gradients, Layer, Tangent } from "./layer.ts";
import { countParameters, initialParameters } from "./parameters.ts";
import { pushforward } from "./pushforward.ts";

/** Layers applied one after the other; the empty chain is the identity. */
export interface Chain extends Layer {
  /** The type of the layer. */
  readonly type: "chain";
  /** The layers, first to last. */
  readonly layers: readonly Layer[];
}

/** One layer of a chain with its share of the chain's parameters. */
interface Link {
  readonly layer: Layer;
  readonly width: number;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Layers one after the other.
 *
 * @param layers First to last; none makes the identity.
 * @returns The layer, frozen.
 * @throws {RangeError} If a layer of your own has the type of a built-in one.
 * @example A hidden layer
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, dense } from "@resland/resland/nn";
 * assertEquals(chain(dense(3, 5), activation("sin")).outputWidth(3), 5);
 * ```
 */
export function chain(...layers: readonly Layer[]): Chain {
  return builtInLayer({ type: "chain", layers: Object.freeze(layers.map(checkedLayer)) } as const, {
    outputWidth: (width) => layers.reduce((at, layer) => layer.outputWidth(at), width),
    parameters: (width) =>
      linkLayers(layers, width).flatMap(({ layer, width, index }) =>
        layer.parameters(width).map(({ name, shape }) => ({ name: `${index}.${name}`, shape }))
      ),
    initialise(key, width, path = "theta") {
      const links = linkLayers(layers, width);
      const parts = links.map(({ layer, width, index }) => initialParameters(key, layer, width, `${path}.${index}`));
      return joined(parts);
    },
    forward(params, x) {
      const applied: Applied[] = [];
      let y = x;
      for (const { layer, from, to } of linkLayers(layers, x.cols)) {
        applied.push(layer.forward(params.subarray(from, to), y));
        y = applied[applied.length - 1].y;
      }
      return { y, pullback: (dy) => backwards(dy, applied, ({ pullback }, g) => pullback(g)) };
    },
    pushforward(params, x, dParams, dx) {
      const tangents: Tangent[] = [];
      const applied: Applied[] = [];
      let [y, dy] = [x, dx];
      for (const { layer, from, to } of linkLayers(layers, x.cols)) {
        const own = params.subarray(from, to);
        tangents.push(pushforward(layer, own, y, dParams.subarray(from, to), dy));
        applied.push(layer.forward(own, y));
        y = applied[applied.length - 1].y;
        dy = tangents[tangents.length - 1].dy;
      }
      return {
        dy,
        pullback(g, dg) {
          let at = g;
          // The gradient itself goes back beside its derivative.
          return backwards(dg, applied, ({ pullback }, moved, index) => {
            const result = tangents[index].pullback(at, moved);
            at = pullback(at).dx;
            return result;
          });
        },
      };
    },
  }, () => ({ type: "chain", layers: layers.map((layer) => layer.toJson()) }));
}

/** The layers with their widths and their shares of the parameters. */
function linkLayers(layers: readonly Layer[], width: number): readonly Link[] {
  let [at, from] = [width, 0];
  return layers.map((layer, index) => {
    const link = { layer, width: at, index, from, to: from + countParameters(layer.parameters(at)) };
    at = layer.outputWidth(at);
    from = link.to;
    return link;
  });
}

/** Runs from the last layer to the first and joins their gradients. */
function backwards(
  dy: Matrix,
  applied: readonly Applied[],
  step: (layer: Applied, dy: Matrix, index: number) => Gradients,
): Gradients {
  const parts: Vector[] = [];
  let dx = dy;
  for (let index = applied.length - 1; index >= 0; index--) {
    const found = step(applied[index], dx, index);
    parts.unshift(found.dParams);
    dx = found.dx;
  }
  return { dParams: joined(parts), dx };
}
