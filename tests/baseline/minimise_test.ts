import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { minimise, type Minimum } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, defineLoss, lossByName, softmax, squared } from "../../src/loss/mod.ts";
import { createLinearObjective, type LinearExamples } from "../../src/objective/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { factorOf, matrix, matrixRows, norm, orthonormalRows, type Vector } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** Runs a minimisation; counts the products with the data that it yields at. */
function run(loss: AnyLoss, { x, y }: LinearExamples, start?: Vector): Minimum & { readonly products: number } {
  const source = matrixRows(kernels.memory, x);
  using objective = createLinearObjective(kernels, loss, {
    source: orthonormalRows(kernels, source, factorOf(kernels, source)),
    y,
  });
  const steps = minimise(objective, start ?? new Float64Array(objective.inputs * objective.outputs));
  for (let products = 0;; products++) {
    const { done, value } = steps.next();
    if (done) return { ...value, products };
  }
}

/** Random inputs behind a constant, and a score with noise. */
function problem(n: number, d: number, seed: number) {
  const [forX, forY] = split(key(seed), 2);
  const x = matrix(n, d, normal(forX, n * d).map((value, at) => at % d === 0 ? 1 : value));
  const noise = normal(forY, n);
  const score = Float64Array.from({ length: n }, (_, i) => x.data[i * d + 1] - 0.5 * x.data[i * d + 2] + noise[i]);
  return { x, score };
}

/** Some hundreds of roundings. */
const SUM = 1e-13;

Deno.test("minimise() takes one product and one value per step for the squared loss, for any number of weights", () => {
  const { x, score: y } = problem(400, 300, 1);
  const { products, iterations, sums, converged } = run(squared, { x, y });
  assert(converged && norm(sums.gradient) <= SUM);
  // A step, and one that finds nothing left.
  assertLessOrEqual(iterations, 2);
  assertLessOrEqual(products, 5);
});

Deno.test("minimise() told that the second derivative is the identity takes no product, and ends where it does with them", () => {
  const { x, score: y } = problem(400, 30, 3);
  const source = matrixRows(kernels.memory, x);
  const rows = orthonormalRows(kernels, source, factorOf(kernels, source));
  using objective = createLinearObjective(kernels, squared, { source: rows, y });
  let applied = 0;
  const counting = {
    ...objective,
    second(predictions: Vector) {
      const second = objective.second(predictions);
      return { ...second, apply: (direction: Vector) => (applied++, second.apply(direction)) };
    },
  };
  const end = (identity: boolean) => {
    const steps = minimise(counting, new Float64Array(30), { identity });
    for (let step = steps.next();; step = steps.next()) if (step.done) return step.value;
  };
  const without = end(true);
  assertEquals(applied, 0);
  const found = end(false);
  assert(without.converged);
  assert(found.converged);
  assertGreater(applied, 0);
  assertAlmostEquals(without.sums.value, found.sums.value, SUM);
  without.weights.forEach((weight, at) => assertAlmostEquals(weight, found.weights[at], SUM));
  assertLessOrEqual(without.iterations, 2);
});

Deno.test("minimise() says by the decrement how far above the minimum a point was", () => {
  const { x, score: y } = problem(60, 4, 2);
  const source = matrixRows(kernels.memory, x);
  const rows = orthonormalRows(kernels, source, factorOf(kernels, source));
  using objective = createLinearObjective(kernels, squared, { source: rows, y });
  const steps = minimise(objective, new Float64Array(4), { steps: 1 });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { decrement, sums, iterations, last } = step.value;
  const before = y.reduce((sum, one) => sum + one * one, 0) / 120;
  assertEquals(iterations, 1);
  assertAlmostEquals(decrement, before - sums.value, SUM);
  assertAlmostEquals(last!.sums.value, before, SUM);
});

Deno.test("minimise() does not end before rounding hides the gain, where steps are too short for Newton's", () => {
  // A loss that says 2.5 times its curvature: each step goes 0.4 of the way.
  const slow = defineLoss({
    name: "slow",
    convex: true,
    attains: true,
    value: (p, y) => (p - y) ** 2 / 2,
    d1: (p, y) => p - y,
    d2: () => 2.5,
  });
  const { x, score: y } = problem(60, 4, 3);
  const [found, best] = [run(slow, { x, y }), run(squared, { x, y })];
  assertAlmostEquals(found.sums.value, best.sums.value, 1e-14);
});

