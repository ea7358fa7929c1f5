import { assertAlmostEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type Comparator, createHeadObjective, type Head, type HeadObjective } from "../../src/landscape/mod.ts";
import { logistic, type Loss, squared } from "../../src/loss/mod.ts";
import { type Matrix, matrix } from "../../src/tensor/mod.ts";
import {
  column,
  dot,
  draws,
  type Grid,
  LOGISTIC,
  numbers,
  type PlainLoss,
  type PlainPoint,
  type Row,
  SQUARED,
} from "./by_hand.ts";

// Between both: random problems computed by hand, and the same as the library takes them.

/** The kernels that the library computes with. */
export const kernels = await loadKernels("simd");
/** Ten indices of random points. */
export const TEN = Array.from({ length: 10 }, (_, index) => index);

/** Sums of a few dozen products in another order; and where a descent or a Newton step ended. */
export const [CLOSE, ENDED] = [1e-9, 1e-7];

/** Both equal, relative to their size. */
export const close = (actual: number, expected: number, what: string, tolerance = CLOSE): void =>
  assertAlmostEquals(actual, expected, tolerance * (1 + Math.abs(expected)), what);

/** A loss of the library and the same by hand. */
interface Pair {
  readonly library: Loss;
  readonly plain: PlainLoss;
}

const PAIRS: readonly Pair[] = [{ library: squared, plain: SQUARED }, { library: logistic, plain: LOGISTIC }];

/** A random problem, and a point of it. */
export interface Problem extends Pair {
  readonly x: Grid;
  readonly f: Grid;
  readonly y: Row;
  readonly W: Grid;
  readonly V: Grid;
  readonly point: PlainPoint;
  /** Further random numbers. */
  readonly next: () => number;
}

/** A random problem with one output and two features, and a random point. */
export function problem(index: number, { rows = 30, d = 3, linear = false } = {}): Problem {
  const next = numbers(index + 200);
  const { library, plain } = PAIRS[linear ? 0 : index % 2];
  const x = draws(next, rows, d, 1.5);
  const T = draws(next, d, 2);
  const f = linear ? x.map((row) => [0, 1].map((c) => dot(row, column(T, c)))) : draws(next, rows, 2, 1.5);
  const y = x.map((row) => {
    const value = row[0] + 2 * next();
    return library === logistic ? (value < 0 ? -1 : 1) : value;
  });
  const W = draws(next, 1, d, 2);
  const V = draws(next, d, 2, 2);
  const point: PlainPoint = { x, f, y: y.map((value) => [value]), loss: plain, W, V };
  return { library, plain, x, f, y, W, V, point, next };
}

/** F_theta of the library, and a point of it. */
export const objectiveOf = (
  library: Loss,
  x: Grid,
  f: Grid,
  y: Row,
  ridge: { x: number; f: number; intercept: boolean } | null = null,
): HeadObjective =>
  createHeadObjective(kernels, {
    x: matrix(x.length, x[0].length, x.flat()),
    f: matrix(f.length, f[0].length, f.flat()),
    y: Float64Array.from(y),
    loss: library,
    ridge,
  });

/** A point (W, V) as the library takes it. */
export const headOf = (W: Grid, V: Grid): Head => ({
  W: matrix(W.length, W[0].length, W.flat()),
  V: matrix(V.length, V[0].length, V.flat()),
});

/** A matrix of the library as rows of numbers. */
export const gridOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);

/** A linear predictor as the library takes it. */
export const comparatorOf = (weights: Row, value: number): Comparator => ({
  A: matrix(1, weights.length, [...weights]),
  C: null,
  value,
});

/** Rows of numbers as the library takes them. */
export const matrixOf = (grid: Grid): Matrix => matrix(grid.length, grid[0].length, grid.flat());
