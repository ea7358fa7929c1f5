import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { type SpectralDensity, spectralDensity } from "../../src/curvature/mod.ts";
import { key } from "../../src/random/mod.ts";
import { eigenvalues, ShapeError } from "../../src/tensor/mod.ts";
import { HESSIANS, kernels, operatorOf, traceOf, withSpectrum } from "./_matrices.ts";

/** What the tails beyond five widths may take. */
const INTEGRAL = 1e-6;

/** Sums of a few hundred products of numbers near 1. */
const ROUNDING = 1e-12;

/** Two humps, zeros, and two outliers: the shape of a Hessian. */
const SPECTRUM = Array.from(
  { length: 150 },
  (_, i) => i === 0 ? 9 : i === 1 ? -3 : i < 50 ? 0 : i < 100 ? 1 + i / 100 : 4 + Math.sin(i) / 2,
);

const meanEigenvalue = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The density of a known spectrum, smoothed as the estimate is. */
const smoothed = (values: ArrayLike<number>, { at, width }: SpectralDensity) =>
  at.map((t) =>
    Array.from(values).reduce((sum, value) => sum + Math.exp(-(((t - value) / width) ** 2) / 2), 0) /
    (values.length * width * Math.sqrt(2 * Math.PI))
  );

/** Whether a mean lies within four of its standard errors of the true one. */
const agrees = ({ mean, meanError }: SpectralDensity, expected: number) =>
  Math.abs(mean - expected) <= 4 * meanError + ROUNDING * (1 + Math.abs(expected));

function assertSound(density: SpectralDensity, points: number): void {
  const { at, low, high, integral } = density;
  assertAlmostEquals(integral, 1, INTEGRAL);
  for (const curve of [at, density.density, low, high]) assertEquals(curve.length, points);
  for (let i = 0; i < points; i++) {
    assert(i === 0 || at[i] > at[i - 1]);
    assertLessOrEqual(0, low[i]);
    assertLessOrEqual(low[i], density.density[i]);
    assertLessOrEqual(density.density[i], high[i]);
    // As far below as above, down to zero.
    const mirrored = Math.max(0, 2 * density.density[i] - high[i]);
    assertAlmostEquals(low[i], mirrored, ROUNDING * high[i]);
  }
}

for (
  const [name, values] of [
    ["one entry", [-3]],
    ["one entry, zero", [0]],
    ["two entries", [-1, 2]],
    ["only zeros", new Array(9).fill(0)],
    ["two equal entries, large", [1e9, 1e9]],
    ["tiny", [-1e-200, 1e-200, 3e-200]],
    ["the shape of a Hessian", SPECTRUM],
  ] as const
) {
  Deno.test(`spectralDensity() integrates to 1 and has the mean eigenvalue: ${name}`, () => {
    const { apply } = operatorOf(withSpectrum(values, 1));
    const density = spectralDensity(kernels, apply, values.length, key(1));
    assertSound(density, 400);
    assert(agrees(density, meanEigenvalue(values)), `${density.mean} +- ${density.meanError}`);
  });
}

Deno.test("spectralDensity() of a diagonal matrix is the spectrum's own, smoothed: every sign gives equal masses", () => {
  const values = [-2, -1.5, 0, 0, 0, 0.3, 4];
  const density = spectralDensity(kernels, (v) => v.map((x, i) => values[i] * x), 7, key(1));
  const expected = smoothed(values, density);
  density.density.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-11));
  density.high.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-11));
  assertAlmostEquals(density.width, 6 / 100, ROUNDING);
  assertAlmostEquals(density.at[0], -2 - 5 * density.width, ROUNDING);
  assertAlmostEquals(density.at[399], 4 + 5 * density.width, ROUNDING);
});

Deno.test("spectralDensity() of the identity is one Gaussian at 1, from one product for each probe", () => {
  let products = 0;
  const density = spectralDensity(kernels, (v) => (products++, v), 40, key(1), { probes: 3 });
  assertEquals(products, 3);
  assertSound(density, 400);
  assertAlmostEquals(density.width, 0.01, ROUNDING);
  assertAlmostEquals(Math.max(...density.density), 1 / (0.01 * Math.sqrt(2 * Math.PI)), 0.5);
});

Deno.test("spectralDensity() covers the smoothed spectrum with its band, and a wrong spectrum not", () => {
  const { apply } = operatorOf(withSpectrum(SPECTRUM, 2));
  const density = spectralDensity(kernels, apply, 150, key(1), { probes: 40, width: 0.2 });
  assertSound(density, 400);
  const covered = (values: readonly number[]) => {
    const truth = smoothed(values, density);
    const here = density.at.map((_, i) => Math.max(truth[i], density.density[i]) > 1e-3 ? 1 : 0);
    const within = here.map((seen, i) => seen * (density.low[i] <= truth[i] && truth[i] <= density.high[i] ? 1 : 0));
    return within.reduce((sum, x) => sum + x, 0) / here.reduce((sum, x) => sum + x, 0);
  };
  // Two standard errors cover about 95 of 100 points, which hang together over a few widths.
  assert(covered(SPECTRUM) > 0.8, `${covered(SPECTRUM)}`);
  assert(covered(SPECTRUM.map((value) => 1.1 * value)) < 0.6, `${covered(SPECTRUM.map((value) => 1.1 * value))}`);
});

