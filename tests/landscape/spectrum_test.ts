import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createPartialProblem, headSpectrum } from "../../src/landscape/mod.ts";
import { huber, logistic, poisson, pseudoHuber, squared } from "../../src/loss/mod.ts";
import { dot, eigenvalues, multiply, norm, times, transpose } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** What the issue asks for: eigenvalues equal to those of the dense Hessian to this, relative to its norm. */
const EIGENVALUES = 1e-10;

/** A mean of 30 products of numbers near 1, times a few. */
const SUMS = 1e-13;

const SHAPES = [
  { d: 1, k: 1 },
  { d: 1, k: 4 },
  { d: 2, k: 1 },
  { d: 3, k: 2 },
  { d: 5, k: 3 },
  { d: 3, k: 7 },
  { d: 6, k: 6 },
];

for (const loss of [squared, logistic, huber, pseudoHuber, poisson]) {
  Deno.test(`createPartialProblem() has the value and gradient of ${loss.name}, entry by entry`, () => {
    for (const shape of SHAPES) {
      const head = randomHead(loss, 3, { ...shape, scaleW: 0.5 });
      using problem = createPartialProblem(kernels, head);
      const { value, gradient } = denseGradient(head);
      const point = problem.at(head);
      assertAlmostEquals(point.value, value, SUMS * (1 + value));
      assertAlmostEquals(point.gradientNorm, norm(gradient), SUMS * (1 + norm(gradient)));
      point.gradientW.forEach((entry, i) => assertAlmostEquals(entry, gradient[i], SUMS * (1 + norm(gradient))));
      assertEquals([point.s.length, point.r.length], [shape.d, shape.k]);
    }
  });

  for (const scaleW of [0, 0.7]) {
    Deno.test(`headSpectrum() of ${loss.name} has the eigenvalues of the dense Hessian at ${scaleW === 0 ? "w = 0" : "w not 0"}`, () => {
      for (const [seed, shape] of SHAPES.entries()) {
        const head = randomHead(loss, seed, { ...shape, scaleW });
        using problem = createPartialProblem(kernels, head);
        const dense = denseHessian(head);
        const expected = eigenvalues(kernels, dense);
        const { values, zeros, lambdaMin, lambdaMax, lowerBound, residual } = headSpectrum(problem, problem.at(head));
        const all = Float64Array.from([...values, ...new Array(Math.max(0, zeros)).fill(0)]).toSorted();
        const size = norm(dense.data);
        if (zeros >= 0) {
          assertEquals(all.length, expected.length);
          all.forEach((value, j) =>
            assertAlmostEquals(value, expected[j], EIGENVALUES * size, `d ${shape.d}, k ${shape.k}`)
          );
        }
        assertAlmostEquals(lambdaMin, expected[0], EIGENVALUES * size);
        assertAlmostEquals(lambdaMax, expected.at(-1)!, EIGENVALUES * size);
        assert(lowerBound <= expected[0] && lowerBound > expected[0] - 1e-8 * (1 + size), "a bound that is near");
        assertLess(residual, EIGENVALUES * size);
        const whole = headSpectrum(problem, problem.at(head), { vectors: true });
        assertLess(whole.residual, EIGENVALUES * size);
        assertAlmostEquals(whole.lambdaMin, lambdaMin, EIGENVALUES * size);
      }
    });
  }
}

Deno.test("headSpectrum() has a witness whose curvature the dense Hessian confirms, exactly when lambda_min is negative", () => {
  for (let seed = 0; seed < 20; seed++) {
    const head = randomHead(seed % 2 ? squared : logistic, seed, { d: 3, k: 4, scaleW: seed % 3 });
    using problem = createPartialProblem(kernels, head);
    const { witness, lambdaMin } = headSpectrum(problem, problem.at(head));
    assert(witness !== null && lambdaMin < 0);
    const direction = Float64Array.from([...witness.u, ...witness.D.data]);
    assertAlmostEquals(norm(direction), 1, 1e-12);
    const curvature = dot(direction, times(denseHessian(head), direction));
    assertAlmostEquals(witness.curvature, curvature, 1e-12 * (1 + Math.abs(curvature)));
    assertAlmostEquals(curvature, lambdaMin, 1e-10);
  }
});

Deno.test("headSpectrum() finds no negative eigenvalue at a minimum, and one wherever r is not 0 and d >= 2", () => {
  for (let seed = 0; seed < 30; seed++) {
    const head = randomHead(squared, seed, { d: 2 + seed % 4, k: 1 + seed % 5, scaleW: seed % 2 });
    using problem = createPartialProblem(kernels, head);
    const point = problem.at(head);
    assert(norm(point.r) > 0 && headSpectrum(problem, point).lambdaMin < 0);
  }
  // Targets that the head meets exactly: s = r = 0, a global minimum.
  const head = randomHead(squared, 1, { d: 3, k: 4 });
  const z = multiply(head.f, transpose(head.V)).data.map((value, i) => value + head.x.data[i]);
  const met = { ...head, y: times({ rows: 30, cols: 3, data: z }, head.w) };
  using problem = createPartialProblem(kernels, met);
  const { lambdaMin, lowerBound } = headSpectrum(problem, problem.at(head));
  assert(lambdaMin > -1e-14 && lowerBound > -1e-9);
});

Deno.test("headSpectrum() agrees between kernel sets and repeats to the bit", async () => {
  const head = randomHead(logistic, 5, { n: 100, d: 5, k: 7 });
  const spectra = await Promise.all((["simd", "relaxed", "js"] as const).map(async (name) => {
    using problem = createPartialProblem(await loadKernels(name), head);
    assertEquals(headSpectrum(problem, problem.at(head)).values, headSpectrum(problem, problem.at(head)).values);
    return headSpectrum(problem, problem.at(head)).values;
  }));
  for (const values of spectra) values.forEach((value, j) => assertAlmostEquals(value, spectra[0][j], 1e-13));
});
