import type { Matrix } from "./matrix.ts";

/** The leading square of `[T11 T12]`. */
export function leadingTriangle({ rows, cols, data }: Matrix): Matrix {
  if (rows === cols) return { rows, cols, data };
  const square = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) square.set(data.subarray(i * cols, i * cols + rows), i * rows);
  return { rows, cols: rows, data: square };
}
