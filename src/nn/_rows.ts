import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";

/** `a + factor b`, entry by entry. */
export const plus = ({ rows, cols, data }: Matrix, b: Matrix, factor = 1): Matrix => ({
  rows,
  cols,
  data: data.map((value, i) => value + factor * b.data[i]),
});

/** The entrywise product. */
export const timesEntries = ({ rows, cols, data }: Matrix, b: Matrix): Matrix => ({
  rows,
  cols,
  data: data.map((value, i) => value * b.data[i]),
});

/** A function of every entry. */
export const mapEntries = ({ rows, cols, data }: Matrix, f: (value: number) => number): Matrix => ({
  rows,
  cols,
  data: data.map(f),
});

/** The same row added to every row. */
export const rowsPlus = ({ rows, cols, data }: Matrix, row: Vector): Matrix => ({
  rows,
  cols,
  data: data.map((value, i) => value + row[i % cols]),
});

/** The sum of each column. */
export function columnSums({ cols, data }: Matrix): Vector {
  const sums = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) sums[i % cols] += data[i];
  return sums;
}

/** Vectors one after the other. */
export function joined(parts: readonly Vector[]): Vector {
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Matrices of as many rows, next to each other. */
export function besideEachOther(parts: readonly Matrix[]): Matrix {
  const [rows, cols] = [parts[0].rows, parts.reduce((sum, part) => sum + part.cols, 0)];
  const data = new Float64Array(rows * cols);
  let left = 0;
  for (const part of parts) {
    if (part.rows !== rows) {
      throw new ShapeError("put outputs side by side", `[${rows}, ${part.cols}]`, `[${part.rows}, ${part.cols}]`);
    }
    for (let row = 0; row < rows; row++) {
      data.set(part.data.subarray(row * part.cols, (row + 1) * part.cols), row * cols + left);
    }
    left += part.cols;
  }
  return { rows, cols, data };
}

/** The columns from `left` on, before `right`. */
export function columnsOf(
  { rows, cols, data }: Matrix,
  { left, right }: { readonly left: number; readonly right: number },
): Matrix {
  const out = new Float64Array(rows * (right - left));
  for (let row = 0; row < rows; row++) {
    out.set(data.subarray(row * cols + left, row * cols + right), row * (right - left));
  }
  return { rows, cols: right - left, data: out };
}