Deno.test("spectralDensity() has a band that narrows with the root of the number of probes", () => {
  const { apply } = operatorOf(withSpectrum(SPECTRUM, 3));
  const error = (probes: number) => spectralDensity(kernels, apply, 150, key(1), { probes, steps: 5 }).meanError;
  const ratio = error(20) / error(320);
  assert(ratio > 2.5 && ratio < 6, `${ratio}`);
});

Deno.test("spectralDensity() needs few steps for the mean, more for the shape", () => {
  const { apply, products } = operatorOf(withSpectrum(SPECTRUM, 4));
  const few = spectralDensity(kernels, apply, 150, key(1), { steps: 2, width: 0.2 });
  assertEquals(products(), 20);
  const many = spectralDensity(kernels, apply, 150, key(1), { steps: 150, width: 0.2 });
  assertSound(few, 400);
  assertAlmostEquals(few.mean, many.mean, 1e-11);
  assert(many.at[399] > 9.9 && few.at[399] < 9, "the outlier takes more than two steps");
});

for (const { name, net, apply, dense } of HESSIANS) {
  Deno.test(`spectralDensity() of the Hessian of ${name} has its mean eigenvalue and its ends`, () => {
    const truth = traceOf(dense) / net.size;
    for (let seed = 0; seed < 5; seed++) {
      const density = spectralDensity(kernels, apply, net.size, key(seed));
      assertSound(density, 400);
      assert(agrees(density, truth), `key ${seed}: ${density.mean} +- ${density.meanError}, not ${truth}`);
    }
    const values = eigenvalues(kernels, dense);
    const { at, width } = spectralDensity(kernels, apply, net.size, key(1));
    assertAlmostEquals(at[0], values[0] - 5 * width, 1e-6);
    assertAlmostEquals(at[399], values[net.size - 1] + 5 * width, 1e-6);
    // A check that can fail: one and a half times the Hessian has another mean. One product for each probe gives it.
    const options = { probes: 2000, steps: 1 };
    assert(agrees(spectralDensity(kernels, apply, net.size, key(1), options), truth));
    const wrong = (v: Float64Array) => apply(v).map((x) => 1.5 * x);
    assert(!agrees(spectralDensity(kernels, wrong, net.size, key(1), options), truth));
  });
}

Deno.test("spectralDensity() distinguishes a matrix from 1.5 times it, with ten probes", () => {
  const values = SPECTRUM.map(Math.abs);
  const { apply } = operatorOf(withSpectrum(values, 5));
  for (let seed = 0; seed < 10; seed++) {
    assert(agrees(spectralDensity(kernels, apply, 150, key(seed)), meanEigenvalue(values)));
    const wrong = spectralDensity(kernels, (v) => apply(v).map((x) => 1.5 * x), 150, key(seed));
    assert(!agrees(wrong, meanEigenvalue(values)), `key ${seed}: ${wrong.mean} +- ${wrong.meanError}`);
  }
});

Deno.test("spectralDensity() gives the same bits for the same key, others for another", () => {
  const { apply } = operatorOf(withSpectrum(SPECTRUM, 6));
  const run = (seed: number) => spectralDensity(kernels, apply, 150, key(seed), { probes: 3, points: 200 });
  assertEquals(run(1), run(1));
  assertNotEquals(run(1).density, run(2).density);
});

Deno.test("spectralDensity() refuses NaN, misshapen products, grids too coarse, and options out of range", () => {
  const run = (options: object, apply = (v: Float64Array) => v.map((x, i) => i * x)) =>
    spectralDensity(kernels, apply, 5, key(1), options);
  assertThrows(() => run({}, (v) => v.map(() => NaN)), RangeError, "NaN");
  assertThrows(() => run({}, (v) => v.map((x, i) => i === 4 ? Infinity : x)), RangeError, "infinite");
  assertThrows(() => run({}, (v) => v.slice(1)), ShapeError);
  for (const options of [{ probes: 1 }, { probes: 2.5 }, { steps: 0 }, { points: 1 }, { points: NaN }]) {
    assertThrows(() => run(options), RangeError, "must be a whole number", JSON.stringify(options));
  }
  for (const width of [0, -1, NaN, Infinity, 1e-12]) assertThrows(() => run({ width }), RangeError, "the width");
  // Nodes from 0 to 4, and five widths on either side: 4.1 / 0.01 intervals.
  assertThrows(() => run({ width: 0.01 }), RangeError, "needs 411 points or more, got 400");
  assertSound(run({ width: 0.01, points: 411 }), 411);
  assertThrows(() => spectralDensity(kernels, (v) => v, 0, key(1)), RangeError, "the size");
});

Deno.test("eigenvalues whose squares overflow have a mean and a standard error", () => {
  const [error, of700] = [1, 2 ** 700].map((factor) => {
    const a = withSpectrum([-1, 2, 5, 9].map((value) => factor * value), 3);
    return spectralDensity(kernels, operatorOf(a).apply, 4, key(1), { probes: 5 }).meanError;
  });
  assert(error > 0);
  assertAlmostEquals(of700 / 2 ** 700, error, 1e-12);
});
