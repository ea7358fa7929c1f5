import type { Address, Kernels } from "../kernels/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import type { LinearPasses } from "./_linear_passes.ts";

/**
 * `weights -> sum_i weights[i] x_i x_i'` [d, d], piece of rows by piece.
 *
 * @param kernels The kernels to compute with.
 * @param passes The rows.
 * @returns The function; its memory is taken at its first use.
 */
export function createGram(
  { memory, f64: set, work }: Kernels,
  passes: LinearPasses,
): (weights: Vector) => Generator<number, Matrix> {
  const { n, d, window, buffer } = passes;
  let [weighted, square, rowWeights]: [Address, Address, Address] = [0, 0, 0];
  /** Adds the lower triangle of `aᵀ inputs`, known to be symmetric: the block above the diagonal, a quarter of the work, is left out. */
  const addSymmetric = (count: number, a: Address, inputs: Address, further: 0 | 1): void => {
    const half = d >> 1;
    const rest = d - half;
    set.gemmTN(half, half, count, a, d, inputs, d, square, d, further, work);
    set.gemmTN(rest, d, count, a + half * 8, d, inputs, d, square + half * d * 8, d, further, work);
  };
  return function* (weights) {
    if (weights.length !== n) throw new ShapeError("weight the rows", `[${n}]`, `[${weights.length}]`);
    square ||= buffer(d * d);
    const even = weights.every((weight) => weight === weights[0]);
    if (!even) {
      weighted ||= buffer(window.rows * d);
      rowWeights ||= buffer(window.rows);
    }
    for (const { at: inputs, from, count } of window.pieces()) {
      if (from > 0) yield from;
      if (!even) {
        memory.view("f64", rowWeights, count).set(weights.subarray(from, from + count));
        set.scaleRows(count, d, rowWeights, inputs, weighted);
      }
      addSymmetric(count, even ? inputs : weighted, inputs, from > 0 ? 1 : 0);
    }
    if (even) set.scale(d * d, weights[0], square);
    const data = memory.view("f64", square, d * d).slice() as Vector;
    for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) data[i * d + j] = data[j * d + i];
    return Object.freeze({ rows: d, cols: d, data });
  };
}
