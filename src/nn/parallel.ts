import type { Vector } from "../tensor/mod.ts";
import { builtInLayer, checkedLayer } from "./_built_in.ts";
import { besideEachOther, columnsOf, joined } from "./_rows.ts";
import type { Gradients, Layer } from "./layer.ts";
import { countParameters, initialParameters } from "./parameters.ts";
import { pushforward } from "./pushforward.ts";

/** Layers side by side: each reads the same input, and their outputs stand next to each other. */
export interface Parallel extends Layer {
  /** The type of the layer. */
  readonly type: "parallel";
  /** The layers, from left to right. */
  readonly layers: readonly Layer[];
}

/** One layer with its share of the parameters and of the output's columns. */
interface Branch {
  readonly layer: Layer;
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Layers side by side, `[f_1(x), f_2(x), ...]`: the features of an ensemble, whose averaged prediction is linear in them. Names of parameters
 * are as in a chain: the place of the layer comes first.
 *
 * @param layers From left to right, one or more.
 * @returns The layer, frozen.
 * @throws {RangeError} If there is none, or a layer of your own has the type of a built-in one.
 * @example Two kinds of features of one input
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense } from "@resland/resland/nn";
 * const both = parallel(chain(dense(3, 5), activation("tanh")), chain(dense(3, 2), activation("relu")));
 * assertEquals(both.outputWidth(3), 7);
 * ```
 */
export function parallel(...layers: readonly Layer[]): Parallel {
  if (layers.length === 0) throw new RangeError("Cannot put layers side by side: there must be one or more");
  return builtInLayer({ type: "parallel", layers: Object.freeze(layers.map(checkedLayer)) } as const, {
    outputWidth: (width) => layers.reduce((sum, layer) => sum + layer.outputWidth(width), 0),
    parameters: (width) =>
      layers.flatMap((layer, index) =>
        layer.parameters(width).map(({ name, shape }) => ({ name: `${index}.${name}`, shape }))
      ),
    initialise: (key, width, path = "theta") =>
      joined(layers.map((layer, index) => initialParameters(key, layer, width, `${path}.${index}`))),
    forward(params, x) {
      const branches = branchesOf(layers, x.cols);
      const applied = branches.map(({ layer, from, to }) => layer.forward(params.subarray(from, to), x));
      return {
        y: besideEachOther(applied.map(({ y }) => y)),
        pullback: (dy) => summed(branches.map((branch, at) => applied[at].pullback(columnsOf(dy, branch)))),
      };
    },
    pushforward(params, x, dParams, dx) {
      const branches = branchesOf(layers, x.cols);
      const tangents = branches.map(({ layer, from, to }) =>
        pushforward(layer, params.subarray(from, to), x, dParams.subarray(from, to), dx)
      );
      return {
        dy: besideEachOther(tangents.map(({ dy }) => dy)),
        pullback: (g, dg) =>
          summed(branches.map((branch, at) => tangents[at].pullback(columnsOf(g, branch), columnsOf(dg, branch)))),
      };
    },
  }, () => ({ type: "parallel", layers: layers.map((layer) => layer.toJson()) }));
}

function branchesOf(layers: readonly Layer[], width: number): readonly Branch[] {
  let [from, left] = [0, 0];
  return layers.map((layer, index) => {
    const branch = {
      layer,
      index,
      from,
      to: from + countParameters(layer.parameters(width)),
      left,
      right: left + layer.outputWidth(width),
    };
    [from, left] = [branch.to, branch.right];
    return branch;
  });
}

/** The gradients of all branches: parameters one after the other, those in the shared input added up. */
function summed(parts: readonly Gradients[]): Gradients {
  const data = parts[0].dx.data.slice();
  for (const { dx } of parts.slice(1)) dx.data.forEach((value, at) => data[at] += value);
  const dParams: Vector = joined(parts.map(({ dParams }) => dParams));
  return { dParams, dx: { ...parts[0].dx, data } };
}
