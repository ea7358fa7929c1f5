import { norm } from "./algebra.ts";
import type { Matrix } from "./matrix.ts";

/** The leading square of `[T11 T12]`. */
export function leadingTriangle({ rows, cols, data }: Matrix): Matrix {
  if (rows === cols) return { rows, cols, data };
  const square = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) square.set(data.subarray(i * cols, i * cols + rows), i * rows);
  return { rows, cols: rows, data: square };
}

/** Each column over its norm. */
export function equilibrated({ rows, cols, data }: Matrix): Matrix {
  const squares = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    const row = i * cols;
    for (let j = i; j < cols; j++) squares[j] += data[row + j] * data[row + j];
  }
  const sizes = squares.map((square, j) =>
    square > 1e-280 && square < Infinity
      ? Math.sqrt(square)
      : norm(Float64Array.from({ length: j + 1 }, (_, i) => data[i * cols + j])) || 1
  );
  const out = data.slice();
  for (let i = 0; i < rows; i++) {
    const row = i * cols;
    for (let j = i; j < cols; j++) out[row + j] /= sizes[j];
  }
  return { rows, cols, data: out };
}
