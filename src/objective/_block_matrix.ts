import type { Matrix } from "../tensor/mod.ts";

/** Two outputs a and b <= a. */
export type Pair = readonly [a: number, b: number];

/** The pairs of m outputs. */
export const pairsOf = (m: number): readonly Pair[] =>
  Array.from({ length: m }, (_, a) => Array.from({ length: a + 1 }, (_, b): Pair => [a, b])).flat();

/** The matrix [m d, m d], symmetric in a and b, of the blocks [d, d] of some pairs of outputs, 0 for the others. */
export function blockMatrix(blocks: readonly Matrix[], pairs: readonly Pair[], m: number): Matrix {
  if (m === 1) return blocks[0];
  const d = blocks[0].rows;
  const size = m * d;
  const data = new Float64Array(size * size);
  pairs.forEach(([a, b], index) => {
    for (let i = 0; i < d; i++) {
      const row = blocks[index].data.subarray(i * d, (i + 1) * d);
      data.set(row, (a * d + i) * size + b * d);
      if (a !== b) data.set(row, (b * d + i) * size + a * d);
    }
  });
  return Object.freeze({ rows: size, cols: size, data });
}

/** The same block m times along the diagonal. */
export function blockDiagonal(block: Matrix, m: number): Matrix {
  if (m === 1) return block;
  const [width, order] = [block.cols, m * block.cols];
  const data = new Float64Array(order * order);
  for (let a = 0; a < m; a++) {
    for (let i = 0; i < width; i++) {
      data.set(block.data.subarray(i * width, (i + 1) * width), (a * width + i) * order + a * width);
    }
  }
  return Object.freeze({ rows: order, cols: order, data });
}
