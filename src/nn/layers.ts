import { ACTIVATION_CODES, type ActivationName } from "../kernels/mod.ts";
import type { Activation, Chain, Dense, Layer, Residual } from "./layer.ts";

/**
 * An affine layer `y = x weightᵀ + bias`.
 *
 * @param input Width of the input, at least 1.
 * @param output Width of the output, at least 1.
 * @param options `bias`: whether a bias is added (default true).
 * @returns The layer, as plain frozen data.
 * @throws {RangeError} If a width is not a whole number above 0.
 * @example Eleven inputs, thirty-two outputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(dense(11, 32), { type: "dense", in: 11, out: 32, bias: true });
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
  return Object.freeze({ type: "dense", in: input, out: output, bias: options.bias ?? true });
}

/**
 * A function of every entry: `relu` max(0, x); `leaky_relu` with slope 0.01 below 0; `tanh`; `sigmoid` 1/(1+exp(-x));
 * `softplus` log(1+exp(x)); `gelu` x Phi(x) with the exact normal distribution; `silu` x sigmoid(x); `sin`; `identity`.
 *
 * @param name Which function.
 * @returns The layer, as plain frozen data.
 * @throws {RangeError} If there is no such function.
 * @example The hyperbolic tangent
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(activation("tanh").name, "tanh");
 * ```
 */
export function activation(name: ActivationName): Activation {
  if (!Object.hasOwn(ACTIVATION_CODES, name)) {
    throw new RangeError(`Cannot make an activation "${name}": known are ${Object.keys(ACTIVATION_CODES).join(", ")}`);
  }
  return Object.freeze({ type: "activation", name });
}

/**
 * Adds the identity: `x + body(x)`.
 *
 * @param body A layer that keeps the width of its input.
 * @returns The layer, as plain frozen data.
 * @example A residual block of two dense layers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const block = residual(chain(dense(4, 8), activation("relu"), dense(8, 4)));
 * assertEquals(block.type, "residual");
 * ```
 */
export function residual(body: Layer): Residual {
  return Object.freeze({ type: "residual", body });
}

/**
 * Layers one after the other.
 *
 * @param layers First to last; none makes the identity.
 * @returns The layer, as plain frozen data.
 * @example A hidden layer
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(chain(dense(3, 5), activation("sin")).layers.length, 2);
 * ```
 */
export function chain(...layers: readonly Layer[]): Chain {
  return Object.freeze({ type: "chain", layers: Object.freeze([...layers]) });
}
