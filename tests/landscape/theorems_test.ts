import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import {
  convexCertificate,
  createPartialProblem,
  judge,
  spectralNorm,
  theorem1,
  theorem2,
} from "../../src/landscape/mod.ts";
import { logistic, LOSSES, squared } from "../../src/loss/mod.ts";
import { eigenvalues, joinColumns, matrix, multiply, norm, transpose } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** Means of 30 products of numbers near 1, and roots and eigenvalues of them: hundreds of units of rounding. */
const ROUNDING = 1e-12;

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
          first.holds && first.left >= first.right - ROUNDING * (1 + first.left),
          `${scaleW}, ${scaleV}: ${JSON.stringify(first)}`,
        );
        const second = theorem2(problem, head.V, linear);
        assert(second.holds, `${scaleW}, ${scaleV}: ${second.left} < ${second.right}`);
        const third = convexCertificate(problem, point, {
          a: linear.weights,
          c: new Float64Array(4),
          value: linear.value,
        });
        assert(third.holds && third.gap <= third.bound + ROUNDING * (1 + Math.abs(third.bound)));
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
  assertAlmostEquals(left, norm(gradient), ROUNDING);
  assertAlmostEquals(right, (value - linear.value) / Math.sqrt(2 * w2 + star2 * (2 + spectral ** 2 / w2)), ROUNDING);
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
    assertAlmostEquals(found.lambdaMin, expected, ROUNDING);
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
    assertAlmostEquals(found.left, left, ROUNDING);
    assertAlmostEquals(found.right, (value - linear.value) / norm(linear.weights), ROUNDING);
    const direction = Float64Array.from([...found.u, ...found.D.data]);
    assertAlmostEquals(norm(direction), 1, ROUNDING);
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
    assertAlmostEquals(spectralNorm(kernels, matrix(2, 2, [3 * scale, 0, 0, -4 * scale])) / scale, 4, ROUNDING);
    assertAlmostEquals(spectralNorm(kernels, matrix(3, 1, [2 * scale, 2 * scale, scale])) / scale, 3, ROUNDING);
  }
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
