import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import {
  createPartialProblem,
  descentStep,
  headSpectrum,
  smoothness,
  sopspEpsilon,
  spectralNorm,
  startDescent,
  theorem3,
} from "../../src/landscape/mod.ts";
import { huber, logistic, pseudoHuber, squared } from "../../src/loss/mod.ts";
import { eigenvalues, matrix, norm } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** Means of 30 products of numbers near 1, and roots and eigenvalues of them: hundreds of units of rounding. */
const ROUNDING = 1e-12;

/** Golden sections end where the bound is flat: delta is good to half the digits, the bound to nearly all. */
const SEARCH = 1e-9;

Deno.test("theorem3() covers the gap at every step of a descent, for every smooth loss, and says nothing where l'' jumps", () => {
  for (const loss of [squared, logistic, pseudoHuber]) {
    const head = randomHead(loss, 11, { d: 3, k: 4, scaleW: 2 });
    using problem = createPartialProblem(kernels, head);
    const linear = bestLinear(kernels, loss, head);
    let state = startDescent(problem, head);
    let last = Infinity;
    for (let step = 0; step < 60 && last > 1e-3; step++) {
      const { point, spectrum } = state;
      const constants = smoothness(problem, point);
      const b = Math.max(norm(point.w), spectralNorm(kernels, point.V));
      const epsilon = sopspEpsilon(point.gradientNorm, spectrum.lambdaMin, constants.mu2!);
      const { bound } = theorem3(constants, epsilon, { b, radius: norm(linear.weights) })!;
      assert(point.value - linear.value <= bound, `${loss.name}, step ${step}`);
      const curvature = Math.max(0, -spectrum.lambdaMin);
      const { bound: tighter } = theorem3(constants, point.gradientNorm, {
        b,
        radius: norm(linear.weights),
        curvature,
      })!;
      assert(point.value - linear.value <= tighter && tighter <= bound * (1 + SEARCH), `${loss.name}, step ${step}`);
      last = tighter;
      state = descentStep(problem, state);
    }
    assertLess(last, 0.1);
  }
  const head = randomHead(huber, 1, { d: 2, k: 2, scaleW: 5 });
  using problem = createPartialProblem(kernels, head);
  assertEquals(theorem3(smoothness(problem, problem.at(head)), 1, { b: 1, radius: 1 }), null);
});

Deno.test("smoothness() bounds the gradient, the Hessian and its change at points of the segment to (0, V)", () => {
  for (const loss of [squared, logistic, pseudoHuber]) {
    const head = randomHead(loss, 12, { d: 3, k: 3, scaleW: 1.5 });
    using problem = createPartialProblem(kernels, head);
    const { mu0, mu1, mu2 } = smoothness(problem, problem.at(head));
    const at = (t: number) => ({ ...head, w: head.w.map((value) => t * value) });
    const steps = Array.from({ length: 11 }, (_, i) => i / 10);
    for (const t of steps) {
      assert(norm(denseGradient(at(t)).gradient) <= mu0 * (1 + ROUNDING), `${loss.name}: mu0`);
      const size = eigenvalues(kernels, denseHessian(at(t)));
      assert(Math.max(Math.abs(size[0]), size.at(-1)!) <= mu1 * (1 + ROUNDING), `${loss.name}: mu1`);
    }
    for (const t of steps.slice(1)) {
      const change = denseHessian(at(t)).data.map((value, i) => value - denseHessian(at(t - 0.1)).data[i]);
      const spectrum = eigenvalues(kernels, { ...denseHessian(head), data: change });
      const size = Math.max(Math.abs(spectrum[0]), spectrum.at(-1)!);
      assert(size <= mu2! * 0.1 * norm(head.w) * (1 + ROUNDING), `${loss.name}: mu2`);
    }
  }
});

Deno.test("Example 1: value 1/2, gradient 0, lambda_min = -eps at (0, -1/eps), and theorem3() still covers the gap", () => {
  const one = matrix(1, 1, [1]);
  for (const eps of [1, 0.1, 1e-2, 1e-3, 1e-4]) {
    using problem = createPartialProblem(kernels, {
      x: one,
      f: matrix(1, 1, [eps]),
      y: Float64Array.of(1),
      loss: squared,
    });
    const point = problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [-1 / eps]) });
    const { lambdaMin } = headSpectrum(problem, point);
    assertEquals([point.value, point.gradientNorm], [0.5, 0]);
    assertAlmostEquals(lambdaMin, -eps, 1e-15);
    const constants = smoothness(problem, point);
    const { bound } = theorem3(constants, 0, { b: 1 / eps, radius: 1, curvature: -lambdaMin })!;
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

Deno.test("sopspEpsilon() is the least epsilon that the definition admits", () => {
  assertEquals([sopspEpsilon(0.1, 0.5, 4), sopspEpsilon(0.1, -0.2, 4), sopspEpsilon(0.1, -2, 4)], [0.1, 0.1, 1]);
});
