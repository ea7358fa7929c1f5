import type { Matrix, Vector } from "../tensor/mod.ts";

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
