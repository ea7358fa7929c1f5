import type { Address, FloatArray } from "../kernels/mod.ts";
import { type Applied, countParameters, type Gradients, type Layer, pushforward, type Tangent } from "../nn/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import { makeSignal, type PlacedLayer, type Site } from "./_site.ts";

/**
 * Places a custom layer: its functions take copies of the rows and parameters, and what they return is copied back, so
 * that layers before and after it still run in the kernels. Rows are not shared out: one thread does all of them.
 */
export function placeOwn(site: Site, layer: Layer, width: number, offset: number): PlacedLayer {
  const { kernels: { memory }, set, vectors } = site;
  const out = layer.outputWidth(width);
  const count = countParameters(layer.parameters(width));
  const output = makeSignal(site, out);
  const view = (at: Address, length: number): FloatArray => memory.view(set.dtype, at, length);
  const rowsAt = (at: Address, rows: number, cols: number): Matrix => ({
    rows,
    cols,
    data: at === 0 ? new Float64Array(rows * cols) : Float64Array.from(view(at, rows * cols)),
  });
  const share = (vector: Address) => vector + offset * set.bytes;
  const paramsAt = (vector: Address): Vector => Float64Array.from(view(share(vector), count));
  /** Copies what a function of the layer returned, once its shape is right. */
  const put = (at: Address, { rows, cols, data }: Matrix, expected: readonly [number, number], what: string) => {
    if (rows !== expected[0] || cols !== expected[1] || data.length !== rows * cols) {
      throw new ShapeError(`take ${what} of a ${layer.type} layer`, `[${expected.join(", ")}]`, `[${rows}, ${cols}]`);
    }
    if (at !== 0) view(at, data.length).set(data);
  };
  const putParams = (vector: Address, values: Vector) => {
    if (values.length !== count) {
      throw new ShapeError(
        `take the gradient in the parameters of a ${layer.type} layer`,
        `[${count}]`,
        `[${values.length}]`,
      );
    }
    view(share(vector), count).set(values);
  };
  /** What the last passes left for the next ones, over the same rows. */
  let applied: Applied | null = null;
  let gradients: Gradients | null = null;
  let tangent: Tangent | null = null;
  const backward = (input: { readonly gradient: Address }, rows: number): Gradients => {
    const found = applied!.pullback(rowsAt(output.gradient, rows, out));
    put(input.gradient, found.dx, [rows, width], "the gradient in the input");
    return found;
  };

  return {
    width: out,
    output,
    forward(input, from, rows) {
      const shift = from * set.bytes;
      applied = layer.forward(paramsAt(vectors.point), rowsAt(input.value + shift * width, rows, width));
      put(output.value + shift * out, applied.y, [rows, out], "the output");
    },
    backward(input, _from, rows) {
      gradients = backward(input, rows);
    },
    gradient() {
      putParams(vectors.gradient, gradients!.dParams);
    },
    forwardTangent(input, rows) {
      const x = rowsAt(input.value, rows, width);
      const dx = rowsAt(input.tangent, rows, width);
      tangent = pushforward(layer, paramsAt(vectors.point), x, paramsAt(vectors.direction), dx);
      put(output.tangent, tangent.dy, [rows, out], "the tangent");
    },
    backwardTangent(input, rows) {
      backward(input, rows);
      const moved = tangent!.pullback(rowsAt(output.gradient, rows, out), rowsAt(output.gradientTangent, rows, out));
      put(input.gradientTangent, moved.dx, [rows, width], "the tangent of the gradient in the input");
      putParams(vectors.product, moved.dParams);
    },
  };
}
