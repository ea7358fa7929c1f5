import { assert, assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { certifyPoint, type FittedNetwork, predictorOf, settle, type SettleOptions } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { huber, logistic, poisson, pseudoHuber, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network, splitParts } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { eigenvalues, matrix, multiply, norm } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { finish } from "../support/small_problem.ts";
import { plainHead, randomFit } from "./_networks.ts";

const kernels = await loadKernels("simd");

const EPSILON = 1e-6;

/** Means of 60 losses near 1, from two codes. */
const ROUNDING = 1e-12;

/** The features of two codes differ by units of rounding, which weights of some tens pass on. */
const GRADIENT = 1e-11;

const settled = (fitted: FittedNetwork, options: Partial<SettleOptions> = {}) =>
  finish(settle(kernels, fitted, { epsilon: EPSILON, ...options }));

/** Value, gradient norm and smallest eigenvalue over (W, V), in plain loops. */
function measured(fitted: FittedNetwork) {
  const head = plainHead(fitted);
  const { value, gradient } = denseGradient(head);
  const [lowest] = eigenvalues(kernels, denseHessian(head));
  return { value, gradient: norm(gradient), lowest };
}

for (
  const [loss, m] of [
    ...[squared, huber, pseudoHuber, logistic, poisson].map((loss) => [loss, 1] as const),
    [squared, 2],
    [pseudoHuber, 3],
    [softmax, 3],
  ] as const
) {
  Deno.test(`settle() ends at min H, where the gradient is 0 and no curvature negative, for ${loss.name} with ${m} output(s)`, () => {
    for (let seed = 1; seed < 5; seed++) {
      const fitted = randomFit(loss, seed, { m });
      const before = fitted.params.slice();
      const { params, featureOptimum, pruned, steps } = settled(fitted);
      assertEquals([fitted.params, pruned], [before, []]);
      assert(steps > 0);
      // Only W and V move.
      assertEquals(splitParts(fitted.net, params).theta, splitParts(fitted.net, before).theta);
      const head = plainHead(fitted);
      const least = plainOptimum(head, m);
      const there = measured({ ...fitted, params });
      const scale = 1 + Math.abs(least.value);
      assertAlmostEquals(there.value, least.value, ROUNDING * scale);
      assertAlmostEquals(featureOptimum.value, least.value, ROUNDING * scale);
      assert(featureOptimum.attained);
      assertLessOrEqual(there.gradient, GRADIENT);
      assert(there.lowest >= -GRADIENT, `${there.lowest}`);
      assertLess(there.value, denseGradient(head).value);
    }
  });
}

Deno.test("settle() keeps V the nearest to the old one: what W does not see of it stays", () => {
  const fitted = randomFit(squared, 3, { d: 5, k: 2 });
  const { params } = settled(fitted);
  const [before, after] = [fitted.params, params].map((at) => splitParts(fitted.net, at));
  const change = after.V.map((value, at) => value - before.V[at]);
  // For one output the change is w c': every column of it is along w.
  const { w } = after;
  const square = w.reduce((sum, value) => sum + value * value, 0);
  for (let b = 0; b < 2; b++) {
    const along = w.reduce((sum, value, a) => sum + value * change[2 * a + b], 0) / square;
    w.forEach((value, a) => assertAlmostEquals(change[2 * a + b], along * value, 1e-13));
  }
});

Deno.test("settle() moves nothing but by rounding where it has been before, and is never above its start", () => {
  for (const loss of [squared, logistic, softmax]) {
    const fitted = randomFit(loss, 7);
    const once = settled(fitted);
    const twice = settled({ ...fitted, params: once.params });
    const [a, b] = [once, twice].map(({ params }) => denseGradient(plainHead({ ...fitted, params })).value);
    assertAlmostEquals(a, b, 1e-14);
    for (const size of [1e-9, 1e-6, 1e-3, 1, 10]) {
      const noise = normal(key(8), fitted.params.length);
      const params = once.params.map((value, at) => value + size * noise[at]);
      const end = settled({ ...fitted, params });
      const [from, to] = [params, end.params].map((at) => denseGradient(plainHead({ ...fitted, params: at })).value);
      assertLessOrEqual(to, from + ROUNDING * (1 + Math.abs(from)), `${loss.name}, ${size}`);
    }
  }
});

for (const [loss, m] of [[logistic, 1], [softmax, 3]] as const) {
  Deno.test(`settle() brings separable classes to a gradient that is small enough, its infimum known: ${loss.name}`, () => {
    const { net, params, examples: { x } } = randomFit(loss, 2, { n: 12, d: 4, k: 8, m });
    // Twelve rows and twelve columns: any labels separate.
    const y = Float64Array.from({ length: 12 * m }, (_, at) => {
      const [i, a] = [Math.floor(at / m), at % m];
      return m === 1 ? i * i % 7 < 3 ? 1 : -1 : Number(i * i % 3 === a);
    });
    const fitted: FittedNetwork = { net, params, loss, examples: { x, y } };
    const { params: end, featureOptimum } = settled(fitted);
    const { value, gradient } = measured({ ...fitted, params: end });
    assertEquals([featureOptimum.attained, featureOptimum.infimum], [false, 0]);
    assert(value > 0 && value <= 10 * EPSILON, `${value}`);
    assertLessOrEqual(gradient, EPSILON);
  });
}

/** A layer of tanh units, the second of which is the first but for a small change of one weight. */
function nearTwins(change: number): FittedNetwork {
  const net = network(3, chain(dense(3, 4), activation("tanh")));
  const fitted = randomFit(squared, 5, { n: 80, d: 3, k: 4, net });
  const [params, weights] = [fitted.params.slice(), 3 + 3 * 4];
  params.copyWithin(weights + 3, weights, weights + 3);
  params[weights + 4] += change;
  // The biases, after the weights.
  params[weights + 13] = params[weights + 12];
  return { ...fitted, params };
}

Deno.test("settle() sets features that nearly repeat others to 0 where nothing would be stationary with them", () => {
  const fitted = nearTwins(1e-11);
  const { params, pruned, featureOptimum } = settled(fitted);
  // Which of the two stays is open.
  assert(pruned.length === 1 && pruned[0] < 2, `${pruned}`);
  const head = plainHead({ ...fitted, params });
  for (let i = 0; i < head.f.rows; i++) assertEquals(head.f.data[4 * i + pruned[0]], 0);
  const { value, gradient } = measured({ ...fitted, params });
  assertLessOrEqual(gradient, EPSILON);
  assertAlmostEquals(value, plainOptimum(head, 1).value, ROUNDING);
  assertAlmostEquals(featureOptimum.value, value, ROUNDING);
  assertLess(value, denseGradient(plainHead(fitted)).value);
});

Deno.test("settle() keeps features that exactly repeat others, or differ by enough", () => {
  for (const change of [0, 1e-6, 1e-2]) {
    const fitted = nearTwins(change);
    const { params, pruned } = settled(fitted);
    assertEquals(pruned, []);
    const { gradient } = measured({ ...fitted, params });
    assertLessOrEqual(gradient, EPSILON);
  }
});

/** Inputs of which the last is the one before it but for a millionth of a part in itself; the target follows what they differ in. */
function nearColumns(share: number): FittedNetwork {
  const fitted = randomFit(squared, 6, { n: 80, d: 4 });
  const z = normal(key(9), 80);
  const x = fitted.examples.x.data.map((value, at, all) => at % 4 === 3 ? all[at - 1] + 3e-8 * z[(at - 3) / 4] : value);
  return { ...fitted, examples: { x: matrix(80, 4, x), y: fitted.examples.y.map((value, i) => value + share * z[i]) } };
}

Deno.test("settle() leaves out of W columns of x that ask for weights at which nothing is stationary", () => {
  const fitted = nearColumns(0.3);
  const { params, featureOptimum, pruned } = settled(fitted);
  const { value, gradient } = measured({ ...fitted, params });
  assertLessOrEqual(gradient, EPSILON);
  assertEquals(pruned, []);
  assertLess(norm(splitParts(fitted.net, params).w), 100);
  assertLess(value, denseGradient(plainHead(fitted)).value);
  // The best of the features is that of all columns.
  assertEquals(featureOptimum.rank, 7);
  assertLess(featureOptimum.value, value - 0.01);
});

Deno.test("settle() leaves no column out where that would end above the linear predictor", () => {
  const fitted = nearColumns(3);
  const linear = bestLinear(kernels, squared, fitted.examples);
  const { params, featureOptimum } = settled(fitted, { linear });
  const { value } = measured({ ...fitted, params });
  // Weights of 1e7 round predictions at 1e-9.
  assertLessOrEqual(value, linear.value + 1e-8);
  assertAlmostEquals(value, featureOptimum.value, 1e-8);
});

for (const loss of [squared, softmax]) {
  Deno.test(`settle() ends at or below training and linear with more outputs than inputs: ${loss.name}`, () => {
    for (let seed = 1; seed < 3; seed++) {
      const fitted = randomFit(loss, seed, { n: 80, d: 2, k: 6, m: 5 });
      const linear = bestLinear(kernels, loss, fitted.examples);
      const ends = [settled(fitted), settled(fitted, { linear })];
      const [alone, held] = ends.map(({ params }) => measured({ ...fitted, params }));
      const start = measured(fitted);
      assertLessOrEqual(alone.value, start.value);
      assertLessOrEqual(held.value, Math.min(start.value, linear.value) + ROUNDING);
      // min H needs a W of rank 5 to carry it, and there is none.
      assertLess(ends[1].featureOptimum.value, held.value);
    }
  });
}

Deno.test("settle() is never above linear where training had gone far above it", () => {
  for (const [loss, m, d] of [[squared, 1, 3], [squared, 4, 2], [softmax, 4, 2], [poisson, 1, 3]] as const) {
    const fitted = randomFit(loss, 11, { d, k: 4, m });
    const linear = bestLinear(kernels, loss, fitted.examples);
    const far = loss === poisson ? 3 : 1000;
    const params = fitted.params.map((value, at) => at < m * d ? far * value : value);
    const { value } = measured({ ...fitted, params: settled({ ...fitted, params }, { linear }).params });
    assertLessOrEqual(value, linear.value + ROUNDING, loss.name);
  }
});

Deno.test("predictorOf() is [W, W V], row after row", () => {
  const [W, V] = [matrix(2, 3, normal(key(1), 6)), matrix(3, 2, normal(key(2), 6))];
  const product = multiply(W, V).data;
  const expected = [0, 1].flatMap((a) => [...W.data.slice(3 * a, 3 * a + 3), ...product.slice(2 * a, 2 * a + 2)]);
  predictorOf({ W, V }).forEach((value, at) => assertAlmostEquals(value, expected[at], 1e-15));
});

Deno.test("settle() hands on the sums at its end: the certificate is the same with them as without", () => {
  for (const [loss, m, d] of [[squared, 1, 4], [softmax, 3, 4], [softmax, 4, 2], [squared, 3, 2]] as const) {
    const fitted = randomFit(loss, 31, { m, d, k: 3 });
    const linear = bestLinear(kernels, loss, fitted.examples);
    for (const options of [{}, { linear }]) {
      const { params, evaluation, featureOptimum } = settled(fitted, options);
      const known = { linear, featureOptimum, epsilon: EPSILON };
      const at = { ...fitted, params };
      assertEquals(evaluation.predictions.length, fitted.examples.y.length);
      assertEquals(certifyPoint(kernels, at, { ...known, evaluation }), certifyPoint(kernels, at, known));
    }
  }
});
