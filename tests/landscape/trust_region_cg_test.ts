import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { headNormAt, squaresForNorms } from "../../src/landscape/_head_norm.ts";
import { type CgRegion, trustRegionCg } from "../../src/landscape/_trust_region_cg.ts";
import { createHeadObjective } from "../../src/landscape/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import { dot, type Matrix, matrix, multiply, norm, times, transpose, type Vector } from "../../src/tensor/mod.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** Conjugate gradients on a condition of about 100 lose some digits. */
const ROUNDING = 1e-9;

/** A matrix of two different eigenvalues, scaled in its rows and columns. */
const scaled = (scales: readonly number[]): Matrix => {
  const n = scales.length;
  return matrix(n, n, scales.flatMap((s, i) => scales.map((t, j) => s * t * ((i === j ? 2 : 0) + 0.5))));
};

function run(a: Matrix, gradient: Vector, region: CgRegion) {
  let count = 0;
  const steps = trustRegionCg((x) => (count++, times(a, x)), gradient, region);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return { ...step.value, count };
}

const SCALES = [1, 30, 0.1, 4, 2];
const A = scaled(SCALES);
const G = Float64Array.of(1e-9, 2e-8, 3e-10, -1e-9, 5e-9);
const solve = (x: Vector) => x.map((value, i) => value / SCALES[i] ** 2);

Deno.test("trustRegionCg() in a wide region solves A y = -g, with a norm near A in fewer products", () => {
  const plain = run(A, G, { radius: 1e6, most: 50 });
  const near = run(A, G, { radius: 1e6, most: 50, solve });
  for (const { step } of [plain, near]) {
    const left = times(A, step).map((value, i) => value + G[i]);
    // The residual in the norm of M⁻¹ is below sqrt(||g||) of that of g; in the Euclidean norm by the scales more.
    assertLess(norm(left), 0.01 * norm(G));
  }
  assert(near.count < plain.count, `${near.count} and ${plain.count}`);
});

Deno.test("trustRegionCg() ends on the edge of its region, whose norm it carries along, and says what the model falls", () => {
  const whole = run(A, G, { radius: 1e6, most: 50, solve });
  const { step, length, decrease } = run(A, G, { radius: whole.length / 3, most: 50, solve });
  const own = Math.sqrt(dot(step, step.map((value, i) => value * SCALES[i] ** 2)));
  assertAlmostEquals(own / length, 1, ROUNDING);
  assertAlmostEquals(length * 3 / whole.length, 1, ROUNDING);
  const model = dot(G, step) + dot(step, times(A, step)) / 2;
  assertAlmostEquals(-model / decrease, 1, ROUNDING);
});

Deno.test("trustRegionCg() multiplies nothing again in a smaller region, and goes on where products end in a larger one", () => {
  const large = run(A, G, { radius: 1e-8, most: 50, solve });
  const [small, fresh] = [{ products: large.products }, {}].map((known) =>
    run(A, G, { radius: 1e-10, most: 50, solve, ...known })
  );
  assertEquals([small.count, small.step], [0, fresh.step]);
  assertEquals(small.products, large.products);
  const wider = run(A, G, { radius: 1e6, most: 50, solve, products: small.products });
  const anew = run(A, G, { radius: 1e6, most: 50, solve });
  assertEquals([wider.step, wider.count], [anew.step, anew.count - small.products.length]);
});

Deno.test("trustRegionCg() follows negative curvature to the edge", () => {
  const { step, length } = run(matrix(2, 2, [1, 0, 0, -2]), Float64Array.of(0, 1), { radius: 3, most: 50 });
  assertEquals([[...step], length], [[0, -3], 3]);
});

Deno.test("headNormAt() is the Hessian's blocks over W and V for squared errors, whose second derivative is the identity", () => {
  const head = randomHead(squared, 5, { n: 80, d: 4, k: 3, m: 6 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const { solve } = headNormAt(objective, squaresForNorms(objective)!, at);
  // In plain loops: E[z z'] and E[f f'] over the rows.
  const [n, d, k, m] = [80, 4, 3, 6];
  const [zz, ff] = [new Float64Array(d * d), new Float64Array(k * k)];
  for (let row = 0; row < n; row++) {
    const f = head.f.data.subarray(row * k, (row + 1) * k);
    const z = Array.from(
      { length: d },
      (_, i) => head.x.data[row * d + i] + dot(head.V.data.subarray(i * k, (i + 1) * k), f),
    );
    z.forEach((one, i) => z.forEach((other, j) => zz[i * d + j] += one * other / n));
    f.forEach((one, i) => f.forEach((other, j) => ff[i * k + j] += one * other / n));
  }
  const D = matrix(m, d, Array.from({ length: m * d }, (_, i) => Math.sin(i)));
  const E = matrix(d, k, Array.from({ length: d * k }, (_, i) => Math.cos(i)));
  const across = multiply(transpose(head.W), head.W);
  for (let i = 0; i < d; i++) across.data[i * (d + 1)] += norm(at.R.data);
  const image = [multiply(D, matrix(d, d, zz)), multiply(across, multiply(E, matrix(k, k, ff)))];
  const back = solve(Float64Array.from([...image[0].data, ...image[1].data]));
  const wanted = [...D.data, ...E.data];
  assertLess(norm(back.map((value, i) => value - wanted[i])), 1e-10 * norm(Float64Array.from(wanted)));
});

Deno.test("squaresForNorms() is not made where there are few outputs beside many columns", () => {
  using few = createHeadObjective(kernels, randomHead(softmax, 1, { n: 30, d: 25, k: 10, m: 3 }));
  assertEquals(squaresForNorms(few), null);
});
