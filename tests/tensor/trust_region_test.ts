import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import {
  combine,
  dot,
  eigen,
  type Matrix,
  matrix,
  norm,
  times,
  trustRegionStep,
  type Vector,
} from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** The multiplier is found by bisection to 1e-15 of its size; eigenpairs of order 8 are good to about that times their norm. */
const OPTIMALITY = 1e-10;

function symmetric(n: number, seed: number): Matrix {
  const draws = normal(key(seed), n * n);
  return matrix(
    n,
    n,
    Float64Array.from(draws, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return draws[Math.max(i, j) * n + Math.min(i, j)];
    }),
  );
}

const stepFor = (a: Matrix, g: Vector, radius: number) => {
  const { values, vectors } = eigen(kernels, a);
  return { values, ...trustRegionStep(values, vectors, g, radius) };
};

/** The model `g'y + y'Ay/2`. */
const model = (a: Matrix, g: Vector, y: Vector) => dot(g, y) + dot(y, times(a, y)) / 2;

Deno.test("trustRegionStep() meets the conditions of a global minimiser on random matrices and radii", () => {
  for (let seed = 0; seed < 40; seed++) {
    const a = symmetric(8, seed);
    const g = normal(key(1000 + seed), 8);
    for (const radius of [1e-3, 0.1, 1, 30]) {
      const { step, decrease, values } = stepFor(a, g, radius);
      assert(norm(step) <= radius * (1 + OPTIMALITY), `seed ${seed}: inside the ball`);
      assertAlmostEquals(decrease, -model(a, g, step), OPTIMALITY * (1 + decrease));
      // (A + mu) y = -g gives mu from the step itself.
      const pull = combine(-1, g, -1, times(a, step));
      const mu = dot(pull, step) / dot(step, step);
      assert(
        norm(combine(1, pull, -mu, step)) <= OPTIMALITY * (1 + norm(g) + Math.abs(mu)),
        `seed ${seed}: stationary`,
      );
      assert(mu >= Math.max(0, -values[0]) - OPTIMALITY * (1 + Math.abs(mu)), `seed ${seed}: A + mu is not indefinite`);
      if (norm(step) < 0.999 * radius) {
        assert(Math.abs(mu) <= OPTIMALITY * (1 + norm(g)), `seed ${seed}: mu = 0 inside`);
      }
    }
  }
});

Deno.test("trustRegionStep() is never beaten by other points of the ball", () => {
  for (let seed = 0; seed < 10; seed++) {
    const a = symmetric(5, seed);
    const g = normal(key(2000 + seed), 5);
    const { decrease } = stepFor(a, g, 0.7);
    for (const one of split(key(seed), 200)) {
      const draw = normal(one, 5);
      const inside = draw.map((value) => 0.7 * value / Math.max(1, norm(draw)));
      assert(model(a, g, inside) >= -decrease - OPTIMALITY);
    }
  }
});

Deno.test("trustRegionStep() is Newton's step where the matrix is positive definite and the ball is wide", () => {
  const a = matrix(2, 2, [2, 0, 0, 5]);
  const { step, decrease } = stepFor(a, Float64Array.of(-4, 10), 100);
  assertAlmostEquals(step[0], 2, 1e-14);
  assertAlmostEquals(step[1], -2, 1e-14);
  assertAlmostEquals(decrease, 14, 1e-13);
});

Deno.test("trustRegionStep() leaves a strict saddle with no slope, or one of rounding, along negative curvature", () => {
  const a = matrix(3, 3, [1, 0, 0, 0, -2, 0, 0, 0, 3]);
  for (const slope of [[0, 0, 0], [1e-17, -3e-17, 2e-17], [0.5, 0, 0]]) {
    const { step, decrease } = stepFor(a, Float64Array.from(slope), 2);
    assertAlmostEquals(norm(step), 2, 1e-12);
    assert(Math.abs(step[1]) > 1.9, `step ${step}`);
    assert(decrease > 3.5);
  }
});

Deno.test("trustRegionStep() stands still where nothing falls", () => {
  const { step, decrease } = stepFor(matrix(2, 2, [1, 0, 0, 0]), Float64Array.of(0, 0), 5);
  assertEquals([...step].map(Math.abs), [0, 0]);
  assertEquals(Math.abs(decrease), 0);
});

Deno.test("trustRegionStep() goes to the edge along a slope without curvature", () => {
  const { step, decrease } = stepFor(matrix(2, 2, [1, 0, 0, 0]), Float64Array.of(0, 3), 5);
  assertAlmostEquals(step[1], -5, 1e-10);
  assertAlmostEquals(decrease, 15, 1e-9);
});
