import type { Network } from "../nn/mod.ts";
import { ShapeError } from "../tensor/mod.ts";
import { checkWhole } from "./_check.ts";
import type { SymmetricOperator } from "./operator.ts";

/** A range of consecutive parameters. */
export interface ParameterBlock {
  /** What they are: `all`, `(w, V)`, or the name of an array such as `theta.0.weight`. */
  readonly name: string;
  /** Index of the first in the flat vector. */
  readonly offset: number;
  /** How many. */
  readonly length: number;
}

/**
 * One diagonal block of a symmetric matrix as an operator of its own: `v` is padded with zeros, and the product cut,
 * `(A [0; v; 0])[from .. from + length]`. For a Hessian it is the Hessian over these parameters with the others held
 * still; by the theorem of Cauchy its eigenvalues lie between the extreme ones of the whole. Cost: one product of the
 * whole.
 *
 * @param apply The symmetric matrix A [size, size].
 * @param from Index of the block's first row.
 * @param length Rows of the block.
 * @param size Rows of the whole.
 * @returns The block [length, length].
 * @throws {RangeError} If the block is empty or reaches outside the whole.
 * @throws {ShapeError} Later, if a vector does not have the block's length or a product not the whole's.
 * @example The middle of a diagonal matrix
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const diagonal = (v: Float64Array) => v.map((value, i) => (i + 1) * value);
 * assertEquals(blockOperator(diagonal, 1, 2, 4)(Float64Array.of(1, 1)), Float64Array.of(2, 3));
 * ```
 */
export function blockOperator(apply: SymmetricOperator, from: number, length: number, size: number): SymmetricOperator {
  checkWhole("take a block of an operator", "the size", size, 1);
  checkWhole("take a block of an operator", "the first row", from, 0, size - 1);
  checkWhole("take a block of an operator", "the number of rows", length, 1, size - from);
  return (v) => {
    if (v.length !== length) throw new ShapeError("multiply by a block", `[${length}]`, `[${v.length}]`);
    const padded = new Float64Array(size);
    padded.set(v, from);
    const product = apply(padded);
    if (product.length !== size) throw new ShapeError("cut a product", `[${size}]`, `[${product.length}]`);
    return product.slice(from, from + length);
  };
}

/**
 * The blocks of a network's parameters whose Hessians are of interest: all of them, the head (w, V) that the theorems are
 * about, and each array by itself.
 *
 * @param net The network.
 * @returns The blocks `all`, `(w, V)` (`(W, V)` for several outputs; none of a plain network), then one for each array, in the order of the flat
 * vector.
 * @example A network of one dense layer
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * const blocks = blocksOf(network(2, dense(2, 3)));
 * assertEquals(blocks.map(({ name }) => name), ["all", "(w, V)", "w", "V", "theta.weight", "theta.bias"]);
 * assertEquals(blocks[1], { name: "(w, V)", offset: 0, length: 2 + 2 * 3 });
 * ```
 */
export function blocksOf(net: Network): readonly ParameterBlock[] {
  const [w, V] = net.parameters;
  // A plain network has no V: its head is w alone.
  const head = net.kind === "plain" ? [] : [{ name: `(${w.name}, ${V.name})`, offset: 0, length: w.length + V.length }];
  const blocks = [
    { name: "all", offset: 0, length: net.size },
    ...head,
    ...net.parameters.map(({ name, offset, length }) => ({ name, offset, length })),
  ];
  return Object.freeze(blocks.map((block) => Object.freeze(block)));
}
