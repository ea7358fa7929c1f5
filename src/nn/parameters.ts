import { fold, type Key } from "../random/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";
import { isMarked, type Methods } from "./_built_in.ts";
import type { Layer, LayerParameter, Parameter } from "./layer.ts";

/**
 * The parameters of a layer tree, in the order in which they stand in the flat vector: depth first, weight before bias.
 * Chain indices on the way down make the name; a residual adds none of its own.
 *
 * @param layer The layer.
 * @param width Width of its input.
 * @param path Name of the root (default `theta`).
 * @param start Index of the first entry in the flat vector (default 0).
 * @returns One record per array.
 * @example Names as PyTorch gives them
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense, residual } from "@resland/resland/nn";
 * const body = chain(dense(3, 4), residual(chain(activation("relu"), dense(4, 4, { bias: false }))));
 * assertEquals(listParameters(body, 3).map((p) => p.name), ["theta.0.weight", "theta.0.bias", "theta.1.1.weight"]);
 * ```
 */
export function listParameters(layer: Layer, width: number, path = "theta", start = 0): readonly Parameter[] {
  let offset = start;
  return layer.parameters(width).map(({ name, shape }) => {
    const length = entries(shape);
    const parameter = { name: `${path}.${name}`, shape, offset, length };
    offset += length;
    return parameter;
  });
}

/**
 * How many numbers a list of parameters holds.
 *
 * @example A dense layer of three inputs and two outputs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense } from "@resland/resland/nn";
 * assertEquals(countParameters(listParameters(dense(3, 2), 3)), 8);
 * ```
 */
export function countParameters(parameters: readonly LayerParameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + entries(shape), 0);
}

/**
 * Random parameters of a layer tree, as each of its layers initialises itself.
 *
 * @param key Where the randomness comes from; each array has a stream of its own.
 * @param layer The layer.
 * @param width Width of its input.
 * @param path The layer's name in its tree (default `theta`); layers of different names start differently.
 * @returns The flat vector, in the order of {@linkcode listParameters}.
 * @throws {ShapeError} If a layer of your own gives more or fewer numbers than its parameters have.
 * @example The same key gives the same numbers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * import { dense } from "@resland/resland/nn";
 * assertEquals(initialParameters(key(1), dense(3, 2), 3), initialParameters(key(1), dense(3, 2), 3));
 * ```
 */
export function initialParameters(key: Key, layer: Layer, width: number, path = "theta"): Vector {
  if (isMarked(layer)) return (layer as Layer & Methods).initialise(key, width, path);
  // A custom layer need not know its name: two of a kind still start differently.
  const params = layer.initialise(fold(key, path), width);
  const count = countParameters(layer.parameters(width));
  if (params.length !== count) {
    throw new ShapeError(`initialise a ${layer.type} layer`, `[${count}]`, `[${params.length}]`);
  }
  return params;
}

const entries = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
