import { type Address, type KernelCall, type Kernels, qrWork } from "../kernels/mod.ts";
import { norm } from "./algebra.ts";
import { leadingTriangle } from "./_leading_triangle.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { type PivotedTriangle, pivotedTriangle } from "./_pivoted_triangle.ts";
import type { RowSource } from "./row_source.ts";
import { conditionOfUpper, solveUpper } from "./triangle.ts";

/** A column that is a combination of others, as far as the tolerance tells. */
export interface DependentFactorColumn {
  /** The column, from 0. */
  readonly column: number;
  /** The kept columns that it is a combination of, those that contribute most first; none for a column of zeros. */
  readonly on: readonly number[];
  /** The weight of each of those, columns over their norms. */
  readonly weights: readonly number[];
  /** The norm of what they leave of it, as a share of its own. */
  readonly rest: number;
}

/** `X[:, kept] = Q T` with `Q'Q = n I`: the columns of Q are orthogonal and have mean square 1. */
export interface Factor {
  /** The rows n of X. */
  readonly rows: number;
  /** The columns d of X. */
  readonly columns: number;
  /** How many columns are independent. */
  readonly rank: number;
  /** The independent columns, in the order of the columns of T. */
  readonly kept: readonly number[];
  /** T [rank, rank], upper triangular with a positive diagonal. */
  readonly T: Matrix;
  /** The other columns, in ascending order. */
  readonly dependent: readonly DependentFactorColumn[];
  /** An estimate of the condition number of the kept columns, each over its norm. */
  readonly condition: number;
  /** The inner products of the columns of Q are near those of orthonormal ones only: T is of sums of rows, by `sketchFactor` (default false). */
  readonly sketched?: boolean;
}

/** Options of {@linkcode factorRows}. */
export interface FactorOptions {
  /** A pivot at most this share of the first counts as zero (default `max(n, d)` units of rounding, 2.2e-16 each). */
  readonly tolerance?: number;
  /**
   * Columns that come after all others, whatever their pivots, such as features beside inputs: those from `from` on. They are cut where no
   * more than `tolerance` of their own norm is left (default: like the others).
   */
  readonly later?: { readonly from: number; readonly tolerance: number };
}

/** Condition below which every column is independent, and no other order of the columns is tried. */
const SAFE = 1e8;

/** Bytes of a piece of rows, and of its columns that are reflected together: what the caches hold. */
const [PIECE, PANEL] = [1 << 22, 1 << 19];

/** Fewest rows of a piece: with fewer, the triangle costs more than the rows. */
const LEAST_ROWS = 256;

/** Operations from which on several triangles are made, at most so many, each of this many rows a column or more, so that merging them costs little. */
const [STREAMED, MOST_STREAMS, TALL] = [1e8, 4, 2];

/** Operations between two steps of the generator, about a second on one thread: a caller can stop it between them. */
const SOON = 2.6e10;

/** Norms under this may have lost digits to underflow. */
const TINY = 1e-280;

/** Random solves that tell how sharply a combination is determined. */
const PROBES = 8;

/**
 * A rank-revealing QR factorisation of the rows of a source, step by step: Householder reflections take in piece after piece of rows, so
 * that the table is never held whole; nothing is decided from `X'X`. Each column of the result is exact for a column that differs
 * by some units of rounding of its norm, whatever the scales of the others.
 *
 * When the triangle's condition (columns over their norms) is below 1e8, all columns are independent and stay in order. Otherwise
 * the triangle is factored again with column pivoting, and pivots of at most `tolerance` times the first are cut.
 * Cost: `2 n d²` flops in matrix products, `4/3 d³` more where columns are pivoted; memory for a piece of 4 MB and three triangles.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d]; passed over once, or three times where numbers are near the limits of f64.
 * @param options What counts as zero.
 * @returns A generator that yields the share of the rows done after each piece, and returns the factor.
 * @throws {RangeError} If an entry is NaN or infinite, or the tolerance is not in [0, 1).
 * @example Stop after the first piece, or continue to the end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const steps = factorRows(kernels, matrixRows(kernels.memory, matrix(2, 1, [3, 4])));
 * assertEquals(steps.next(), { done: false, value: 1 });
 * const { value } = steps.next();
 * assertEquals(typeof value === "object" && value.rank, 1);
 * ```
 */
