import type { Layer } from "../../src/nn/mod.ts";
import type { Matrix, Vector } from "../../src/tensor/mod.ts";

/** A layer that the library does not know: each column times a parameter of its own. */
export function scale(): Layer {
  const scaled = (params: Vector, x: Matrix): Matrix => ({
    ...x,
    data: x.data.map((value, i) => value * params[i % x.cols]),
  });
  return {
    type: "scale",
    outputWidth: (width) => width,
    parameters: (width) => [{ name: "factor", shape: [width] }],
    initialise: (_key, width) => new Float64Array(width).fill(1),
    forward: (params, x) => ({
      y: scaled(params, x),
      pullback(dy) {
        const dParams = new Float64Array(params.length);
        dy.data.forEach((value, i) => dParams[i % x.cols] += value * x.data[i]);
        return { dParams, dx: scaled(params, dy) };
      },
    }),
    toJson: () => ({ type: "scale" }),
  };
}
