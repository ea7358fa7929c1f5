import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { findRidgeOptimum, ridgePath } from "../../src/baseline/mod.ts";
import { type AnyLoss, logistic, poisson, pseudoHuber, softmax, squared } from "../../src/loss/mod.ts";
import { createLinearObjective, ridgeOnColumns } from "../../src/objective/mod.ts";
import { type Matrix, matrix, matrixRows, norm, type Vector } from "../../src/tensor/mod.ts";
import { kernels, linearLoss, randomHead } from "../support/random_heads.ts";

/** Values of the sum that agree to this share of it: each solver stops at rounding of the gradient. */
const SAME = 1e-9;

/** How far a path's predictor may be from the optimum: its gradient is at most 1e-4, its curvature at least the ridge. */
const ON_PATH = 1e-4;

function last<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The mean loss plus the ridge, row by row. */
function plain(x: Matrix, y: Vector, loss: AnyLoss, ridge: Vector, weights: Vector): number {
  return weights.reduce(
    (sum, weight, at) => sum + ridge[at % x.cols] * weight * weight / 2,
    linearLoss({ x, y, loss }, weights),
  );
}

const LOSSES: readonly AnyLoss[] = [squared, logistic, poisson, pseudoHuber, softmax];

for (const loss of LOSSES) {
  Deno.test(`findRidgeOptimum() of ${loss.name}: no direction is downhill, and the bound from below is no higher than any value`, () => {
    for (const strength of [1e-8, 1e-2, 3]) {
      const { x, y } = randomHead(loss, 7, { d: 4, k: 1, n: 25 });
      const ridge = ridgeOnColumns({ x: strength, f: 1, intercept: true }, 4, 0);
      const rows = { source: matrixRows(kernels.memory, x), y };
      const { weights, value, lowerBound, attained } = last(findRidgeOptimum(kernels, loss, rows, ridge));
      assertAlmostEquals(value, plain(x, y, loss, ridge, weights), SAME);
      assert(attained);
      assert(lowerBound! <= value);
      for (let at = 0; at < weights.length; at++) {
        for (const step of [1e-3, -1e-3]) {
          const moved = weights.map((weight, i) => i === at ? weight + step : weight);
          const other = plain(x, y, loss, ridge, moved);
          assert(other >= value - SAME, `${strength}: weight ${at} by ${step}`);
          assert(other >= lowerBound!);
        }
      }
    }
  });

  Deno.test(`ridgePath() of ${loss.name} gives for each ridge what findRidgeOptimum() gives`, () => {
    const { x, y } = randomHead(loss, 3, { d: 3, k: 1, n: 40 });
    const ridges = [3, 0.1, 1e-2].map((strength) => ridgeOnColumns({ x: strength, f: 1, intercept: false }, 3, 0));
    using objective = createLinearObjective(kernels, loss, { x, y });
    const path = last(ridgePath(objective, ridges));
    assertEquals(path.length, 3);
    path.forEach((weights, at) => {
      const best = last(findRidgeOptimum(kernels, loss, { source: matrixRows(kernels.memory, x), y }, ridges[at]));
      const off = norm(weights.map((weight, i) => weight - best.weights[i]));
      assert(off <= ON_PATH / ridges[at][1] + SAME, `ridge ${ridges[at][1]}: ${off}`);
    });
  });
}

Deno.test("a ridge has one optimum where the loss alone has none: separable classes, and columns that repeat each other", () => {
  const x = matrix(4, 2, [-2, -2, -1, -1, 1, 1, 2, 2]);
  const y = Float64Array.of(-1, -1, 1, 1);
  const rows = { source: matrixRows(kernels.memory, x), y };
  const { weights, attained } = last(findRidgeOptimum(kernels, logistic, rows, Float64Array.of(0.1, 0.1)));
  assert(attained);
  // By symmetry both columns share the weight.
  assertAlmostEquals(weights[0], weights[1], SAME);
  assert(weights[0] > 0);
});

Deno.test("the bound from below knows of columns that are free", () => {
  const x = matrix(3, 1, [1, 1, 1]);
  const rows = { source: matrixRows(kernels.memory, x), y: Float64Array.of(0, 1, 5) };
  const { weights, lowerBound, value } = last(findRidgeOptimum(kernels, squared, rows, Float64Array.of(0)));
  assertAlmostEquals(weights[0], 2, 1e-12);
  assert(value - lowerBound! <= SAME);
});
