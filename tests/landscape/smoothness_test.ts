import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import {
  createHeadObjective,
  descentStep,
  lambdaMin,
  smoothness,
  sopspEpsilon,
  spectralNorm,
  startDescent,
  theorem3,
} from "../../src/landscape/mod.ts";
import { huber, logistic, pseudoHuber, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { eigenvalues, matrix, norm } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian, type HeadProblem } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** Means of 30 products of numbers near 1, and roots and eigenvalues of them: hundreds of units of rounding. */
const ROUNDING = 1e-12;

/** Golden sections end where the bound is flat: delta is good to half the digits, the bound to nearly all. */
const SEARCH = 1e-9;

const SMOOTH = [[squared, 1], [logistic, 1], [pseudoHuber, 1], [squared, 3], [logistic, 2], [softmax, 3], [
  softmax,
  2,
]] as const;

for (const [loss, m] of SMOOTH) {
  Deno.test(`smoothness() of ${loss.name}, ${m} output(s), bounds gradient, Hessian and its change on the segment to (0, V)`, () => {
    const head = randomHead(loss, 12, { d: 3, k: 3, m, scaleW: 1.5 });
    using objective = createHeadObjective(kernels, head);
    const { mu0, mu1, mu2 } = smoothness(objective, objective.at(head));
    const at = (t: number): HeadProblem => ({ ...head, W: { ...head.W, data: head.W.data.map((value) => t * value) } });
    const size = (values: Float64Array) => Math.max(Math.abs(values[0]), values.at(-1)!);
    const steps = Array.from({ length: 11 }, (_, i) => i / 10);
    for (const t of steps) {
      assert(norm(denseGradient(at(t)).gradient) <= mu0 * (1 + ROUNDING), "mu0");
      assert(size(eigenvalues(kernels, denseHessian(at(t)))) <= mu1 * (1 + ROUNDING), "mu1");
    }
    for (const t of steps.slice(1)) {
      const before = denseHessian(at(t - 0.1));
      const change = denseHessian(at(t)).data.map((value, i) => value - before.data[i]);
      const moved = size(eigenvalues(kernels, { ...before, data: change }));
      assert(moved <= mu2! * 0.1 * norm(head.W.data) * (1 + ROUNDING), "mu2");
    }
  });
}

Deno.test("smoothness() of one row is the closed form: g² = z² + w² f², and 3 g f of the squared loss is not 2 g f", () => {
  // x + v f = 3, f = 4, w = 2, y = 1: p = 6, |l'| at most 5, g² = 9 + 64.
  const data = { x: matrix(1, 1, [1]), f: matrix(1, 1, [4]), y: Float64Array.of(1), loss: squared };
  using objective = createHeadObjective(kernels, data);
  const { mu0, mu1, mu2 } = smoothness(objective, objective.at({ W: matrix(1, 1, [2]), V: matrix(1, 1, [0.5]) }));
  const g = Math.sqrt(73);
  [[mu0, 5 * g], [mu1, 73 + 5 * 4], [mu2!, 3 * g * 4]].forEach(([found, is]) => assertAlmostEquals(found, is, 1e-13));
  // Where z = 0 the Hessian changes along w by 2 w f² in v alone: 8 for w = 1 and f = 2, more than 1 g f = 4.
  const flat = { x: matrix(1, 1, [2]), f: matrix(1, 1, [2]), y: Float64Array.of(1), loss: squared };
  const hessian = (w: number) => denseHessian({ ...flat, W: matrix(1, 1, [w]), V: matrix(1, 1, [-1]) }).data[3];
  assertAlmostEquals((hessian(1 + 1e-6) - hessian(1 - 1e-6)) / 2e-6, 8, 1e-8);
  using other = createHeadObjective(kernels, flat);
  assertAlmostEquals(smoothness(other, other.at({ W: matrix(1, 1, [1]), V: matrix(1, 1, [-1]) })).mu2!, 12, 1e-13);
});

Deno.test("smoothness() of softmax is attained: sqrt(2), 1/2 and sqrt(6)/9 by two classes, so none of the three is smaller", () => {
  // One row, x = 1, f = 0: F is the loss of p = W, and the constants are those of the loss itself.
  const one = matrix(1, 1, [1]);
  const data = { x: one, f: matrix(1, 1, [0]), y: Float64Array.of(1, 0), loss: softmax };
  using objective = createHeadObjective(kernels, data);
  const W = (p: number) => ({ W: matrix(2, 1, [-p, 0]), V: matrix(1, 1, [0]) });
  const { mu0, mu1, mu2 } = smoothness(objective, objective.at(W(1)));
  assertAlmostEquals(mu0, Math.SQRT2, 1e-15);
  assertAlmostEquals(mu1, 0.5, 1e-15);
  assertAlmostEquals(mu2!, Math.sqrt(6) / 9, 1e-15);
  assertAlmostEquals(norm(objective.at(W(50)).slopes), mu0, 1e-15);
  const bend = (p: number) =>
    objective.curvatureAlong(objective.at(W(p)), {
      W: matrix(2, 1, [Math.SQRT1_2, -Math.SQRT1_2]),
      V: matrix(1, 1, [0]),
    });
  assertAlmostEquals(bend(0), mu1, 1e-15);
  // l''' along the unit vector: the derivative of the curvature, by a central difference, where logistic's is largest.
  const [peak, h] = [Math.log(2 + Math.sqrt(3)), 1e-5];
  assertAlmostEquals(Math.abs(bend(peak + h) - bend(peak - h)) / (2 * h) * Math.SQRT2, mu2!, 1e-9);
});

