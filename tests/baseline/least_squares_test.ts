import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { leastSquares } from "../../src/baseline/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { type Matrix, matrix, norm, ShapeError, times, transposeTimes, type Vector } from "../../src/tensor/mod.ts";

/** Well-conditioned systems of at most 40 rows: a few hundred units of rounding. */
const ROUNDING = 1e-12;

const random = (rows: number, cols: number, seed: number): Matrix => matrix(rows, cols, normal(key(seed), rows * cols));

/** The columns of `x` that `pick` names, each times its factor. */
function columnsOf(x: Matrix, pick: readonly (readonly [column: number, factor: number])[]): Matrix {
  const data = Array.from({ length: x.rows }, (_, i) => pick.map(([j, factor]) => factor * x.data[i * x.cols + j]))
    .flat();
  return matrix(x.rows, pick.length, data);
}

const residual = (x: Matrix, y: Vector, w: Vector) => times(x, w).map((value, i) => value - y[i]);

Deno.test("leastSquares() recovers the weights of an exact linear target", () => {
  for (const [n, d] of [[1, 1], [3, 3], [40, 7], [13, 2]]) {
    const x = random(n, d, n);
    const truth = normal(key(d), d);
    const { weights, rank } = leastSquares(x, times(x, truth));
    assertEquals(rank, d);
    weights.forEach((value, j) => assertAlmostEquals(value, truth[j], ROUNDING * 100));
  }
});

Deno.test("leastSquares() leaves a residual that is orthogonal to every column", () => {
  const [x, y] = [random(40, 6, 1), normal(key(2), 40)];
  const slope = transposeTimes(x, residual(x, y, leastSquares(x, y).weights));
  assert(norm(slope) <= ROUNDING * norm(y));
});

Deno.test("leastSquares() has the closed form of a line through points", () => {
  const { weights } = leastSquares(matrix(4, 2, [1, 0, 1, 1, 1, 2, 1, 3]), Float64Array.of(1, 3, 4, 4));
  assertAlmostEquals(weights[0], 1.5, 1e-14);
  assertAlmostEquals(weights[1], 1, 1e-14);
});

Deno.test("leastSquares() gives collinear and constant columns the solution of least norm", () => {
  const base = random(30, 2, 3);
  const y = normal(key(4), 30);
  const alone = leastSquares(base, y).weights;
  // Columns a, 2a, b, 0: the weight of a is shared in proportion 1 : 2, and the zero column gets none.
  const { weights, rank } = leastSquares(columnsOf(base, [[0, 1], [0, 2], [1, 1], [0, 0]]), y);
  assertEquals(rank, 2);
  const expected = [alone[0] / 5, 2 * alone[0] / 5, alone[1], 0];
  weights.forEach((value, j) => assertAlmostEquals(value, expected[j], ROUNDING));
});

Deno.test("leastSquares() gives more columns than rows the interpolant of least norm", () => {
  const x = random(4, 9, 5);
  const y = normal(key(6), 4);
  const { weights, rank } = leastSquares(x, y);
  assertEquals(rank, 4);
  assert(norm(residual(x, y, weights)) <= ROUNDING);
  // Least norm: the weights lie in the row space, so they are X' of something, which least squares on X' finds exactly.
  const back = leastSquares(
    matrix(9, 4, Array.from({ length: 36 }, (_, at) => x.data[(at % 4) * 9 + Math.floor(at / 4)])),
    weights,
  );
  const rebuilt = transposeTimes(x, back.weights);
  weights.forEach((value, j) => assertAlmostEquals(value, rebuilt[j], ROUNDING));
});

Deno.test("leastSquares() is not upset by columns of very different sizes", () => {
  const base = random(30, 3, 7);
  const y = normal(key(8), 30);
  const alone = leastSquares(base, y).weights;
  const scales = [1e-6, 1, 1e6];
  const { weights } = leastSquares(columnsOf(base, [[0, 1e-6], [1, 1], [2, 1e6]]), y);
  weights.forEach((value, j) => assertAlmostEquals(value * scales[j], alone[j], 1e-9));
});

Deno.test("leastSquares() answers the degenerate: no rank, no columns, wrong lengths", () => {
  assertEquals(leastSquares(matrix(3, 2, new Array(6).fill(0)), Float64Array.of(1, 2, 3)), {
    weights: new Float64Array(2),
    rank: 0,
  });
  assertThrows(() => leastSquares(random(3, 2, 1), new Float64Array(2)), ShapeError, "expected shape [3], got [2]");
});
