import { fold, type Key, uniform } from "../random/mod.ts";
import { ShapeError } from "../tensor/mod.ts";
import type { Layer, Parameter } from "./layer.ts";

/**
 * The width of a layer's output.
 *
 * @param layer The layer.
 * @param input Width of its input.
 * @returns Width of its output.
 * @throws {ShapeError} If the layer, or one inside it, does not fit its input, or a residual body changes the width.
 * @example Through a chain
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, dense } from "@resland/resland/nn";
 * assertEquals(outputWidth(chain(dense(3, 5), dense(5, 2)), 3), 2);
 * ```
 */
export function outputWidth(layer: Layer, input: number): number {
  switch (layer.type) {
    case "dense":
      if (layer.in !== input) throw new ShapeError("apply a dense layer", `[rows, ${layer.in}]`, `[rows, ${input}]`);
      return layer.out;
    case "activation":
      return input;
    case "residual": {
      const output = outputWidth(layer.body, input);
      if (output !== input) {
        throw new ShapeError("add a residual body to its input", `[rows, ${input}]`, `[rows, ${output}]`);
      }
      return output;
    }
    case "chain":
      return layer.layers.reduce((width, next) => outputWidth(next, width), input);
  }
}

/**
 * The parameters of a layer tree, in the order in which they stand in the flat vector: depth first, weight before bias.
 * Chain indices on the way down make the name; a residual adds none of its own.
 *
 * @param layer The layer.
 * @param path Name of the root (default `theta`).
 * @param start Index of the first entry in the flat vector (default 0).
 * @returns One record per array.
 * @example Names as PyTorch gives them
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense, residual } from "@resland/resland/nn";
 * const net = chain(dense(3, 4), residual(chain(activation("relu"), dense(4, 4, { bias: false }))));
 * assertEquals(parametersOf(net).map((p) => p.name), ["theta.0.weight", "theta.0.bias", "theta.1.1.weight"]);
 * ```
 */
export function parametersOf(layer: Layer, path = "theta", start = 0): readonly Parameter[] {
  switch (layer.type) {
    case "dense": {
      const length = layer.in * layer.out;
      const weight = { name: `${path}.weight`, shape: [layer.out, layer.in], offset: start, length };
      const bias = { name: `${path}.bias`, shape: [layer.out], offset: start + length, length: layer.out };
      return layer.bias ? [weight, bias] : [weight];
    }
    case "activation":
      return [];
    case "residual":
      return parametersOf(layer.body, path, start);
    case "chain": {
      let offset = start;
      return layer.layers.flatMap((next, index) => {
        const found = parametersOf(next, `${path}.${index}`, offset);
        offset += countOf(found);
        return found;
      });
    }
  }
}

/**
 * How many numbers a list of parameters holds.
 *
 * @example A dense layer of three inputs and two outputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense } from "@resland/resland/nn";
 * assertEquals(countOf(parametersOf(dense(3, 2))), 8);
 * ```
 */
export function countOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, parameter) => sum + parameter.length, 0);
}

/**
 * Random parameters of a layer tree: weights and biases uniform in `±1/sqrt(in)`, as PyTorch initialises its linear layers.
 *
 * @param key Where the randomness comes from; each dense layer folds in its name.
 * @param layer The layer.
 * @returns The flat vector, in the order of {@linkcode parametersOf}.
 * @example The same key gives the same numbers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * import { dense } from "@resland/resland/nn";
 * assertEquals(initialParameters(key(1), dense(3, 2)), initialParameters(key(1), dense(3, 2)));
 * ```
 */
export function initialParameters(key: Key, layer: Layer): Float64Array {
  const parameters = parametersOf(layer);
  const flat = new Float64Array(countOf(parameters));
  let bound = 0;
  for (const { name, shape, offset, length } of parameters) {
    // A bias follows its weight, and shares the weight's number of inputs.
    if (shape.length === 2) bound = 1 / Math.sqrt(shape[1]);
    flat.set(uniform(fold(key, name), length, { low: -bound, high: bound }), offset);
  }
  return flat;
}