Deno.test("smoothness() of softmax is not exceeded by any random third derivative of five classes", () => {
  for (let seed = 0; seed < 300; seed++) {
    const draws = normal(key(seed), 10);
    const p = draws.slice(0, 5).map((value) => 3 * value);
    const v = draws.slice(5).map((value) => value / norm(draws.slice(5)));
    const q = p.map((value) => Math.exp(value) / p.reduce((sum, other) => sum + Math.exp(other), 0));
    const mean = q.reduce((sum, one, i) => sum + one * v[i], 0);
    const moment = (power: number) => q.reduce((sum, one, i) => sum + one * (v[i] - mean) ** power, 0);
    assert(Math.abs(moment(3)) <= Math.sqrt(6) / 9 && moment(2) <= 0.5);
  }
});

Deno.test("smoothness() has no mu2 where l'' jumps on the segment, and one where it does not", () => {
  const hinge = { ...randomHead(smoothHinge, 1, { d: 2, k: 2 }) };
  using kinked = createHeadObjective(kernels, hinge);
  assertEquals(smoothness(kinked, kinked.at(hinge)).mu2, null);
  for (const [size, has] of [[0.01, true], [5, false]] as const) {
    const head = { ...randomHead(huber, 1, { d: 2, k: 2, scaleW: size }), y: new Float64Array(30).fill(0.1) };
    using objective = createHeadObjective(kernels, head);
    assertEquals(smoothness(objective, objective.at(head)).mu2 !== null, has);
  }
});

Deno.test("theorem3() covers the gap at every step of a descent, for every smooth loss, and does not apply where l'' jumps", () => {
  for (const loss of [squared, logistic, pseudoHuber]) {
    const head = randomHead(loss, 11, { d: 3, k: 4, scaleW: 2 });
    using objective = createHeadObjective(kernels, head);
    const linear = plainOptimum({ ...head, f: matrix(30, 0, []) }, 1);
    let state = startDescent(objective, head);
    let last = Infinity;
    for (let step = 0; step < 60 && last > 1e-3; step++) {
      const { point, lambda } = state;
      const constants = smoothness(objective, point);
      const b = Math.max(norm(point.W.data), spectralNorm(kernels, point.V));
      const options = { b, radius: norm(linear.A.data) };
      const epsilon = sopspEpsilon({ gradientNorm: point.gradientNorm, lambda, mu2: constants.mu2 });
      const { bound } = theorem3(constants, epsilon, options)!;
      assert(point.value - linear.value <= bound, `${loss.name}, step ${step}`);
      const curvature = Math.max(0, -lambda.lower);
      const { bound: tighter } = theorem3(constants, point.gradientNorm, { ...options, curvature })!;
      assert(point.value - linear.value <= tighter && tighter <= bound * (1 + SEARCH), `${loss.name}, step ${step}`);
      last = tighter;
      state = descentStep(objective, state);
    }
    assertLess(last, 0.1);
  }
  assertEquals(theorem3({ mu0: 1, mu1: 1, mu2: null }, 1, { b: 1, radius: 1 }), null);
});

Deno.test("Example 1: theorem3() still covers the gap of 1/2 at (0, -1/eps), eps from 1 to 1e-4", () => {
  const one = matrix(1, 1, [1]);
  for (const eps of [1, 0.1, 1e-2, 1e-3, 1e-4]) {
    const data = { x: one, f: matrix(1, 1, [eps]), y: Float64Array.of(1), loss: squared };
    using objective = createHeadObjective(kernels, data);
    const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1 / eps]) });
    const options = { b: 1 / eps, radius: 1, curvature: -lambdaMin(objective, at).lower };
    const { bound } = theorem3(smoothness(objective, at), 0, options)!;
    assert(bound >= 0.5 && bound < 10, `eps ${eps}: bound ${bound}`);
  }
});

Deno.test("theorem3() is the least over delta of the larger of its two parts", () => {
  const [constants, epsilon, b, radius] = [{ mu0: 2, mu1: 3, mu2: 5 }, 1e-4, 1.5, 0.7];
  const at = (delta: number) => {
    const e = Math.sqrt(5 * epsilon) + 5 * delta;
    const first = epsilon * Math.sqrt(2 * b * b + radius * radius * (2 + b * b / (delta * delta)));
    return Math.max(first, 2 * delta + radius * (epsilon + 3 * delta + b * Math.sqrt(3 * e + e * e)));
  };
  const { bound, delta } = theorem3(constants, epsilon, { b, radius })!;
  assertAlmostEquals(bound, at(delta), ROUNDING);
  for (let exponent = -12; exponent < 3; exponent += 0.01) assert(at(10 ** exponent) >= bound * (1 - SEARCH));
});
