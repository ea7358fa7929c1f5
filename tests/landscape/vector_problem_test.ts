import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  createPartialProblem,
  createVectorProblem,
  descendVector,
  headSpectrum,
  towardsVectorLinear,
  vectorCertificate,
  vectorDirection,
  type VectorHead,
  type VectorProblem,
  vectorSpectrum,
  vectorTheorem1,
  vectorWayDown,
} from "../../src/landscape/mod.ts";
import { type AnyLoss, huber, logistic, poisson, softmax, squared } from "../../src/loss/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { eigenvalues, joinColumns, matrix, norm, rowOf, ShapeError } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** Second differences of gradients with this step: h² of truncation, 1e-16 / h of rounding. */
const STEP = 1e-5;
const DIFFERENCE = 2e-8;

const [ROWS, D, K] = [24, 4, 3];

function dataFor(loss: AnyLoss, m: number, seed = 1) {
  const own = key(seed);
  const draws = normal(fold(own, "y"), ROWS * m);
  const y = loss === softmax
    ? Float64Array.from(
      { length: ROWS * m },
      (_, at) => at % m === Math.floor(Math.abs(10 * draws[at - at % m])) % m ? 1 : 0,
    )
    : loss === logistic
    ? draws.map((value) => value < 0 ? -1 : 1)
    : loss === poisson
    ? draws.map((value) => Math.floor(Math.abs(2 * value)))
    : draws;
  return {
    x: matrix(ROWS, D, normal(fold(own, "x"), ROWS * D)),
    f: matrix(ROWS, K, normal(fold(own, "f"), ROWS * K).map(Math.tanh)),
    y,
    loss,
  };
}

/** A random head whose W has a given rank. */
function headOf(m: number, rank: number, seed: number): VectorHead {
  const W = normal(fold(key(seed), "W"), m * D).map((value) => value / 2);
  for (let a = rank; a < m; a++) for (let j = 0; j < D; j++) W[a * D + j] = rank === 0 ? 0 : W[j] / (a + 1);
  return { W: matrix(m, D, W), V: matrix(D, K, normal(fold(key(seed), "V"), D * K).map((value) => value / 2)) };
}

function gradientOf(problem: VectorProblem, head: VectorHead): Float64Array {
  const { gradientW, gradientV } = problem.at(head);
  return Float64Array.of(...gradientW.data, ...gradientV.data);
}

function moved({ W, V }: VectorHead, at: number, step: number): VectorHead {
  const [inW, inV] = [W.data.slice(), V.data.slice()];
  if (at < inW.length) inW[at] += step;
  else inV[at - inW.length] += step;
  return { W: { ...W, data: inW }, V: { ...V, data: inV } };
}

const CASES: readonly (readonly [AnyLoss, number, number])[] = [
  [squared, 1, 1],
  [squared, 3, 3],
  [squared, 3, 1],
  [softmax, 3, 3],
  [softmax, 3, 2],
  [softmax, 4, 0],
  [logistic, 2, 2],
  [poisson, 2, 1],
  [squared, 6, 4],
];

