import { fold, type Key, uniform } from "../random/mod.ts";
import { type Matrix, multiply, ShapeError, transpose, type Vector } from "../tensor/mod.ts";
import { builtInLayer } from "./_built_in.ts";
import { columnSums, joined, plus, rowsPlus } from "./_rows.ts";
import type { Gradients, Layer } from "./layer.ts";

/** An affine map `y = x weightᵀ + bias`: weight [out, in], bias [out]. */
export interface Dense extends Layer {
  /** The type of the layer. */
  readonly type: "dense";
  /** Width of the input. */
  readonly in: number;
  /** Width of the output. */
  readonly out: number;
  /** Whether a bias is added. */
  readonly bias: boolean;
}

/**
 * An affine layer `y = x weightᵀ + bias`. It starts with weights and biases uniform in `±1/sqrt(in)`, as PyTorch initialises its linear layers.
 *
 * @param input Width of the input, at least 1.
 * @param output Width of the output, at least 1.
 * @param options `bias`: whether a bias is added (default true).
 * @returns The layer, frozen.
 * @throws {RangeError} If a width is not a whole number above 0.
 * @example Eleven inputs, thirty-two outputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(dense(11, 32).toJson(), { type: "dense", in: 11, out: 32, bias: true });
 * ```
 */
export function dense(input: number, output: number, options: { readonly bias?: boolean } = {}): Dense {
  for (const width of [input, output]) {
    if (!Number.isSafeInteger(width) || width < 1) {
      throw new RangeError(
        `Cannot make a dense layer: widths must be whole numbers above 0, got ${input} and ${output}`,
      );
    }
  }
  const { bias = true } = options;
  const weightSize = input * output;
  const weightOf = (params: Vector): Matrix => ({ rows: output, cols: input, data: params.subarray(0, weightSize) });
  /** `x weightᵀ + bias`, which is linear in the parameters. */
  const affine = (params: Vector, x: Matrix): Matrix => {
    const product = multiply(x, transpose(weightOf(params)));
    return bias ? rowsPlus(product, params.subarray(weightSize)) : product;
  };
  /** From the gradient in y: in the weight `dyᵀ x`, in the bias the column sums. */
  const inParams = (dy: Matrix, x: Matrix): Vector => {
    const weight = multiply(transpose(dy), x).data;
    return bias ? joined([weight, columnSums(dy)]) : weight;
  };
  return builtInLayer({ type: "dense", in: input, out: output, bias } as const, {
    outputWidth(width) {
      if (width !== input) throw new ShapeError("apply a dense layer", `[rows, ${input}]`, `[rows, ${width}]`);
      return output;
    },
    parameters() {
      const weight = { name: "weight", shape: [output, input] };
      return bias ? [weight, { name: "bias", shape: [output] }] : [weight];
    },
    initialise(key: Key, _width: number, path = "theta") {
      const bound = 1 / Math.sqrt(input);
      const draw = (name: string, length: number) =>
        uniform(fold(key, `${path}.${name}`), length, { low: -bound, high: bound });
      return joined([draw("weight", weightSize), ...bias ? [draw("bias", output)] : []]);
    },
    forward(params, x) {
      return {
        y: affine(params, x),
        pullback: (dy) => ({ dParams: inParams(dy, x), dx: multiply(dy, weightOf(params)) }),
      };
    },
    pushforward(params, x, dParams, dx) {
      return {
        dy: plus(affine(dParams, x), multiply(dx, transpose(weightOf(params)))),
        pullback(g, dg): Gradients {
          const [moved, still] = [inParams(dg, x), multiply(transpose(g), dx).data];
          return {
            dParams: moved.map((value, i) => value + (still[i] ?? 0)),
            dx: plus(multiply(dg, weightOf(params)), multiply(g, weightOf(dParams))),
          };
        },
      };
    },
  });
}
