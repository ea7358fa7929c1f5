import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import {
  convexCertificate,
  createPartialProblem,
  descend,
  descentStep,
  headSpectrum,
  joinColumns,
  judge,
  smoothness,
  sopspEpsilon,
  spectralNorm,
  startDescent,
  theorem1,
  theorem2,
  theorem3,
} from "../../src/landscape/mod.ts";
import { huber, logistic, LOSSES, pseudoHuber, squared } from "../../src/loss/mod.ts";
import { eigenvalues, matrix, multiply, norm, transpose } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

const SCALES = [1e-3, 0.1, 1, 10, 1e3];

/** Poisson overflows beyond predictions of 700; its scales stop before. */
const scalesFor = (name: string) => name === "poisson" ? SCALES.slice(0, 3) : SCALES;

for (const loss of LOSSES) {
  Deno.test(`theorem1(), theorem2() and convexCertificate() hold for ${loss.name} at random points of every scale`, () => {
    let above = 0;
    for (const scaleW of scalesFor(loss.name)) {
      for (const scaleV of scalesFor(loss.name)) {
        const head = randomHead(loss, above + 1, { d: 3, k: 4, scaleW, scaleV });
        using problem = createPartialProblem(kernels, head);
        const linear = bestLinear(kernels, loss, head);
        const best = bestLinear(kernels, loss, { x: joinColumns(head.x, head.f), y: head.y });
        const point = problem.at(head);
        if (point.value > linear.value) above++;
        const first = theorem1(problem, point, linear)!;
        assert(
          first.holds && first.left >= first.right - 1e-12 * (1 + first.left),
          `${scaleW}, ${scaleV}: ${JSON.stringify(first)}`,
        );
        const second = theorem2(problem, head.V, linear);
        assert(second.holds, `${scaleW}, ${scaleV}: ${second.left} < ${second.right}`);
        const third = convexCertificate(problem, point, {
          a: linear.weights,
          c: new Float64Array(4),
          value: linear.value,
        });
        assert(third.holds && third.gap <= third.bound + 1e-9 * (1 + Math.abs(third.bound)));
        const features = { a: best.weights.slice(0, 3), c: best.weights.slice(3), value: best.value };
        assert(convexCertificate(problem, point, features).holds);
      }
    }
    assert(above > 10 || loss.name === "poisson" && above > 3, `only ${above} points were above the linear predictor`);
  });
}

Deno.test("theorem1() is the formula, both sides computed from the dense gradient", () => {
  const head = randomHead(squared, 4, { d: 3, k: 2 });
  using problem = createPartialProblem(kernels, head);
  const linear = bestLinear(kernels, squared, head);
  const { left, right } = theorem1(problem, problem.at(head), linear)!;
  const { value, gradient } = denseGradient(head);
  const spectral = Math.sqrt(eigenvalues(kernels, multiply(head.V, transpose(head.V))).at(-1)!);
  const [w2, star2] = [norm(head.w) ** 2, norm(linear.weights) ** 2];
  assertAlmostEquals(left, norm(gradient), 1e-13);
  assertAlmostEquals(right, (value - linear.value) / Math.sqrt(2 * w2 + star2 * (2 + spectral ** 2 / w2)), 1e-12);
});

Deno.test("theorem1() says no when the gradient is smaller than any convex loss allows, and nothing at w = 0", () => {
  const head = randomHead(squared, 4, { d: 3, k: 2, scaleW: 3 });
  using problem = createPartialProblem(kernels, head);
  const linear = bestLinear(kernels, squared, head);
  const point = problem.at(head);
  assertEquals(theorem1(problem, { ...point, gradientNorm: point.gradientNorm / 1e4 }, linear)!.holds, false);
  assertEquals(theorem1(problem, { ...point, gradientNorm: NaN }, linear)!.holds, false);
  assertEquals(theorem1(problem, problem.at({ w: new Float64Array(3), V: head.V }), linear), null);
});

Deno.test("theorem2() takes lambda_min and the norms of the dense Hessian at (0, V), though it solves order d alone", () => {
  for (const [seed, shape] of [{ d: 1, k: 1 }, { d: 2, k: 5 }, { d: 5, k: 2 }].entries()) {
    const head = { ...randomHead(logistic, seed, shape), w: new Float64Array(shape.d) };
    using problem = createPartialProblem(kernels, head);
    const linear = bestLinear(kernels, logistic, head);
    const found = theorem2(problem, head.V, linear);
    const dense = denseHessian(head);
    const expected = eigenvalues(kernels, dense)[0];
    assertAlmostEquals(found.lambdaMin, expected, 1e-13);
    assert(found.lambdaMin <= 0);
    const { value, gradient } = denseGradient(head);
    const order = shape.d;
    const corner = matrix(
      order,
      order,
      Array.from({ length: order * order }, (_, at) => dense.data[Math.floor(at / order) * dense.cols + at % order]),
    );
    const curvature = eigenvalues(kernels, corner).at(-1)!;
    const left = norm(gradient) +
      spectralNorm(kernels, head.V) * Math.sqrt(Math.abs(expected) * curvature + expected ** 2);
    assertAlmostEquals(found.left, left, 1e-12);
    assertAlmostEquals(found.right, (value - linear.value) / norm(linear.weights), 1e-12);
    const direction = Float64Array.from([...found.u, ...found.D.data]);
    assertAlmostEquals(norm(direction), 1, 1e-12);
  }
});

Deno.test("theorem2() says no when the comparator claims a value below what is possible", () => {
  const head = randomHead(squared, 9, { d: 3, k: 4 });
  using problem = createPartialProblem(kernels, head);
  const linear = bestLinear(kernels, squared, head);
  const impossible = { weights: linear.weights.map((value) => value / 100), value: linear.value - 100 };
  assertEquals(theorem2(problem, head.V, impossible).holds, false);
});