for (const [loss, m, rank] of CASES) {
  Deno.test(`vectorSpectrum() of ${loss.name}, ${m} outputs, rank ${rank}, is that of the dense Hessian by differences`, () => {
    using problem = createVectorProblem(kernels, dataFor(loss, m));
    const head = headOf(m, Math.min(rank, D), 3);
    const point = problem.at(head);
    const size = m * D + D * K;
    const dense = new Float64Array(size * size);
    for (let at = 0; at < size; at++) {
      const [above, below] = [STEP, -STEP].map((step) => gradientOf(problem, moved(head, at, step)));
      for (let j = 0; j < size; j++) dense[at * size + j] = (above[j] - below[j]) / (2 * STEP);
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        assertAlmostEquals(dense[i * size + j], dense[j * size + i], DIFFERENCE * (1 + norm(point.predictions)));
        dense[j * size + i] = dense[i * size + j];
      }
    }
    const expected = eigenvalues(kernels, { rows: size, cols: size, data: dense });
    const spectrum = vectorSpectrum(problem, point);
    const found = Float64Array.of(...spectrum.values, ...new Float64Array(spectrum.zeros)).sort();
    assertEquals(found.length, size);
    const tolerance = DIFFERENCE * Math.max(1, expected[size - 1], norm(point.predictions));
    for (let at = 0; at < size; at++) assertAlmostEquals(found[at], expected[at], tolerance, `eigenvalue ${at}`);
    assertAlmostEquals(spectrum.lambdaMin, expected[0], tolerance);
    assertAlmostEquals(spectrum.lambdaMax, expected[size - 1], tolerance);
    // The lowest direction has the curvature of the lowest value, by differences of F.
    const { W, V } = vectorDirection(spectrum, point, rowOf(spectrum.vectors, 0));
    const along = (step: number) =>
      problem.at({
        W: { ...W, data: W.data.map((value, at) => head.W.data[at] + step * value) },
        V: { ...V, data: V.data.map((value, at) => head.V.data[at] + step * value) },
      }).value;
    const h = 1e-4;
    assertAlmostEquals(
      (along(h) - 2 * point.value + along(-h)) / h ** 2,
      spectrum.values[0],
      1e-5 * Math.max(1, point.value),
    );
  });
}

Deno.test("createVectorProblem() has the gradient of central differences of F", () => {
  for (const [loss, m, rank] of CASES) {
    using problem = createVectorProblem(kernels, dataFor(loss, m));
    const head = headOf(m, Math.min(rank, D), 5);
    const gradient = gradientOf(problem, head);
    assertAlmostEquals(norm(gradient), problem.at(head).gradientNorm, 1e-12);
    for (let at = 0; at < gradient.length; at++) {
      const slope = (problem.at(moved(head, at, STEP)).value - problem.at(moved(head, at, -STEP)).value) / (2 * STEP);
      assertAlmostEquals(gradient[at], slope, 1e-8);
    }
  }
});

Deno.test("one output gives what the problem for one output gives", () => {
  const data = dataFor(huber, 1);
  using many = createVectorProblem(kernels, data);
  using single = createPartialProblem(kernels, { ...data, loss: huber });
  const { W, V } = headOf(1, 1, 7);
  const [a, b] = [many.at({ W, V }), single.at({ w: W.data, V })];
  assertAlmostEquals(a.value, b.value, 1e-15);
  assertAlmostEquals(a.gradientNorm, b.gradientNorm, 1e-14);
  const [found, expected] = [vectorSpectrum(many, a), headSpectrum(single, b)];
  assertEquals(found.values.length, expected.values.length);
  found.values.forEach((value, at) => assertAlmostEquals(value, expected.values[at], 1e-13));
});

Deno.test("vectorTheorem1() and vectorCertificate() hold at random points against the best linear predictor, and fail for a gradient that is short", () => {
  let below = 0;
  for (let seed = 0; seed < 60; seed++) {
    const [loss, m] = seed % 2 ? [softmax, 3] as const : [squared, 2] as const;
    const data = dataFor(loss, m, seed);
    using problem = createVectorProblem(kernels, data);
    const best = bestLinear(kernels, loss, data);
    const star = { A: matrix(m, D, best.weights), C: null, value: best.value };
    const features = bestLinear(kernels, loss, { x: joinColumns(data.x, data.f), y: data.y });
    assert(features.value <= best.value + 1e-12);
    const point = problem.at(headOf(m, m, seed + 100));
    assert(vectorTheorem1(problem, point, star)!.holds);
    const { holds, gap, bound } = vectorCertificate(problem, point, star);
    assert(holds && gap <= bound + 1e-12);
    const short = { ...point, gradientNorm: point.gradientNorm / 50 };
    if (!vectorTheorem1(problem, short, star)!.holds) below++;
    assertEquals(vectorTheorem1(problem, problem.at(headOf(m, 1, seed)), star), null);
    // Along the way to linear F falls at least as fast as the gap.
    const way = towardsVectorLinear(problem, point, star.A)!;
    const slope = way.W.data.reduce((sum, value, at) => sum + value * point.gradientW.data[at], 0) +
      way.V.data.reduce((sum, value, at) => sum + value * point.gradientV.data[at], 0);
    assert(-slope >= gap - 1e-12);
  }
  assert(below > 10, `${below}`);
});

