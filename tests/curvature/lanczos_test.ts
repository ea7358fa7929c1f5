import { assert, assertAlmostEquals, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { type EigenPair, extremeEigenvalues } from "../../src/curvature/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { combine, dot, eigenvalues, norm, ShapeError, times } from "../../src/tensor/mod.ts";
import { HESSIANS, kernels, operatorOf, withSpectrum } from "./_matrices.ts";

/** What eigenvalues may be off by, relative to the largest. */
const EIGENVALUES = 1e-8;

/** Sums of a few hundred products of numbers near 1. */
const ROUNDING = 1e-12;

const evenly = (n: number, from: number, to: number) => Array.from({ length: n }, (_, i) => from + (to - from) * i / n);

/** Spectra with what makes trouble: clusters, repetitions, zeros, and no gap at all. */
const SPECTRA: readonly (readonly [name: string, values: readonly number[]])[] = [
  ["a single entry", [-3]],
  ["two entries", [-1, 2]],
  ["two equal entries", [4, 4]],
  ["both ends repeated", [-2, -2, -2, 0, 0, 0, 0, 1, 3, 3]],
  ["only zeros", new Array(7).fill(0)],
  ["two values", [...new Array(20).fill(-1), ...new Array(20).fill(1)]],
  ["clusters at both ends", [-5, -5 + 1e-7, -5 + 2e-7, ...evenly(60, -1, 1), 8 - 1e-7, 8]],
  ["a few outliers over zeros", [-0.3, ...new Array(80).fill(0), 1, 10, 100]],
  ["all negative", evenly(50, -9, -1)],
  ["ten powers of ten", Array.from({ length: 40 }, (_, i) => (i % 2 ? -1 : 1) * 10 ** (-i / 4))],
  ["tiny", evenly(30, -1, 1).map((value) => value * 1e-200)],
  ["huge", evenly(30, -1, 1).map((value) => value * 1e200)],
];

const lowest = (values: ArrayLike<number>, count: number) => Float64Array.from(values).toSorted().slice(0, count);
const highest = (values: ArrayLike<number>, count: number) =>
  Float64Array.from(values).toSorted().reverse().slice(0, count);

function assertValues(pairs: readonly EigenPair[], expected: Float64Array, tolerance: number, what: string): void {
  assertEquals(pairs.length, expected.length, what);
  pairs.forEach(({ value }, i) => assertAlmostEquals(value, expected[i], tolerance, `${what}, ${i}`));
}

for (const [name, values] of SPECTRA) {
  const scale = Math.max(...values.map(Math.abs));
  for (const count of [1, 2, 5].filter((n) => n <= values.length)) {
    Deno.test(`extremeEigenvalues() finds ${count} at each end: ${name}`, () => {
      const a = withSpectrum(values, 1);
      const { apply, products } = operatorOf(a);
      const { low, high, converged, steps } = extremeEigenvalues(kernels, apply, values.length, key(2), { count });
      assert(converged && steps <= values.length);
      assertEquals(products(), steps + 2 * count);
      assertValues(low, lowest(values, count), EIGENVALUES * scale, "low");
      assertValues(high, highest(values, count), EIGENVALUES * scale, "high");
      for (const list of [low, high]) {
        for (const [i, { value, vector, residual }] of list.entries()) {
          assertAlmostEquals(norm(vector), 1, ROUNDING);
          assert(residual <= 1e-9 * scale, `residual ${residual}`);
          const again = norm(combine(1, times(a, vector), -value, vector));
          assertAlmostEquals(residual, again, ROUNDING * scale);
          for (const other of list.slice(0, i)) assertAlmostEquals(dot(vector, other.vector), 0, ROUNDING);
        }
      }
    });
  }
}

Deno.test("extremeEigenvalues() of the identity stops with the first space, which is closed", () => {
  for (const [size, count] of [[1, 1], [2, 1], [50, 1], [50, 4]]) {
    const { low, high, converged, steps } = extremeEigenvalues(kernels, (v) => v, size, key(1), { count });
    assertEquals([converged, steps], [true, count]);
    for (const { value, residual } of [...low, ...high]) {
      assertAlmostEquals(value, 1, ROUNDING);
      assertLess(residual, ROUNDING);
    }
  }
});

Deno.test("extremeEigenvalues() leaves invariant subspaces with new vectors until the basis is complete", () => {
  // Three values: the space of one start is closed after three steps, and four more are wanted at each end.
  const values = [-1, -1, -1, -1, 0, 0, 0, 2, 2, 2, 2, 2];
  const options = { count: 12, block: 1 };
  const { low, steps } = extremeEigenvalues(kernels, operatorOf(withSpectrum(values, 3)).apply, 12, key(1), options);
  assertEquals(steps, 12);
  assertValues(low, lowest(values, 12), ROUNDING, "all of them");
});

Deno.test("extremeEigenvalues() with one start sees one copy of a repeated eigenvalue at first, with two starts two", () => {
  const values = [...new Array(6).fill(-4), ...evenly(60, -1, 1), 5];
  const { apply } = operatorOf(withSpectrum(values, 4));
  const second = (block: number) =>
    extremeEigenvalues(kernels, apply, values.length, key(1), { count: 2, block, steps: 12 }).low[1].value;
  assert(second(1) > -1.1, `${second(1)}`);
  assertAlmostEquals(second(2), -4, 1e-4);
});

Deno.test("extremeEigenvalues() stops long before size steps where the ends stand apart, and says when it could not", () => {
  const values = [-7, ...evenly(300, -1, 1), 6, 9];
  const { apply } = operatorOf(withSpectrum(values, 5));
  const { low, high, converged, steps } = extremeEigenvalues(kernels, apply, values.length, key(1));
  assert(converged && steps < 40, `${steps} steps`);
  assertAlmostEquals(low[0].value, -7, EIGENVALUES);
  assertAlmostEquals(high[0].value, 9, EIGENVALUES);
  const few = extremeEigenvalues(kernels, apply, values.length, key(1), { steps: 5 });
  assertEquals([few.converged, few.steps], [false, 5]);
  // What has not converged lies inside the spectrum, and its residual is no less than its distance from it.
  assert(few.low[0].value > -7 && few.low[0].value + 7 <= few.low[0].residual);
  const loose = extremeEigenvalues(kernels, apply, values.length, key(1), { tolerance: 1e-3 });
  assert(loose.converged && loose.steps < steps);
  assert(loose.low[0].residual <= 1e-3 * 9 && loose.low[0].residual > 1e-10 * 9);
});

for (const { name, net, apply, dense } of HESSIANS) {
  Deno.test(`extremeEigenvalues() of the Hessian of ${name} (${net.size}) are those of the dense matrix`, () => {
    assert(net.size <= 300);
    const expected = eigenvalues(kernels, dense);
    for (const count of [1, 4]) {
      const { low, high, converged } = extremeEigenvalues(kernels, apply, net.size, key(1), { count });
      assert(converged);
      assertValues(low, lowest(expected, count), EIGENVALUES, "low");
      assertValues(high, highest(expected, count), EIGENVALUES, "high");
      // A check that can fail: the Hessian is not 1.0001 times itself.
      const other = extremeEigenvalues(kernels, (v) => apply(v).map((x) => 1.0001 * x), net.size, key(1), { count });
      assertThrows(() => assertValues(other.high, highest(expected, count), EIGENVALUES, "high"));
    }
  });
}

Deno.test("extremeEigenvalues() gives the same bits for the same key, others for another, and agrees between kernel sets", async () => {
  const { apply, dense } = HESSIANS[2];
  const run = (seed: number) => extremeEigenvalues(kernels, apply, dense.rows, key(seed), { count: 2 });
  assertEquals(run(1), run(1));
  assertNotEquals(run(1).low[0].vector, run(2).low[0].vector);
  assertAlmostEquals(run(1).low[0].value, run(2).low[0].value, EIGENVALUES);
  const js = extremeEigenvalues(await loadKernels("js"), apply, dense.rows, key(1), { count: 2 });
  assertAlmostEquals(run(1).high[1].value, js.high[1].value, EIGENVALUES);
});

Deno.test("extremeEigenvalues() leaves the operator's own buffers alone", () => {
  const a = withSpectrum(evenly(20, -1, 1), 6);
  const buffer = new Float64Array(20);
  const shared = (v: Float64Array) => {
    buffer.set(times(a, v));
    return buffer;
  };
  const { apply } = operatorOf(a);
  assertEquals(extremeEigenvalues(kernels, shared, 20, key(1)), extremeEigenvalues(kernels, apply, 20, key(1)));
});

Deno.test("extremeEigenvalues() refuses NaN, infinite and misshapen products, and options out of range", () => {
  const run = (apply: (v: Float64Array) => Float64Array, options = {}) =>
    extremeEigenvalues(kernels, apply, 5, key(1), options);
  assertThrows(() => run((v) => v.map(() => NaN)), RangeError, "NaN");
  assertThrows(() => run((v) => v.map((value, i) => i === 0 ? NaN : value)), RangeError, "NaN");
  assertThrows(() => run((v) => v.map((value, i) => i === 4 ? Infinity : value)), RangeError, "infinite");
  let products = 0;
  assertThrows(() => run((v) => v.map((value, i) => ++products > 12 ? NaN : i * value)), RangeError, "NaN");
  assertThrows(() => run((v) => v.slice(1)), ShapeError, "expected shape [5], got [4]");
  for (const options of [{ count: 0 }, { count: 6 }, { count: 1.5 }, { block: 0 }, { block: 6 }, { steps: 0 }]) {
    assertThrows(() => run((v) => v, options), RangeError, "must be a whole number", JSON.stringify(options));
  }
  assertThrows(() => run((v) => v, { count: 3, steps: 2 }), RangeError, "the number of steps");
  assertThrows(() => run((v) => v, { tolerance: -1 }), RangeError, "tolerance");
  assertThrows(() => run((v) => v, { tolerance: NaN }), RangeError, "tolerance");
  assertThrows(() => extremeEigenvalues(kernels, (v) => v, 0, key(1)), RangeError, "the size");
});

Deno.test("extremeEigenvalues() keeps its basis orthogonal over hundreds of steps: no eigenvalue comes twice", () => {
  // Without reorthogonalisation the outlier would converge early and come back as copies of itself.
  const values = Float64Array.from([1000, ...normal(key(8), 249)]);
  const { apply } = operatorOf(withSpectrum(values, 7));
  const options = { count: 6, block: 1, tolerance: 0 };
  const { low, high, steps } = extremeEigenvalues(kernels, apply, 250, key(1), options);
  assertEquals(steps, 250);
  assertValues(high, highest(values, 6), 1e-10, "high");
  assertValues(low, lowest(values, 6), 1e-10, "low");
});
