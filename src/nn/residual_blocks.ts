import type { Matrix, Vector } from "../tensor/mod.ts";
import { builtInLayer, checkedLayer } from "./_built_in.ts";
import { besideEachOther, columnsOf, joined, plus } from "./_rows.ts";
import { dense } from "./dense.ts";
import type { Applied, Gradients, Layer, Tangent } from "./layer.ts";
import { countParameters, initialParameters } from "./parameters.ts";
import { pushforward } from "./pushforward.ts";

/** The features of several residual blocks. */
export interface ResidualBlocks extends Layer {
  /** The type of the layer. */
  readonly type: "blocks";
  /** f_1, ..., f_L. */
  readonly layers: readonly Layer[];
}

/** One layer of the chain inside, with its share of the parameters: f_l, or V_l as a dense layer. */
interface Part {
  readonly layer: Layer;
  readonly from: number;
  readonly to: number;
}

/** One block: f_l, its columns of the output, and V_l, which the last block has none of. */
interface Link {
  readonly f: Part;
  readonly V: Part | null;
  readonly left: number;
  readonly right: number;
}

/**
 * The features of several residual blocks next to each other, `[f_1(h_0), f_2(h_1), ..., f_L(h_{L-1})]` with `h_0 = x` and
 * `h_l = h_{l-1} + V_l f_l(h_{l-1})`; V_L is not in it. As the f of `p = W (x + V f(x))` each block's features have weights of their own at the
 * output: with `V = [V_1 ... V_L]` that is the chain `p = W h_L`, and at every theta the guarantee against the best linear predictor on x holds, which a
 * chain of which only the last block is trained has on `h_{L-1}` alone (docs/mathematics.md, section 17).
 *
 * Parameters are those of `f_l`, named `l.0....`, then `V_l` [d, k_l] as `l.1.weight`, block after block.
 *
 * @param layers f_1, ..., f_L, one or more; each reads as many columns as x has.
 * @returns The layer, frozen.
 * @throws {RangeError} If there is none, or a layer of your own has the type of a built-in one.
 * @example Two blocks that double their input, with V_1 = 3: h_1 = x + 3 (2x) = 7x
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland";
 * import { dense } from "@resland/resland/nn";
 * const double = dense(1, 1, { bias: false });
 * const { y } = residualBlocks(double, double).forward(Float64Array.of(2, 3, 2), matrix(1, 1, [1]));
 * assertEquals(y.data, Float64Array.of(2, 14));
 * ```
 */
export function residualBlocks(...layers: readonly Layer[]): ResidualBlocks {
  if (layers.length === 0) throw new RangeError("Cannot make residual blocks: there must be one or more");
  return builtInLayer({ type: "blocks", layers: Object.freeze(layers.map(checkedLayer)) } as const, {
    outputWidth: (width) => layers.reduce((sum, layer) => sum + layer.outputWidth(width), 0),
    parameters: (width) =>
      linksOf(layers, width).flatMap(({ f, V }, index) => [
        ...f.layer.parameters(width).map(({ name, shape }) => ({ name: `${index}.0.${name}`, shape })),
        ...V
          ? V.layer.parameters(f.layer.outputWidth(width)).map(({ name, shape }) => ({
            name: `${index}.1.${name}`,
            shape,
          }))
          : [],
      ]),
    initialise: (key, width, path = "theta") =>
      joined(
        linksOf(layers, width).flatMap(({ f, V }, index) => [
          initialParameters(key, f.layer, width, `${path}.${index}.0`),
          ...V ? [initialParameters(key, V.layer, f.layer.outputWidth(width), `${path}.${index}.1`)] : [],
        ]),
      ),
    forward(params, x) {
      const links = linksOf(layers, x.cols);
      const run = forwardThrough(links, params, x);
      return {
        y: besideEachOther(run.map(({ f }) => f.y)),
        pullback: (dy) =>
          backwards(links, dy, x, (block, df) => run[block].f.pullback(df), (block, dh) => run[block].V!.pullback(dh)),
      };
    },
    pushforward: (params, x, dParams, dx) => pushThrough(linksOf(layers, x.cols), { params, x, dParams, dx }),
  }, () => ({ type: "blocks", layers: layers.map((layer) => layer.toJson()) }));
}

