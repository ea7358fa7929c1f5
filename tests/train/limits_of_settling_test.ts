import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { certifyPoint, settle } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { logistic, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, joinParts, network, splitParts } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, norm } from "../../src/tensor/mod.ts";
import { denseGradient } from "../support/dense_hessian.ts";
import { finish } from "../support/small_problem.ts";
import { plainHead, randomFit } from "./_networks.ts";

const kernels = await loadKernels("simd");

const EPSILON = 1e-6;

Deno.test("settle() leaves a perfect fit unchanged: the rounded optimum of the convex problem is above it", () => {
  // y = 2 + 3 x in integers: F is 0 to the last bit, and 1e-32 anywhere near.
  const x = matrix(5, 2, [1, -2, 1, -1, 1, 0, 1, 3, 1, 4]);
  const y = Float64Array.of(-4, -1, 2, 11, 14);
  const net = network(2, dense(2, 1));
  const theta = Float64Array.of(0.3, -0.7, 0.1);
  const params = joinParts(net, { w: Float64Array.of(2, 3), V: new Float64Array(2), theta });
  const { params: end } = finish(
    settle(kernels, { net, params, loss: squared, examples: { x, y } }, { epsilon: EPSILON }),
  );
  assertEquals(denseGradient(plainHead({ net, params: end, loss: squared, examples: { x, y } })).value, 0);
});

for (const loss of [squared, softmax]) {
  Deno.test(`settle() goes down from the linear predictor where training ended far above it, more outputs than inputs: ${loss.name}`, () => {
    const fitted = randomFit(loss, 3, { n: 80, d: 2, k: 6, m: 5 });
    const linear = bestLinear(kernels, loss, fitted.examples);
    const { V, theta } = splitParts(fitted.net, fitted.params);
    const wild = V.map((value) => 1e6 * value);
    const w = Float64Array.from({ length: 10 }, (_, at) => 1e4 * Math.cos(at));
    const params = joinParts(fitted.net, { w, V: wild, theta });
    const { params: end } = finish(settle(kernels, { ...fitted, params }, { epsilon: EPSILON, linear }));
    assertLessOrEqual(denseGradient(plainHead({ ...fitted, params: end })).value, linear.value * (1 + 1e-12));
  });

  Deno.test(`settle() goes down where the best of the features is out of reach, more outputs than inputs: ${loss.name}`, () => {
    const fitted = randomFit(loss, 4, { n: 80, d: 2, k: 6, m: 5 });
    const { params, steps } = finish(settle(kernels, fitted, { epsilon: EPSILON }));
    const [from, to] = [fitted.params, params].map((at) => denseGradient(plainHead({ ...fitted, params: at })));
    assert(steps > 0);
    assertLess(to.value, from.value);
    // A descent of so many steps at most need not end.
    assertLess(norm(to.gradient), 0.1 * norm(from.gradient));
  });
}

Deno.test("settle() keeps V the nearest to that of training also where training ended above the linear predictor", () => {
  const fitted = randomFit(squared, 3, { d: 5, k: 2 });
  const linear = bestLinear(kernels, squared, fitted.examples);
  assertLess(linear.value, denseGradient(plainHead(fitted)).value);
  const { params } = finish(settle(kernels, fitted, { epsilon: EPSILON, linear }));
  const [before, after] = [fitted.params, params].map((at) => splitParts(fitted.net, at));
  const { w } = after;
  const change = after.V.map((value, at) => value - before.V[at]);
  const square = w.reduce((sum, value) => sum + value * value, 0);
  for (let b = 0; b < 2; b++) {
    const along = w.reduce((sum, value, a) => sum + value * change[2 * a + b], 0) / square;
    w.forEach((value, a) => assertAlmostEquals(change[2 * a + b], along * value, 1e-13));
  }
});

/** Inputs of which the last two differ by 1e-7 of z only, and a target that takes a weight of 1e7 for z: there no gradient over V is resolved. */
function narrowProblem(squareOf: number) {
  const fitted = randomFit(squared, 6, { n: 80, d: 3, k: 2 });
  const z = normal(key(9), 80);
  const x = fitted.examples.x.data.map((value, at, all) => at % 3 === 2 ? all[at - 1] + 1e-7 * z[(at - 2) / 3] : value);
  const y = z.map((value, i) => 3 * value + squareOf * x[3 * i + 1] ** 2);
  return { ...fitted, examples: { x: matrix(80, 3, x), y } };
}

Deno.test("settle() sets all features to 0 where W is too large for V to have a gradient, if the loss is no higher for it", () => {
  const fitted = narrowProblem(0);
  const linear = bestLinear(kernels, squared, fitted.examples);
  const { params, pruned, evaluation } = finish(settle(kernels, fitted, { epsilon: EPSILON, linear }));
  assertEquals(pruned, [0, 1]);
  assertLessOrEqual(evaluation.gradientNorm, EPSILON);
  // Rounding of weights of 1e7, squared.
  assertLess(denseGradient(plainHead({ ...fitted, params })).value, 1e-16);
});

Deno.test("settle() keeps features that lower the loss where nothing settles with them: the lowest loss that was seen", () => {
  const fitted = narrowProblem(1);
  const linear = bestLinear(kernels, squared, fitted.examples);
  const { params, pruned, evaluation, featureOptimum } = finish(settle(kernels, fitted, { epsilon: EPSILON, linear }));
  assertEquals(pruned, []);
  assert(evaluation.gradientNorm > EPSILON);
  const { value } = denseGradient(plainHead({ ...fitted, params }));
  assertLess(value, linear.value - 0.5);
  assertAlmostEquals(value, featureOptimum.value, 1e-8);
});

Deno.test("settle() counts rounding where nothing settles: a slightly higher loss without the features that ask for huge weights", () => {
  // 24 rows and 32 features that nearly repeat each other separate the classes.
  const net = network(3, chain(dense(3, 32), activation("tanh")));
  const fitted = randomFit(logistic, 1, { n: 24, d: 3, k: 32, net });
  const z = normal(key(9), 24);
  const x = fitted.examples.x.data.map((value, at, all) =>
    at % 3 === 2 ? all[at - 1] + 1e-10 * z[(at - 2) / 3] : value
  );
  const y = z.map((value, i) => value + 0.5 * Math.cos(7 * i) > 0 ? 1 : -1);
  const problem = { ...fitted, examples: { x: matrix(24, 3, x), y } };
  const linear = bestLinear(kernels, logistic, problem.examples);
  const { params, evaluation, pruned } = finish(settle(kernels, problem, { epsilon: EPSILON, linear }));
  assert(evaluation.gradientNorm > EPSILON);
  assert(pruned.length > 0 && pruned.length < 32, `${pruned}`);
  assertEquals(certifyPoint(kernels, { ...problem, params }, { linear }).point.standing, "below");
});

Deno.test("certifyPoint() says which way the loss falls from a point above the linear predictor", () => {
  const fitted = randomFit(squared, 5);
  const { point, sentence, escape } = certifyPoint(kernels, fitted);
  assert(point.standing === "above" && escape !== null);
  const what = escape.order === "first" ? "first-order descent direction" : "descent direction of negative curvature";
  assertStringIncludes(sentence, `A ${what}`);
});
