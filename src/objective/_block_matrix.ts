import type { Matrix, Vector } from "../tensor/mod.ts";
import type { RowHessians } from "./_row_hessians.ts";

/** The matrix [m d, m d] of the blocks `sum_i entries(a, b)_i x_i x_i'`, symmetric in a and b. */
export function blockMatrix(gram: (weights: Vector) => Matrix, m: number, entries: RowHessians["entries"]): Matrix {
  if (m === 1) return gram(entries(0, 0)!);
  let data = new Float64Array(0);
  let [d, size] = [0, 0];
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const weights = entries(a, b);
      if (weights === null) continue;
      const block = gram(weights);
      if (size === 0) {
        [d, size] = [block.rows, m * block.rows];
        data = new Float64Array(size * size);
      }
      for (let i = 0; i < d; i++) {
        const row = block.data.subarray(i * d, (i + 1) * d);
        data.set(row, (a * d + i) * size + b * d);
        if (a !== b) data.set(row, (b * d + i) * size + a * d);
      }
    }
  }
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