Deno.test("convexCertificate() says no when s is corrupted or the comparator's value is a lie", () => {
  const head = randomHead(squared, 9, { d: 3, k: 4 });
  using problem = createPartialProblem(kernels, head);
  const { weights, value } = bestLinear(kernels, squared, head);
  const point = problem.at(head);
  const comparator = { a: weights, c: new Float64Array(4), value };
  assertEquals(convexCertificate(problem, point, comparator).holds, true);
  assertEquals(convexCertificate(problem, { ...point, s: point.s.map((entry) => -entry) }, comparator).holds, false);
  assertEquals(convexCertificate(problem, point, { ...comparator, value: value - 10 }).holds, false);
});

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
      assert(point.value - linear.value <= tighter && tighter <= bound * (1 + 1e-9), `${loss.name}, step ${step}`);
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
      assert(norm(denseGradient(at(t)).gradient) <= mu0 * (1 + 1e-12), `${loss.name}: mu0`);
      const size = eigenvalues(kernels, denseHessian(at(t)));
      assert(Math.max(Math.abs(size[0]), size.at(-1)!) <= mu1 * (1 + 1e-12), `${loss.name}: mu1`);
    }
    for (const t of steps.slice(1)) {
      const change = denseHessian(at(t)).data.map((value, i) => value - denseHessian(at(t - 0.1)).data[i]);
      const spectrum = eigenvalues(kernels, { ...denseHessian(head), data: change });
      const size = Math.max(Math.abs(spectrum[0]), spectrum.at(-1)!);
      assert(size <= mu2! * 0.1 * norm(head.w) * (1 + 1e-9), `${loss.name}: mu2`);
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
  assertAlmostEquals(bound, at(delta), 1e-14);
  for (let exponent = -12; exponent < 3; exponent += 0.01) assert(at(10 ** exponent) >= bound * (1 - 1e-9));
});

Deno.test("sopspEpsilon() is the least epsilon that the definition admits", () => {
  assertEquals([sopspEpsilon(0.1, 0.5, 4), sopspEpsilon(0.1, -0.2, 4), sopspEpsilon(0.1, -2, 4)], [0.1, 0.1, 1]);
});

Deno.test("judge() allows for rounding and for nothing else, and NaN never holds", () => {
  assertEquals([judge(1, 1, 1, 10).holds, judge(1, 1 + 1e-15, 1, 10).holds, judge(1, 1 + 1e-13, 1, 10).holds], [
    true,
    true,
    false,
  ]);
  assertEquals([judge(NaN, 0, 1, 1).holds, judge(0, NaN, 1, 1).holds], [false, false]);
});

Deno.test("spectralNorm() is the largest singular value, at any scale", () => {
  assertEquals(spectralNorm(kernels, matrix(2, 3, new Array(6).fill(0))), 0);
  for (const scale of [1e-200, 1, 1e200]) {
    assertAlmostEquals(spectralNorm(kernels, matrix(2, 2, [3 * scale, 0, 0, -4 * scale])) / scale, 4, 1e-14);
    assertAlmostEquals(spectralNorm(kernels, matrix(3, 1, [2 * scale, 2 * scale, scale])) / scale, 3, 1e-14);
  }
});

for (const loss of [squared, logistic, pseudoHuber]) {
  Deno.test(`descend() goes down to an epsilon-SOPSP at or below the best linear predictor for ${loss.name}, saddles included`, () => {
    for (let seed = 0; seed < 10; seed++) {
      const scaleW = [0, 1e-6, 1, 30][seed % 4];
      const head = randomHead(loss, seed, { n: 60, d: 3, k: 4, scaleW });
      using problem = createPartialProblem(kernels, head);
      const best = bestLinear(kernels, loss, { x: joinColumns(head.x, head.f), y: head.y });
      let state = startDescent(problem, head);
      while (!state.converged && !state.stalled && state.iterations < 500) {
        const next = descentStep(problem, state);
        assert(next.point.value <= state.point.value + 1e-13 * (1 + state.point.value), "F never rises");
        state = next;
      }
      assert(state.converged, `seed ${seed}: gradient ${state.point.gradientNorm}`);
      assertAlmostEquals(state.point.value, best.value, 1e-9);
      assert(state.spectrum.lambdaMin >= -1e-8);
    }
  });
}

Deno.test("descend() leaves an exact strict saddle, and stays at a minimum", () => {
  const head = randomHead(squared, 3, { d: 3, k: 4 });
  using problem = createPartialProblem(kernels, head);
  const { s, r } = problem.at({ w: new Float64Array(3), V: head.V });
  const V = matrix(3, 4, Array.from({ length: 12 }, (_, at) => -s[Math.floor(at / 4)] * r[at % 4] / norm(r) ** 2));
  const saddle = problem.at({ w: new Float64Array(3), V });
  assertLess(saddle.gradientNorm, 1e-15);
  const { point, converged } = descend(problem, saddle);
  assert(converged && point.value < saddle.value - 1e-3);
  assertEquals(descend(problem, point).iterations, 0);
});

Deno.test("theorem1() and theorem2() take a gap that is rounding for none, however small w* is", () => {
  const head = randomHead(squared, 4, { d: 3, k: 2 });
  using problem = createPartialProblem(kernels, head);
  const point = problem.at(head);
  const noise = { weights: new Float64Array(3).fill(1e-17), value: point.value * (1 - 1e-16) };
  assertEquals(theorem1(problem, point, noise)!.right, 0);
  const origin = problem.at({ w: new Float64Array(3), V: head.V });
  assertEquals(theorem2(problem, head.V, { ...noise, value: origin.value * (1 - 1e-16) }).right, 0);
});
