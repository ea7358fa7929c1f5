import type { Kernels } from "../kernels/mod.ts";
import { norm } from "./algebra.ts";
import type { DependentFactorColumn, Factor, FactorOptions } from "./factor.ts";
import { leadingTriangle } from "./_leading_triangle.ts";
import { letGo } from "./let_go.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { type PivotedTriangle, pivotedTriangle } from "./_pivoted_triangle.ts";
import { columnSquares, conditionOfColumns, conditionOfUpper, solveUpper } from "./triangle.ts";

/** Condition below which every column is independent, and no other order of the columns is tried. */
const SAFE = 1e8;

/** Root mean squares of columns between this and its inverse leave room in single precision for squares and their sums. */
const LEAST = 1e-12;

/** Random solves that tell how sharply a combination is determined. */
const PROBES = 8;

/** The norms of the columns of R, which are those of X. */
export function columnNorms(r: Vector, d: number): Vector {
  // Squares that overflow or vanish are summed with care.
  return columnSquares(r, d).map((square, j) =>
    square > 1e-280 && square < 1e280
      ? Math.sqrt(square)
      : norm(Float64Array.from({ length: j + 1 }, (_, i) => r[i * d + j]))
  );
}

interface Triangle {
  readonly r: Vector;
  readonly norms: Vector;
  readonly scales: Vector | null;
}

/** The columns of R that are not 0, each over its norm. */
function overNorms(r: Vector, norms: Vector, columns: Int32Array): Matrix {
  const [d, order] = [norms.length, columns.length];
  const over = new Float64Array(order * order);
  const own = Float64Array.from(columns, (column) => norms[column]);
  for (let i = 0; i < order; i++) {
    const [row, out] = [columns[i] * d, i * order];
    for (let j = i; j < order; j++) over[out + j] = r[row + columns[j]] / own[j];
  }
  return { rows: order, cols: order, data: over };
}

/** T over the columns kept, from their triangle over their norms: in the unit of the columns, with a positive diagonal. */
function scaledTriangle({ rows: rank, data: leading }: Matrix, sizes: Vector): Matrix {
  const data = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++) {
    const row = i * rank;
    const sign = leading[row + i] < 0 ? -1 : 1;
    for (let j = i; j < rank; j++) data[row + j] = sign * leading[row + j] * sizes[j];
  }
  return Object.freeze({ rows: rank, cols: rank, data });
}

/** The rows of a triangle times a number, with a positive diagonal. */
function scaleRows(r: Vector, d: number, by: number): void {
  for (let i = 0; i < d; i++) multiplyPart(r, i * (d + 1), (i + 1) * d, r[i * (d + 1)] < 0 ? -by : by);
}

function multiplyPart(numbers: Vector, from: number, to: number, by: number): void {
  for (let at = from; at < to; at++) numbers[at] *= by;
}

/**
 * The factor where every column is clearly independent, its triangle then being T: of condition (columns over their norms) below `safe`. Null where
 * it is not, or a column is 0 or lies outside of what squares in single precision hold. R becomes T where there is a factor.
 */
export function wholeFactor(kernels: Kernels, n: number, r: Vector, safe: number): Factor | null {
  const d = Math.sqrt(r.length);
  const root = Math.sqrt(n);
  if (!columnNorms(r, d).every((size) => size > LEAST * root && size < root / LEAST)) return null;
  const condition = conditionOfColumns(kernels, { rows: d, cols: d, data: r });
  if (!(condition < safe)) return null;
  scaleRows(r, d, 1 / root);
  return Object.freeze({
    rows: n,
    columns: d,
    rank: d,
    kept: Object.freeze(Array.from({ length: d }, (_, j) => j)),
    T: Object.freeze({ rows: d, cols: d, data: r }),
    dependent: Object.freeze([]),
    condition,
  });
}

/** Which columns are independent, and T over them; R is let go of. */
export function* decideFactor(
  kernels: Kernels,
  n: number,
  d: number,
  { r, norms, scales }: Triangle,
  tolerance: number,
  later: FactorOptions["later"],
): Generator<number, Factor> {
  const columns = Int32Array.from(norms.keys()).filter((j) => norms[j] > 0);
  const order = columns.length;
  const equilibrated = overNorms(r, norms, columns);
  const condition = conditionOfUpper(kernels, equilibrated);
  const whole = condition < Math.min(SAFE, 0.01 / tolerance, 0.01 / (later?.tolerance ?? tolerance));
  const { pivots, rank, top, rest } = whole
    ? { pivots: Array.from(columns.keys()), rank: order, top: equilibrated, rest: new Float64Array(0) }
    : yield* pivotedTriangle(
      kernels,
      equilibrated,
      tolerance,
      later && { from: columns.filter((column) => column < later.from).length, tolerance: later.tolerance },
    );
  const kept = pivots.slice(0, rank).map((j) => columns[j]);
  const leading = leadingTriangle(top);
  const sizes = Float64Array.from(kept, (column) => norms[column] / Math.sqrt(n) / (scales?.[column] ?? 1));
  const zeros = Array.from(norms.keys()).filter((j) => !(norms[j] > 0)).map((column) => ({
    column,
    on: [],
    weights: [],
    rest: 0,
  }));
  const others = dependents({ pivots, rank, top, rest }, leading, tolerance);
  const dependent = [
    ...zeros,
    ...others.map((one) => ({ ...one, column: columns[one.column], on: one.on.map((j) => kept[j]) })),
  ];
  const factor = Object.freeze({
    rows: n,
    columns: d,
    rank,
    kept: Object.freeze(kept),
    T: scaledTriangle(leading, sizes),
    dependent: Object.freeze(dependent.toSorted((a, b) => a.column - b.column)),
    condition: whole ? condition : conditionOfUpper(kernels, leading),
  });
  letGo(r, equilibrated.data, top.data, leading.data);
  return factor;
}

/**
 * The weights `T11^-1 t` of each column that was cut. A column counts when its own part, what the other kept columns do not span,
 * contributes more than rounding: its weight over the norm of its row of `T11^-1`, which some random solves tell.
 */
function dependents(
  { pivots, rank, top, rest }: PivotedTriangle,
  leading: Matrix,
  tolerance: number,
): readonly DependentFactorColumn[] {
  const { cols, data } = top;
  if (rank === cols) return [];
  const rowNorms = new Float64Array(rank);
  for (let probe = 0; probe < PROBES; probe++) {
    const signs = Float64Array.from({ length: rank }, (_, i) => ((i + 1) * Math.sqrt(2 + probe)) % 1 < 0.5 ? 1 : -1);
    solveUpper(leading, signs).forEach((value, i) => rowNorms[i] += value * value / PROBES);
  }
  return pivots.slice(rank).map((column, j) => {
    const target = Float64Array.from({ length: rank }, (_, i) => data[i * cols + rank + j]);
    const weights = solveUpper(leading, target);
    const least = 10 * Math.max(tolerance, rest[j]);
    const on = Array.from(weights.keys())
      .filter((i) => Math.abs(weights[i]) > least * Math.sqrt(rowNorms[i]))
      .toSorted((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));
    return { column, on, weights: on.map((i) => weights[i]), rest: rest[j] };
  });
}