export function* factorRows(
  kernels: Kernels,
  source: RowSource,
  options: FactorOptions = {},
): Generator<number, Factor> {
  const { rows: n, cols: d } = source;
  const { tolerance = Math.min(0.5, Math.max(n, d) * Number.EPSILON) } = options;
  if (!(tolerance >= 0 && tolerance < 1)) {
    throw new RangeError(`Cannot factor columns: the tolerance must be in [0, 1), got ${tolerance}`);
  }
  let scales: Vector | null = null;
  let r = yield* triangleOfRows(kernels, source, null);
  let norms = columnNorms(r, d);
  if (!norms.every((size) => size === 0 || size > TINY && size < Infinity)) {
    scales = yield* powersNear(kernels, source);
    r = yield* triangleOfRows(kernels, source, scales);
    norms = columnNorms(r, d);
  }
  return yield* decide(kernels, n, d, { r, norms, scales }, tolerance, options.later);
}

/**
 * {@linkcode factorRows} to its end.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d].
 * @param options What counts as zero.
 * @returns The factor.
 * @throws {RangeError} If an entry is NaN or infinite, or the tolerance is not in [0, 1).
 * @example A column that is twice another
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const { kept, dependent } = factorOf(kernels, matrixRows(kernels.memory, matrix(2, 2, [1, 2, 3, 6])));
 * assertEquals([kept, dependent[0].column, dependent[0].on], [[0], 1, [0]]);
 * ```
 */
