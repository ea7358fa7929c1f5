import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import {
  combine,
  conjugateGradients as conjugateGradientSteps,
  dot,
  eigenvalues,
  lowestEigenpair,
  type Matrix,
  matrix,
  multiply,
  norm,
  ShapeError,
  times,
  transpose,
  type Vector,
} from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

const random = (rows: number, cols: number, seed: number): Matrix => matrix(rows, cols, normal(key(seed), rows * cols));

/** `B B'`, of rank `cols`. */
function semidefinite(n: number, rank: number, seed: number): Matrix {
  const b = random(n, rank, seed);
  return multiply(b, transpose(b));
}

/** To the end. */
function conjugateGradients(...given: Parameters<typeof conjugateGradientSteps>) {
  const steps = conjugateGradientSteps(...given);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

const operator = (a: Matrix) => (v: Vector) => times(a, v);

Deno.test("conjugateGradients() solves within as many steps as there are eigenvalues, and leaves b alone", () => {
  // The eigenvalues 1, 2 and 5, each many times: three steps.
  const n = 30;
  const values = Float64Array.from({ length: n }, (_, i) => [1, 2, 5][i % 3]);
  const b = normal(key(1), n);
  const kept = b.slice();
  const { x, residual, iterations, converged, curvature } = conjugateGradients(
    (v) => v.map((value, i) => value * values[i]),
    b,
  );
  assertEquals([iterations, converged], [3, true]);
  assertLessOrEqual(residual, 1e-10 * norm(b));
  assertGreaterOrEqual(curvature, 1);
  assertLessOrEqual(curvature, 5);
  x.forEach((value, i) => assertAlmostEquals(value, b[i] / values[i], 1e-12));
  assertEquals(b, kept);
});

Deno.test("conjugateGradients() solves dense systems of odd sizes, and faster with the inverse of the diagonal where that is graded", () => {
  for (const n of [1, 2, 5, 33, 61]) {
    const a = semidefinite(n, n + 5, n);
    const graded = matrix(
      n,
      n,
      a.data.map((value, at) => {
        const scale = (i: number) => 10 ** (4 * i / n);
        return (value + (at % (n + 1) === 0 ? n : 0)) * scale(Math.floor(at / n)) * scale(at % n);
      }),
    );
    const b = normal(key(2), n);
    const diagonal = Float64Array.from({ length: n }, (_, i) => graded.data[i * (n + 1)]);
    const plain = conjugateGradients(operator(graded), b, { steps: 20 * n + 20 });
    const better = conjugateGradients(operator(graded), b, {
      preconditioner: (r) => r.map((value, i) => value / diagonal[i]),
    });
    assert(better.converged, `order ${n}`);
    assertAlmostEquals(norm(combine(1, b, -1, times(graded, better.x))), 0, 1e-9 * norm(b));
    if (n > 5) assert(better.iterations < plain.iterations);
  }
});

Deno.test("conjugateGradients() finds the shortest solution of a singular system", () => {
  const [n, rank] = [20, 6];
  const a = semidefinite(n, rank, 3);
  const inside = times(a, normal(key(4), n));
  const { x, converged, curvature } = conjugateGradients(operator(a), inside);
  assert(converged && curvature > 0);
  // The shortest solution lies in the range of A: another solution has more.
  const other = conjugateGradients(operator(a), x).x;
  assertAlmostEquals(norm(combine(1, times(a, other), -1, x)), 0, 1e-8 * norm(x));
});

Deno.test("conjugateGradients() stops at curvature that is not positive, with the x before that step", () => {
  const bent = (v: Vector) => v.map((value, i) => i === 0 ? -value : value);
  const found = conjugateGradients(bent, Float64Array.of(1, 0.1, 0));
  assert(!found.converged && found.curvature < 0);
  assertEquals(found.flat, Float64Array.of(1, 0.1, 0));
  assertEquals([found.iterations, found.x, found.residual], [1, new Float64Array(3), norm(Float64Array.of(1, 0.1))]);
  const flat = conjugateGradients((v) => new Float64Array(v.length), Float64Array.of(1));
  assertEquals([flat.converged, flat.curvature], [false, 0]);
  const little = (v: Vector) => v.map((value, i) => i === 0 ? value : 1e-9 * value);
  const [asked, plain] = [1e-8, 0].map((flat) => conjugateGradients(little, Float64Array.of(1, 1), { flat }));
  assertEquals([asked.converged, asked.iterations, plain.converged], [false, 2, true]);
  assertAlmostEquals(asked.curvature, 1e-9, 1e-14);
});

Deno.test("conjugateGradients() keeps its budget, yields after each product, handles b = 0, and throws on NaN and infinity", () => {
  const a = semidefinite(40, 45, 5);
  const b = normal(key(6), 40);
  const short = conjugateGradients(operator(a), b, { steps: 4 });
  const residuals = [...conjugateGradientSteps(operator(a), b, { steps: 4 })];
  assertEquals([short.iterations, short.converged, residuals.length, residuals[0]], [4, false, 4, norm(b)]);
  assertAlmostEquals(short.residual, norm(combine(1, b, -1, times(a, short.x))), 1e-10 * norm(b));
  const zero = conjugateGradients(operator(a), new Float64Array(40));
  assertEquals([zero.iterations, zero.converged, zero.residual, zero.curvature], [0, true, 0, Infinity]);
  assertEquals(conjugateGradients((v) => v, new Float64Array(0)).x.length, 0);
  const lost = conjugateGradients((v) => v.map(() => NaN), b);
  assertEquals([lost.converged, lost.curvature, lost.flat, norm(lost.x)], [false, NaN, b, 0]);
  assertThrows(() => conjugateGradients(operator(a), b.with(3, NaN)), RangeError, "NaN");
  assertThrows(() => conjugateGradients((v) => v.slice(1), b), ShapeError, "[40], got [39]");
  assertThrows(() => conjugateGradients(operator(a), b, { tolerance: -1 }), RangeError, "-1");
  assertThrows(() => conjugateGradients(operator(a), b, { steps: NaN }), RangeError, "NaN");
});

Deno.test("lowestEigenpair() has the lowest eigenvalue of dense matrices, as the Rayleigh quotient of its unit vector", () => {
  for (const n of [1, 2, 3, 31, 100]) {
    const b = random(n, n, n);
    const a = matrix(n, n, b.data.map((value, at) => value + b.data[at % n * n + Math.floor(at / n)]));
    const values = eigenvalues(kernels, a);
    const size = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
    const start = normal(key(9), n);
    const kept = start.slice();
    const { value, vector, residual, iterations, converged } = lowestEigenpair(kernels, operator(a), start)!;
    assert(converged && iterations <= n, `order ${n}`);
    // Within rounding of n steps: the residual bounds the distance by its square over the gap.
    assertAlmostEquals(value, values[0], 1e-13 * n * size);
    assertAlmostEquals(norm(vector), 1, 1e-14);
    assertEquals(value, dot(vector, times(a, vector)));
    assertAlmostEquals(residual, norm(combine(1, times(a, vector), -value, vector)), 1e-14 * size);
    assert(residual <= 1e-9 * size);
    assertEquals(start, kept);
  }
});

Deno.test("lowestEigenpair() keeps its budget, bounds from inside then, and says whether it converged", () => {
  const n = 200;
  const values = Float64Array.from({ length: n }, (_, i) => Math.cos(i));
  const found = lowestEigenpair(kernels, (v) => v.map((value, i) => value * values[i]), normal(key(3), n), {
    steps: 8,
  })!;
  assertEquals([found.iterations, found.converged], [8, false]);
  assert(Math.abs(found.value) < 1 && Math.abs(found.value) > 0.9);
  assert(found.residual > 1e-3);
});

Deno.test("lowestEigenpair() ends in an invariant subspace, also for the zero matrix, and refuses an invalid start", () => {
  const only = lowestEigenpair(kernels, (v) => v.map((value, i) => value * (i + 1)), Float64Array.of(0, 3, 0, 0))!;
  assertEquals([only.value, only.residual, only.iterations, only.converged], [2, 0, 1, true]);
  const zero = lowestEigenpair(kernels, (v) => new Float64Array(v.length), Float64Array.of(1, 1))!;
  assertEquals([zero.value, zero.residual, zero.converged], [0, 0, true]);
  assertThrows(
    () => lowestEigenpair(kernels, (v) => v, new Float64Array(3)),
    RangeError,
    "Cannot find the lowest eigenvalue",
  );
  assertEquals(lowestEigenpair(kernels, (v) => v.map(() => Infinity), Float64Array.of(1)), null);
  assertThrows(() => lowestEigenpair(kernels, (v) => v.slice(1), Float64Array.of(1, 2)), ShapeError, "[2], got [1]");
  assertThrows(() => lowestEigenpair(kernels, (v) => v, Float64Array.of(1), { steps: 0 }), RangeError, "got 0");
  assertThrows(() => lowestEigenpair(kernels, (v) => v, Float64Array.of(1), { tolerance: NaN }), RangeError, "NaN");
});

Deno.test("lowestEigenpair() ends early where the lowest eigenvalue lies apart, and a wider tolerance ends it sooner", () => {
  const n = 200;
  const values = Float64Array.from({ length: n }, (_, i) => i === 17 ? -10 : Math.cos(i));
  const find = (tolerance: number) =>
    lowestEigenpair(kernels, (v) => v.map((value, i) => value * values[i]), normal(key(3), n), { tolerance })!;
  const [fine, rough] = [find(1e-10), find(1e-3)];
  assert(fine.converged);
  assertLess(fine.iterations, n / 4);
  assertLess(rough.iterations, fine.iterations);
  assertAlmostEquals(fine.value, -10, 1e-12);
  assert(fine.residual <= 1e-9 * 10 && rough.residual <= 1e-2 * 10);
});