const own = ({ from, to }: Part, params: Vector): Vector => params.subarray(from, to);

function linksOf(layers: readonly Layer[], width: number): readonly Link[] {
  let [at, left] = [0, 0];
  const take = (layer: Layer, input: number): Part => {
    const part = { layer, from: at, to: at + countParameters(layer.parameters(input)) };
    at = part.to;
    return part;
  };
  return layers.map((layer, index) => {
    const k = layer.outputWidth(width);
    const f = take(layer, width);
    const V = index < layers.length - 1 ? take(dense(k, width, { bias: false }), k) : null;
    const link = { f, V, left, right: left + k };
    left = link.right;
    return link;
  });
}

/** Each block's input, and f_l and V_l applied to it. */
function forwardThrough(links: readonly Link[], params: Vector, x: Matrix) {
  const run: { readonly h: Matrix; readonly f: Applied; readonly V: Applied | null }[] = [];
  let h = x;
  for (const { f, V } of links) {
    const applied = f.layer.forward(own(f, params), h);
    const added = V && V.layer.forward(own(V, params), applied.y);
    run.push({ h, f: applied, V: added });
    if (added) h = plus(h, added.y);
  }
  return run;
}

/** The derivatives of the output in a direction, and those of the gradients that go back. */
function pushThrough(
  links: readonly Link[],
  { params, x, dParams, dx }: {
    readonly params: Vector;
    readonly x: Matrix;
    readonly dParams: Vector;
    readonly dx: Matrix;
  },
): Tangent {
  const run = forwardThrough(links, params, x);
  const tangents: { readonly f: Tangent; readonly V: Tangent | null }[] = [];
  let dh = dx;
  links.forEach(({ f, V }, block) => {
    const tf = pushforward(f.layer, own(f, params), run[block].h, own(f, dParams), dh);
    const tV = V && pushforward(V.layer, own(V, params), run[block].f.y, own(V, dParams), tf.dy);
    tangents.push({ f: tf, V: tV });
    if (tV) dh = plus(dh, tV.dy);
  });
  return {
    dy: besideEachOther(tangents.map(({ f }) => f.dy)),
    pullback(g, dg) {
      // The gradients themselves go back beside their derivatives: in f_l's output, and in h_l.
      const atF: Matrix[] = [];
      const atH: Matrix[] = [];
      backwards(links, g, x, (block, df) => {
        atF[block] = df;
        return run[block].f.pullback(df);
      }, (block, back) => {
        atH[block] = back;
        return run[block].V!.pullback(back);
      });
      return backwards(
        links,
        dg,
        x,
        (block, moved) => tangents[block].f.pullback(atF[block], moved),
        (block, moved) => tangents[block].V!.pullback(atH[block], moved),
      );
    },
  };
}

/** From the last block to the first: the gradient in h_l goes through V_l to f_l, and past both. */
function backwards(
  links: readonly Link[],
  dy: Matrix,
  x: Matrix,
  throughF: (block: number, df: Matrix) => Gradients,
  throughV: (block: number, dh: Matrix) => Gradients,
): Gradients {
  const parts: Vector[] = [];
  let dh: Matrix = { rows: x.rows, cols: x.cols, data: new Float64Array(x.data.length) };
  for (let block = links.length - 1; block >= 0; block--) {
    let df = columnsOf(dy, links[block]);
    if (links[block].V) {
      const back = throughV(block, dh);
      df = plus(df, back.dx);
      parts.unshift(back.dParams);
    }
    const back = throughF(block, df);
    parts.unshift(back.dParams);
    dh = plus(dh, back.dx);
  }
  return { dParams: joined(parts), dx: dh };
}