Deno.test("createVectorProblem() refuses heads and targets that do not fit", () => {
  const data = dataFor(squared, 2);
  using problem = createVectorProblem(kernels, data);
  assertThrows(() => problem.at(headOf(3, 3, 1)), ShapeError, "evaluate at (W, V)");
  assertThrows(() => createVectorProblem(kernels, { ...data, y: data.y.slice(1) }), ShapeError, "pair inputs");
});

Deno.test("descendVector() ends at min H for m < d, from full rank, less, and the origin", () => {
  for (const [loss, m] of [[softmax, 3], [squared, 2], [huber, 3], [poisson, 1]] as const) {
    const data = dataFor(loss, m, 11);
    using problem = createVectorProblem(kernels, data);
    const features = bestLinear(kernels, loss, { x: joinColumns(data.x, data.f), y: data.y });
    assert(features.attained, loss.name);
    for (const rank of [m, 1, 0]) {
      const { point, spectrum, converged } = descendVector(problem, headOf(m, rank, 2), { gradient: 1e-9 });
      assert(converged && spectrum.lambdaMin >= -1e-8, `${loss.name} rank ${rank}`);
      assertAlmostEquals(point.value, features.value, 1e-9, `${loss.name} rank ${rank}`);
    }
  }
});

for (const [m, rank] of [[2, 2], [2, 1], [2, 0], [5, 4]] as const) {
  Deno.test(`vectorWayDown() leads down from a W of rank ${rank} of ${m}, with the slope that F has`, () => {
    using problem = createVectorProblem(kernels, dataFor(squared, m));
    const linear = bestLinear(kernels, squared, problem);
    const head = headOf(m, rank, 3);
    const point = problem.at(head);
    assert(point.value > linear.value);
    const star = matrix(m, D, linear.weights);
    const { order, slope, W, V } = vectorWayDown(problem, point, vectorSpectrum(problem, point), star)!;
    const at = (t: number) =>
      problem.at({
        W: matrix(m, D, head.W.data.map((value, i) => value + t * W.data[i])),
        V: matrix(D, K, head.V.data.map((value, i) => value + t * V.data[i])),
      }).value;
    const step = STEP / norm(Float64Array.of(...W.data, ...V.data));
    const measured = (at(step) - at(-step)) / (2 * step);
    assertEquals(order, "first");
    assertAlmostEquals(slope, measured, DIFFERENCE * (1 + Math.abs(slope)));
    assert(slope < 0 && at(step) < point.value);
  });
}

Deno.test("vectorWayDown() finds no way from the best linear predictor, and negative curvature where the gradient is 0", () => {
  const one = matrix(1, 1, [1]);
  // Example 1 of the paper: a saddle.
  using saddle = createVectorProblem(kernels, { x: one, f: one, y: Float64Array.of(1), loss: squared });
  const still = saddle.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) });
  const way = vectorWayDown(saddle, still, vectorSpectrum(saddle, still), matrix(1, 1, [1]))!;
  assertEquals([way.order, Math.abs(way.slope)], ["second", 0]);
  const best = saddle.at({ W: matrix(1, 1, [1]), V: matrix(1, 1, [0]) });
  const none = vectorWayDown(
    saddle,
    { ...best, W: matrix(1, 1, [0]) },
    vectorSpectrum(saddle, best),
    matrix(1, 1, [1]),
  );
  assertEquals(none, null);
});
