import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  convexCertificate,
  createHeadObjective,
  lambdaMin,
  smoothness,
  theorem1,
  theorem2,
  theoremA,
} from "../../src/landscape/mod.ts";
import type { Ridge } from "../../src/objective/mod.ts";
import { eigenvalues, type Matrix, matrix, multiply, norm } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian, type HeadProblem } from "../support/dense_hessian.ts";
import { ALL_LOSSES, kernels, randomComparator, randomHead } from "../support/random_heads.ts";

/** Eigenvalues of dense matrices: hundreds of units of rounding of their sizes. */
const ROUNDING = 1e-10;

const SHAPES = [{ d: 2, k: 1, m: 1 }, { d: 4, k: 3, m: 1 }, { d: 5, k: 3, m: 2 }, { d: 5, k: 2, m: 3, rank: 1 }];

const STRENGTHS = [[0.3, 2], [1e-3, 10], [0, 1]] as const;

/** `(x/2) ||W||² + (f/2) ||W V||²`, the first column of W left out where it is the intercept; entry by entry. */
function penalty({ x, f, intercept }: Ridge, W: Matrix, V: Matrix): number {
  let sum = 0;
  W.data.forEach((entry, at) => sum += intercept && at % W.cols === 0 ? 0 : x * entry * entry / 2);
  multiply(W, V).data.forEach((entry) => sum += f * entry * entry / 2);
  return sum;
}

/** The penalty's gradient and Hessian over (W, V) by differences of the penalty, a polynomial of degree 4: exact but for rounding. */
function differences(
  ridge: Ridge,
  { W, V }: HeadProblem,
): { readonly gradient: Float64Array; readonly hessian: Matrix } {
  const [inW, order] = [W.data.length, W.data.length + V.data.length];
  const at = Float64Array.of(...W.data, ...V.data);
  const value = (moves: readonly (readonly [number, number])[]): number => {
    const moved = at.slice();
    for (const [index, step] of moves) moved[index] += step;
    return penalty(ridge, matrix(W.rows, W.cols, moved.slice(0, inW)), matrix(V.rows, V.cols, moved.slice(inW)));
  };
  // With h and 2h the terms of third and fourth degree cancel.
  const h = 0.25;
  const gradient = at.map((_, i) =>
    (8 * (value([[i, h]]) - value([[i, -h]])) - value([[i, 2 * h]]) + value([[i, -2 * h]])) / (12 * h)
  );
  const second = (i: number, j: number, step: number) =>
    (value([[i, step], [j, step]]) - value([[i, step], [j, -step]]) - value([[i, -step], [j, step]]) +
      value([[i, -step], [j, -step]])) / (4 * step * step);
  const data = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) data[i * order + j] = (4 * second(i, j, h) - second(i, j, 2 * h)) / 3;
  }
  return { gradient, hessian: matrix(order, order, data) };
}

for (const loss of ALL_LOSSES) {
  Deno.test(`with a ridge on W and W V, value, gradient and Hessian of ${loss.name} are those of the sum, and every bound holds for it`, () => {
    for (const [seed, shape] of SHAPES.entries()) {
      for (const [x, f] of STRENGTHS) {
        const ridge = { x, f, intercept: seed % 2 === 0 };
        const head = randomHead(loss, seed + 5, { ...shape, scaleW: loss.name === "poisson" ? 0.3 : 1 });
        const what = `${JSON.stringify(shape)} under ${JSON.stringify(ridge)}`;
        using plain = createHeadObjective(kernels, head);
        using objective = createHeadObjective(kernels, { ...head, ridge });
        const at = objective.at(head);
        const part = differences(ridge, head);
        const value = plain.at(head).value + penalty(ridge, head.W, head.V);
        assertAlmostEquals(at.value, value, ROUNDING * Math.abs(value), what);

        const gradient = denseGradient(head).gradient.map((entry, i) => entry + part.gradient[i]);
        const own = Float64Array.of(...at.gradientW.data, ...at.gradientV.data);
        assert(norm(gradient.map((entry, i) => entry - own[i])) <= ROUNDING * (1 + norm(gradient)), what);

        const dense = denseHessian(head);
        const sum = matrix(dense.rows, dense.cols, dense.data.map((entry, i) => entry + part.hessian.data[i]));
        const [truth] = eigenvalues(kernels, sum);
        const size = ROUNDING * (1 + norm(sum.data));
        for (const order of [400, 0]) {
          const lambda = lambdaMin(objective, at, { order });
          assert(lambda.lower <= truth + size && truth - size <= lambda.upper, `${what}: ${JSON.stringify(lambda)}`);
        }
        const linear = randomComparator(head, seed, 0.2);
        const star = {
          ...linear,
          value: linear.value + penalty(ridge, linear.A, matrix(shape.d, 1, new Float64Array(shape.d))),
        };
        const found = theoremA(objective, at, { lower: truth - size }, star)!;
        assert(found.stationarity.holds && found.gap.holds, `Theorem A, ${what}: ${JSON.stringify(found)}`);
        assert(theorem1(objective, at, star)?.holds ?? true, `Theorem 1, ${what}`);
        assert(theorem2(objective, head.V, star)?.holds ?? true, `Theorem 2, ${what}`);
        assert(convexCertificate(objective, at, star).holds, `the convex certificate, ${what}`);
      }
    }
  });
}

Deno.test("Theorem A with a ridge needs the ridge's share of b: without it the bound on ||R|| would be broken somewhere", () => {
  let broken = 0;
  for (let seed = 0; seed < 40; seed++) {
    const head = randomHead(ALL_LOSSES[0], seed, { d: 2, k: 1, m: 1, n: 4, scaleW: 0.05 });
    const ridge = { x: 30, f: 30, intercept: false };
    using plain = createHeadObjective(kernels, head);
    using objective = createHeadObjective(kernels, { ...head, ridge });
    const at = objective.at(head);
    const { b, kappaUpper, normR, stationarity } = theoremA(objective, at, lambdaMin(objective, at), {
      A: head.W,
      C: null,
      value: at.value,
    })!;
    assert(stationarity.holds);
    const without = theoremA(plain, plain.at(head), { lower: 0 }, { A: head.W, C: null, value: 0 })!.b;
    assert(without < b);
    if (normR ** 2 > kappaUpper * (kappaUpper + without) * (1 + ROUNDING)) broken++;
  }
  assert(broken > 0);
});

Deno.test("a ridge leaves the intercept free, and Theorem 3 outside", () => {
  const head = randomHead(ALL_LOSSES[0], 3, { d: 3, k: 2 });
  using objective = createHeadObjective(kernels, { ...head, ridge: { x: 1, f: 2, intercept: true } });
  assertEquals([...objective.ridge!], [0, 1, 1, 2, 2]);
  assertEquals(smoothness(objective, objective.at(head)).mu2, null);
});