Deno.test("minimise() goes to where rounding hides the gain for many classes, whose Hessian it never forms", () => {
  const { x, score } = problem(200, 5, 4);
  const kinds = score.map((value) => Math.min(5, Math.max(0, Math.floor(value + 3))));
  const y = Float64Array.from({ length: 1200 }, (_, at) => Number(kinds[Math.floor(at / 6)] === at % 6));
  const { sums, converged } = run(softmax, { x, y });
  assert(converged);
  assertLessOrEqual(norm(sums.gradient), 1e-7);
});

Deno.test("minimise() takes conjugate directions: few products where second derivatives spread over a factor of 1,000", () => {
  const { x, score } = problem(600, 280, 5);
  // Means from e^-4 to e^4.
  const y = score.map((value) => Math.floor(Math.exp(Math.min(4, 2 * value))));
  const { sums, converged, products } = run(lossByName("poisson"), { x, y });
  assert(converged);
  assertLessOrEqual(norm(sums.gradient), 1e-6);
  // Steepest descent takes over 700, and so does damping of the wrong sign.
  assertLessOrEqual(products, 400);
});

Deno.test("minimise() takes Newton steps for three classes although all outputs can shift together", () => {
  const { x, score } = problem(300, 20, 6);
  const kinds = score.map((value) => value < -2 ? 0 : value < 1.5 ? 1 : 2);
  const y = Float64Array.from({ length: 900 }, (_, at) => Number(kinds[Math.floor(at / 3)] === at % 3));
  const { iterations, sums, last, converged } = run(softmax, { x, y });
  assertLessOrEqual(norm(sums.gradient), 1e-12);
  assert(converged && last !== null, "the last step was damped");
  assertLessOrEqual(iterations, 12);
});

Deno.test("minimise() preconditions each of many classes by its own block: rare ones cost few products", () => {
  const { x, score } = problem(500, 40, 7);
  const scaled = score.map((value) => Math.abs(value));
  // Shares from a half to a hundredth.
  const kinds = scaled.map((value) => [0.7, 1.3, 2, 2.6, 3.2].findIndex((edge) => value < edge));
  const y = Float64Array.from({ length: 3000 }, (_, at) => {
    const kind = kinds[Math.floor(at / 6)];
    return Number((kind < 0 ? 5 : kind) === at % 6);
  });
  const { sums, converged, products } = run(softmax, { x, y });
  assert(converged);
  assertLessOrEqual(norm(sums.gradient), 1e-6);
  // Without the blocks the budget of 600 is spent before.
  assertLessOrEqual(products, 300);
});

Deno.test("minimise() divides by no second derivative that underflows", () => {
  // Every row is all but certain of one class, and one is certain of the wrong one.
  const x = matrix(3, 1, [1, 1, 1]);
  const y = Float64Array.of(1, 0, 1, 0, 0, 1);
  using objective = createLinearObjective(kernels, softmax, { x, y });
  const steps = minimise(objective, Float64Array.of(714, 0), { steps: 1 });
  let step = steps.next();
  while (!step.done) step = steps.next();
  assert(step.value.weights.every(Number.isFinite) && Number.isFinite(step.value.sums.value));
});

Deno.test("minimise() goes several steps at once towards an infimum at infinity, where a step falls by a factor of e", () => {
  // The first two rows are separated by the first column, the others say log 2 whatever it is: 35 steps of length about 1 one by one.
  const x = matrix(4, 2, [1, 0, -1, 0, 0, 1, 0, 1]);
  const { iterations, sums, weights } = run(
    lossByName("logistic"),
    { x, y: Float64Array.of(1, -1, 1, -1) },
    Float64Array.of(0, 0.3),
  );
  assertLessOrEqual(iterations, 12);
  assertAlmostEquals(sums.value, Math.LN2 / 2, SUM);
  assertGreater(weights[0], 20);
  assertAlmostEquals(weights[1], 0, SUM);
});