export function factorOf(kernels: Kernels, source: RowSource, options: FactorOptions = {}): Factor {
  const steps = factorRows(kernels, source, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** How many rows go into one piece. */
function rowsOfPiece(n: number, d: number): number {
  const fit = Math.min(PIECE / (8 * d), PANEL / (8 * Math.min(d, 48)));
  return Math.min(n, Math.max(LEAST_ROWS, Math.floor(fit)));
}

/** How many triangles the rows go into in turns, before they are merged: by the shape alone, so that no bit depends on the number of threads. */
function streamsOf(n: number, d: number): number {
  if (2 * n * d * d < STREAMED) return 1;
  const soon = Math.floor(SOON / (2 * rowsOfPiece(n, d) * d * d));
  return Math.max(1, Math.min(MOST_STREAMS, Math.floor(n / (TALL * d)), soon));
}

/** R [d, d] of all rows, their columns times powers of two where `scales` gives them; zeros below the diagonal. */
function* triangleOfRows(kernels: Kernels, source: RowSource, scales: Vector | null): Generator<number, Vector> {
  const { memory, f64: set } = kernels;
  const { rows: n, cols: d } = source;
  if (n === 0 || d === 0) return new Float64Array(d * d);
  const count = rowsOfPiece(n, d);
  const streams = streamsOf(n, d);
  const scratch = qrWork(count, d);
  const at = memory.allocate(streams * (d * d + count * d + scratch) * 8);
  const triangle = (stream: number): Address => at + stream * d * d * 8;
  const piece = (stream: number): Address => at + (streams * d * d + stream * count * d) * 8;
  const work = (stream: number): Address => at + (streams * (d * d + count * d) + stream * scratch) * 8;
  const update = (stream: number, rows: number, from: Address): KernelCall => ({
    kernel: "qrUpdate",
    args: [rows, d, triangle(stream), d, from, d, work(stream)],
  });
  try {
    set.fill(streams * d * d, 0, at);
    for (let from = 0; from < n;) {
      const calls: KernelCall[] = [];
      for (let stream = 0; stream < streams && from < n; stream++) {
        const rows = Math.min(count, n - from);
        source.write(from, rows, piece(stream), d);
        if (scales) scaleColumns(memory.view("f64", piece(stream), rows * d), scales);
        calls.push(update(stream, rows, piece(stream)));
        from += rows;
      }
      kernels.runAll(calls);
      yield from / n;
    }
    for (let apart = 1; apart < streams; apart *= 2) {
      for (let from = 0; from < d; from += count) {
        const calls: KernelCall[] = [];
        for (let stream = 0; stream + apart < streams; stream += 2 * apart) {
          calls.push(update(stream, Math.min(count, d - from), triangle(stream + apart) + from * d * 8));
        }
        kernels.runAll(calls);
        yield 1;
      }
    }
    return memory.view("f64", at, d * d).slice() as Vector;
  } finally {
    memory.free(at);
  }
}

function scaleColumns(rows: Vector | Float64Array<ArrayBufferLike>, scales: Vector): void {
  for (let from = 0; from < rows.length; from += scales.length) {
    for (let j = 0; j < scales.length; j++) rows[from + j] *= scales[j];
  }
}

/** For each column the power of two that takes its largest entry near 1; the pass that finds what is NaN or infinite. */
function* powersNear(kernels: Kernels, source: RowSource): Generator<number, Vector> {
  const { memory } = kernels;
  const { rows: n, cols: d } = source;
  const count = rowsOfPiece(n, d);
  const largest = new Float64Array(d);
  const at: Address = memory.allocate(count * d * 8);
  try {
    for (let from = 0; from < n; from += count) {
      const rows = Math.min(count, n - from);
      source.write(from, rows, at, d);
      const view = memory.view("f64", at, rows * d);
      for (let i = 0; i < view.length; i++) {
        const size = Math.abs(view[i]);
        if (!(size < Infinity)) {
          const [row, column] = [from + Math.floor(i / d), i % d];
          throw new RangeError(
            `Cannot factor columns: an entry is NaN or infinite, ${view[i]} in row ${row}, column ${column}`,
          );
        }
        if (size > largest[i % d]) largest[i % d] = size;
      }
      yield (from + rows) / n;
    }
  } finally {
    memory.free(at);
  }
  return largest.map((size) => size === 0 ? 1 : 2 ** Math.min(1022, -Math.floor(Math.log2(size))));
}

/** The norms of the columns of R, which are those of X. */
function columnNorms(r: Vector, d: number): Vector {
  const squares = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let j = i; j < d; j++) squares[j] += r[i * d + j] ** 2;
  // Squares that overflow or vanish are summed with care.
  return squares.map((square, j) =>
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

/** Which columns are independent, and T over them. */
function* decide(
  kernels: Kernels,
  n: number,
  d: number,
  { r, norms, scales }: Triangle,
  tolerance: number,
  later: FactorOptions["later"],
): Generator<number, Factor> {
  const columns = Array.from(norms.keys()).filter((j) => norms[j] > 0);
  const order = columns.length;
  const over = new Float64Array(order * order);
  columns.forEach((row, i) => {
    for (let j = i; j < order; j++) over[i * order + j] = r[row * d + columns[j]] / norms[columns[j]];
  });
  const equilibrated: Matrix = { rows: order, cols: order, data: over };
  const condition = conditionOfUpper(kernels, equilibrated);
  const whole = condition < Math.min(SAFE, 0.01 / tolerance, 0.01 / (later?.tolerance ?? tolerance));
  const { pivots, rank, top, rest } = whole
    ? { pivots: columns.map((_, j) => j), rank: order, top: equilibrated, rest: new Float64Array(0) }
    : yield* pivotedTriangle(
      kernels,
      equilibrated,
      tolerance,
      later && { from: columns.filter((column) => column < later.from).length, tolerance: later.tolerance },
    );
  const kept = pivots.slice(0, rank).map((j) => columns[j]);
  const leading = leadingTriangle(top);
  const data = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++) {
    const sign = leading.data[i * (rank + 1)] < 0 ? -1 : 1;
    for (let j = i; j < rank; j++) {
      const size = norms[kept[j]] / Math.sqrt(n) / (scales?.[kept[j]] ?? 1);
      data[i * rank + j] = sign * leading.data[i * rank + j] * size;
    }
  }
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
  return Object.freeze({
    rows: n,
    columns: d,
    rank,
    kept: Object.freeze(kept),
    T: Object.freeze({ rows: rank, cols: rank, data }),
    dependent: Object.freeze(dependent.toSorted((a, b) => a.column - b.column)),
    condition: whole ? condition : conditionOfUpper(kernels, leading),
  });
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
