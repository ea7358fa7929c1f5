import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, headSpectrum, reducedHessian, reducedOrder } from "../../src/landscape/mod.ts";
import { huber, logistic, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { dot, eigenvalues, matrix, norm, rowOf, times } from "../../src/tensor/mod.ts";
import { denseHessian } from "../support/dense_hessian.ts";
import { ALL_LOSSES, kernels, randomHead } from "../support/random_heads.ts";
import { flat, unflat } from "./_flat.ts";

/** Eigenvalues equal those of the dense Hessian to this, relative to its norm. */
const EIGENVALUES = 1e-12;

const SHAPES = [
  { d: 1, k: 1 },
  { d: 1, k: 4 },
  { d: 2, k: 1 },
  { d: 5, k: 3 },
  { d: 3, k: 7 },
  { d: 4, k: 3, m: 2 },
  { d: 4, k: 3, m: 3, rank: 1 },
  { d: 4, k: 2, m: 3, rank: 2 },
  { d: 3, k: 4, m: 5 },
  { d: 3, k: 2, m: 4, rank: 2 },
];

for (const loss of ALL_LOSSES) {
  for (const scaleW of [0, 0.7]) {
    Deno.test(`headSpectrum() of ${loss.name} has the eigenvalues of the dense Hessian at ${scaleW === 0 ? "W = 0" : "W not 0"}`, () => {
      for (const [seed, shape] of SHAPES.entries()) {
        const head = randomHead(loss, seed, { ...shape, scaleW });
        using objective = createHeadObjective(kernels, head);
        const at = objective.at(head);
        const dense = denseHessian(head);
        const expected = eigenvalues(kernels, dense);
        const { values, zeros, lambdaMin, lambdaMax } = headSpectrum(objective, at);
        const all = Float64Array.of(...values, ...new Float64Array(zeros)).sort();
        const size = EIGENVALUES * (1 + norm(dense.data));
        assertEquals([all.length, values.length], [expected.length, reducedOrder(objective, at)]);
        all.forEach((value, j) => assertAlmostEquals(value, expected[j], size, JSON.stringify(shape)));
        assertAlmostEquals(lambdaMin, expected[0], size);
        assertAlmostEquals(lambdaMax, expected.at(-1)!, size);
      }
    });
  }
}

Deno.test("reducedHessian() has the order of the theory: all of W, the row space of W times R^k, its complement times that of R", () => {
  const orderAt = (loss: typeof squared | typeof softmax, shape: Parameters<typeof randomHead>[2]) => {
    const head = randomHead(loss, 3, shape);
    using objective = createHeadObjective(kernels, head);
    return reducedOrder(objective, objective.at(head));
  };
  assertEquals(orderAt(squared, { d: 5, k: 3 }), 2 * 5 + 3 - 1);
  assertEquals(orderAt(squared, { d: 5, k: 7, scaleW: 0 }), 2 * 5);
  assertEquals(orderAt(squared, { d: 5, k: 3, m: 2 }), 10 + 2 * 3 + 3 * 2);
  // The slopes of softmax sum to 0 over the classes, so R has rank m - 1.
  assertEquals(orderAt(softmax, { d: 6, k: 5, m: 3 }), 18 + 3 * 5 + 3 * 2);
  assertEquals(orderAt(squared, { d: 5, k: 7, m: 3, rank: 1 }), 15 + 7 + 4 * 3);
});

Deno.test("headSpectrum() counts directions of W and of R as small as 1e-6 of the largest", () => {
  for (const size of [1e-3, 1e-6, 1e-9]) {
    const head = randomHead(squared, 4, { d: 4, k: 3, m: 2 });
    const W = matrix(2, 4, head.W.data.map((value, at) => at < 4 ? value : size * value));
    const small = { ...head, W };
    using objective = createHeadObjective(kernels, small);
    const at = objective.at(small);
    const dense = denseHessian(small);
    const { values, zeros } = headSpectrum(objective, at);
    assertEquals(values.length, 8 + 2 * 3 + 2 * 2);
    const all = Float64Array.of(...values, ...new Float64Array(zeros)).sort();
    const expected = eigenvalues(kernels, dense);
    all.forEach((value, j) => assertAlmostEquals(value, expected[j], 1e-14 * (1 + norm(dense.data)), `size ${size}`));
    // The same for R: the second output's residuals are small.
    const z = Array.from({ length: 30 }, (_, i) => {
      const f = head.f.data.slice(i * 3, i * 3 + 3);
      return times(head.V, f).map((entry, j) => entry + head.x.data[i * 4 + j]);
    });
    const second = z.map((row) => dot(row, head.W.data.slice(4)));
    const y = head.y.map((value, at) => at % 2 === 0 ? value : second[Math.floor(at / 2)] + size * value);
    const met = { ...head, y };
    using other = createHeadObjective(kernels, met);
    const found = headSpectrum(other, other.at(met));
    assertEquals(found.values.length, 8 + 2 * 3 + 2 * 2);
    const those = eigenvalues(kernels, denseHessian(met));
    const these = Float64Array.of(...found.values, ...new Float64Array(found.zeros)).sort();
    these.forEach((value, j) => assertAlmostEquals(value, those[j], 1e-13));
  }
});

Deno.test("reducedHessian() keeps the gradient, and its eigenvectors are those of the dense Hessian", () => {
  for (const [seed, shape] of SHAPES.entries()) {
    const head = randomHead(logistic, seed + 20, shape);
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const { reduced, values, vectors } = headSpectrum(objective, at, { vectors: true });
    const gradient = { W: at.gradientW, V: at.gradientV };
    const coordinates = reduced.coordinates(gradient);
    assertAlmostEquals(norm(coordinates), at.gradientNorm, 1e-13);
    flat(reduced.direction(coordinates)).forEach((entry, i) => assertAlmostEquals(entry, flat(gradient)[i], 1e-13));
    const dense = denseHessian(head);
    for (const j of [0, values.length - 1]) {
      const direction = flat(reduced.direction(rowOf(vectors!, j)));
      assertAlmostEquals(norm(direction), 1, 1e-13);
      const image = times(dense, direction);
      image.forEach((entry, i) => assertAlmostEquals(entry, values[j] * direction[i], 1e-12 * (1 + norm(dense.data))));
    }
    const draws = normal(key(seed), values.length);
    const back = reduced.coordinates(reduced.direction(draws));
    back.forEach((entry, i) => assertAlmostEquals(entry, draws[i], 1e-13));
    const one = unflat(objective, normal(key(seed + 1), dense.rows));
    const inside = flat(reduced.direction(reduced.coordinates(one)));
    const image = times(dense, flat(one));
    times(dense, inside).forEach((entry, i) => assertAlmostEquals(entry, image[i], 1e-12 * (1 + norm(dense.data))));
  }
});

Deno.test("reducedHessian() is symmetric to the bit, and the same for m = 1 as the closed form of one output", () => {
  const head = randomHead(huber, 8, { d: 3, k: 2 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const { matrix: small, zeros } = reducedHessian(objective, at);
  const { rows: order, data } = small;
  assertEquals([order, zeros], [2 * 3 + 2 - 1, 3 + 6 - 7]);
  for (let i = 0; i < order; i++) for (let j = 0; j < i; j++) assertEquals(data[i * order + j], data[j * order + i]);
  // Theory 7: the corner over u is E[l'' z z'].
  const expected = new Float64Array(9);
  for (let i = 0; i < 30; i++) {
    const z = times(head.V, head.f.data.slice(i * 2, i * 2 + 2)).map((entry, j) => entry + head.x.data[i * 3 + j]);
    const bend = huber.d2(dot(z, head.W.data), head.y[i]);
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) expected[a * 3 + b] += bend * z[a] * z[b] / 30;
  }
  expected.forEach((entry, at) => assertAlmostEquals(entry, data[Math.floor(at / 3) * order + at % 3], 1e-13));
});

Deno.test("headSpectrum() agrees between kernel sets and repeats to the bit", async () => {
  const head = randomHead(softmax, 5, { n: 100, d: 5, k: 7 });
  const spectra = await Promise.all((["simd", "relaxed", "js"] as const).map(async (name) => {
    using objective = createHeadObjective(await loadKernels(name), head);
    const at = objective.at(head);
    assertEquals(headSpectrum(objective, at).values, headSpectrum(objective, at).values);
    return headSpectrum(objective, at).values;
  }));
  for (const values of spectra) values.forEach((value, j) => assertAlmostEquals(value, spectra[0][j], 1e-13));
});

Deno.test("headSpectrum() finds no negative eigenvalue where r = 0, and one wherever r is not 0 and m < d", () => {
  for (let seed = 0; seed < 30; seed++) {
    const head = randomHead(squared, seed, { d: 3 + seed % 4, k: 1 + seed % 5, m: 1 + seed % 2, scaleW: seed % 2 });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    assert(norm(at.R.data) > 0 && headSpectrum(objective, at).lambdaMin < 0);
  }
});

Deno.test("headSpectrum() knows the zeros that the reduced matrix leaves out", () => {
  // p = x_1 fits exactly: R is 0 to the bit, and what is left of the matrix is positive definite.
  const head = randomHead(squared, 2, { d: 3, k: 2 });
  const [W, V] = [matrix(1, 3, [1, 0, 0]), matrix(3, 2, new Array(6).fill(0))];
  const met = { ...head, W, V, y: head.x.data.filter((_, at) => at % 3 === 0) };
  using objective = createHeadObjective(kernels, met);
  const { values, zeros, lambdaMin, lambdaMax } = headSpectrum(objective, objective.at(met));
  assert(values[0] > 0.01 && zeros === 4);
  assertEquals([lambdaMin, lambdaMax], [0, values.at(-1)!]);
});
