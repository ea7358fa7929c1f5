import { BLOCK } from "./_blocks.ts";
import type { LinearObjective, SecondDerivative } from "../objective/mod.ts";
import {
  type Factor,
  type Matrix,
  matrixRows,
  orthonormalRows,
  type PlacedTriangle,
  type RowSource,
  sketchRows,
  solveUpper,
  transpose,
  type Vector,
} from "../tensor/mod.ts";

/** Weights on all columns [m, d] from those in orthonormal coordinates [m, r]: `T w = u` for the columns kept, 0 for the others. */
export function weightsOf(
  { T, kept, columns }: Factor,
  m: number,
  u: Vector,
  solve = (b: Vector) => solveUpper(T, b),
): Vector {
  const [out, solved, r] = [new Float64Array(m * columns), solve(u), kept.length];
  for (let a = 0; a < m; a++) for (let j = 0; j < r; j++) out[a * columns + kept[j]] = solved[a * r + j];
  return out;
}

/** Coordinates [m, r] of weights on all columns [m, d] that are 0 for the columns left out: `u = T w`. */
export function coordinatesOf(
  factor: Factor,
  m: number,
  weights: Vector,
  multiply = (w: Vector) => multiplyUpper(factor.T, w),
): Vector {
  return multiply(keptOf(factor, m, weights));
}

/** `T w` for each w [r] of several. */
function multiplyUpper({ rows: r, data }: Matrix, w: Vector): Vector {
  const out = new Float64Array(w.length);
  for (let from = 0; from < w.length; from += r) {
    for (let i = 0; i < r; i++) for (let j = i; j < r; j++) out[from + i] += data[i * r + j] * w[from + j];
  }
  return out;
}

/** The entries of numbers on all columns [m, d] for the columns kept [m, r]. */
function keptOf({ kept, columns }: Factor, m: number, g: Vector): Vector {
  const r = kept.length;
  const out = new Float64Array(m * r);
  for (let a = 0; a < m; a++) for (let j = 0; j < r; j++) out[a * r + j] = g[a * columns + kept[j]];
  return out;
}

/**
 * The mean loss in orthonormal coordinates u, `W = u T^-T`, on the columns as they are: nothing is made orthonormal but the weights and the gradient.
 * Right to rounding times the condition of T, so for columns that are far from dependent. Offers no matrix of second derivatives: it is for many
 * weights, where none is wanted; of large diagonal blocks what is near, from sums of rows. The triangle is T; who placed it disposes it.
 */
export function inCoordinates(
  raw: LinearObjective,
  source: RowSource,
  factor: Factor,
  triangle: PlacedTriangle,
): LinearObjective {
  const { outputs: m } = raw;
  const toColumns = (u: Vector) => weightsOf(factor, m, u, triangle.solve);
  // A gradient over weights on all columns is, over orthonormal coordinates, T^-T times that of the columns kept.
  const toCoordinates = (g: Vector) => triangle.solveTransposed(keptOf(factor, m, g));
  const refuse = (): never => {
    throw new RangeError("Cannot form a matrix of second derivatives: too many weights");
  };
  return {
    ...raw,
    inputs: factor.rank,
    at(u) {
      const sums = raw.at(toColumns(u));
      return { ...sums, gradient: toCoordinates(sums.gradient) };
    },
    project: (direction) => raw.project(toColumns(direction)),
    correlate: (c) => toCoordinates(raw.correlate(c)),
    second(predictions) {
      const second = raw.second(predictions);
      return {
        apply: (direction) => toCoordinates(second.apply(toColumns(direction))),
        applySingle: second.applySingle && ((direction) => toCoordinates(second.applySingle!(toColumns(direction)))),
        bend: second.bend,
        diagonal: second.diagonal,
        blocks: () =>
          factor.rank > BLOCK ? sketchedBlocks(raw, second, source, factor) : turnedBlocks(second, factor, triangle),
        means: second.means,
        traces: second.traces,
        weighted: second.weighted,
        [Symbol.dispose]: () => second[Symbol.dispose](),
      };
    },
    gram: refuse,
    gramInSteps: refuse,
    hessian: refuse,
    survey: refuse,
    [Symbol.dispose]() {},
  };
}

/** `E[l''_aa u u'] = T^-T E[l''_aa x x'] T^-1` [r, r] of each output, for the columns kept. */
function* turnedBlocks(
  second: SecondDerivative,
  { kept, columns, rank: r }: Factor,
  triangle: PlacedTriangle,
): Generator<number, readonly Matrix[]> {
  const found: Matrix[] = [];
  for (const { data } of yield* second.blocks()) {
    const own = new Float64Array(r * r);
    for (let i = 0; i < r; i++) for (let j = 0; j < r; j++) own[i * r + j] = data[kept[i] * columns + kept[j]];
    // The rows of a symmetric matrix times T^-1, and those of the transpose again.
    const half = transpose({ rows: r, cols: r, data: triangle.solveTransposed(own) });
    found.push({ rows: r, cols: r, data: triangle.solveTransposed(half.data) });
    yield found.length;
  }
  return found;
}

/** Sums for each column of which a block is made: near enough for a preconditioner. */
const SUMS = 3;

/** About `E[l''_aa u u']` [r, r] of each output, from sums of rows weighted by l''. */
function* sketchedBlocks(
  { kernels, outputs: m }: LinearObjective,
  second: SecondDerivative,
  source: RowSource,
  factor: Factor,
): Generator<number, readonly Matrix[]> {
  const { memory, f64: set, work } = kernels;
  const weights = Array.from({ length: m }, (_, a) => (from: number, count: number) => second.diagonal(a, from, count));
  return yield* sketchRows(kernels, source, SUMS * factor.columns, weights, blockOf);

  function blockOf(sums: Matrix): Matrix {
    const { rows, cols: r, write } = orthonormalRows(kernels, matrixRows(memory, sums), { ...factor, rows: sums.rows });
    const at = memory.allocate((rows + r) * r * 8);
    const square = at + rows * r * 8;
    try {
      write(0, rows, at, r);
      set.gemmTN(r, r, rows, at, r, at, r, square, r, 0, work);
      return Object.freeze({ rows: r, cols: r, data: memory.view("f64", square, r * r).slice() as Vector });
    } finally {
      memory.free(at);
    }
  }
}
