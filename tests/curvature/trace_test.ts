import { assert, assertAlmostEquals, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { type TraceEstimate, traceEstimate } from "../../src/curvature/mod.ts";
import { key } from "../../src/random/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";
import { HESSIANS, operatorOf, traceOf, withSpectrum } from "./_matrices.ts";

/** Sums of a few hundred products of numbers near 1. */
const ROUNDING = 1e-12;

/** A spectrum that falls slowly enough that no sketch holds it, with both signs. */
const SLOW = Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? -1 : 1) * 5 / (1 + i) + 0.2);

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

Deno.test("traceEstimate() is exact when a third of the products is the size or more", () => {
  for (const size of [1, 2, 7, 30]) {
    const a = withSpectrum(SLOW.slice(0, size), size);
    const { apply, products } = operatorOf(a);
    const { value, standardError } = traceEstimate(apply, size, key(1));
    assertEquals([standardError, products()], [0, size]);
    assertAlmostEquals(value, traceOf(a), ROUNDING);
  }
});

Deno.test("traceEstimate() is exact for a rank of at most a third of the products, and for zero", () => {
  for (const rank of [0, 1, 9, 10]) {
    const values = Array.from({ length: 100 }, (_, i) => i < rank ? (i % 2 ? 3 : -2) - i / 7 : 0);
    const { apply, products } = operatorOf(withSpectrum(values, rank));
    const { value, standardError } = traceEstimate(apply, 100, key(1), { products: 30 });
    assertAlmostEquals(value, sumOf(values), 1e-11);
    assertLess(standardError, 1e-11);
    assert(products() <= 30);
  }
  // A check that can fail: one more and it is an estimate.
  const values = Array.from({ length: 100 }, (_, i) => i < 11 ? 1 + i : 0);
  const { value, standardError } = traceEstimate(operatorOf(withSpectrum(values, 1)).apply, 100, key(1), {
    products: 30,
  });
  assert(Math.abs(value - sumOf(values)) > 1e-6 && standardError > 1e-6);
});

Deno.test("traceEstimate() spends what it may and no more", () => {
  for (const most of [6, 7, 8, 90, 100]) {
    const { apply, products } = operatorOf(withSpectrum(SLOW, 1));
    traceEstimate(apply, 120, key(1), { products: most });
    assertEquals(products(), most);
  }
});

Deno.test("traceEstimate() has a standard error that is true: deviations over many keys are as large as it says", () => {
  const { apply } = operatorOf(withSpectrum(SLOW, 2));
  const runs = Array.from({ length: 300 }, (_, seed) => traceEstimate(apply, 120, key(seed)));
  const deviations = runs.map(({ value, standardError }) => (value - sumOf(SLOW)) / standardError);
  // Student's t with 29 degrees of freedom: mean 0, variance 29/27; 300 of them.
  const mean = sumOf(deviations) / 300;
  assert(Math.abs(mean) < 4 / Math.sqrt(300), `mean ${mean}`);
  const variance = sumOf(deviations.map((value) => value ** 2)) / 300;
  assert(variance > 0.7 && variance < 1.5, `variance ${variance}`);
});

Deno.test("traceEstimate() of a falling spectrum is far better than random signs alone", () => {
  const values = Array.from({ length: 120 }, (_, i) => 100 / (1 + i) ** 2);
  const { apply } = operatorOf(withSpectrum(values, 3));
  const { value, standardError } = traceEstimate(apply, 120, key(1));
  // Signs alone: variance 2 (||A||² - ||diag A||²) / 90, at least 2 (100² - sum of squares of an even diagonal) / 90.
  const alone = Math.sqrt(2 * 100 ** 2 / 90);
  assert(standardError < alone / 20, `${standardError} against ${alone}`);
  assertAlmostEquals(value, sumOf(values), 4 * standardError);
});

for (const { name, net, apply, dense } of HESSIANS) {
  Deno.test(`traceEstimate() of the Hessian of ${name} is near the sum of the dense diagonal`, () => {
    const accepts = ({ value, standardError }: TraceEstimate) =>
      Math.abs(value - traceOf(dense)) <= 4 * standardError + ROUNDING;
    for (let seed = 0; seed < 10; seed++) assert(accepts(traceEstimate(apply, net.size, key(seed))), `key ${seed}`);
    // A check that can fail: one and a half times the Hessian, with errors small enough to tell.
    const products = 600;
    assert(accepts(traceEstimate(apply, net.size, key(1), { products })));
    assert(!accepts(traceEstimate((v) => apply(v).map((x) => 1.5 * x), net.size, key(1), { products })));
  });
}

Deno.test("traceEstimate() gives the same bits for the same key, others for another", () => {
  const { apply } = operatorOf(withSpectrum(SLOW, 4));
  assertEquals(traceEstimate(apply, 120, key(1)), traceEstimate(apply, 120, key(1)));
  assertNotEquals(traceEstimate(apply, 120, key(1)), traceEstimate(apply, 120, key(2)));
});

Deno.test("traceEstimate() refuses NaN, misshapen products and too few of them", () => {
  for (const size of [3, 300]) {
    assertThrows(() => traceEstimate((v) => v.map(() => NaN), size, key(1)), RangeError, "NaN");
    assertThrows(() => traceEstimate((v) => v.slice(1), size, key(1)), ShapeError);
  }
  for (const products of [0, 5, 9.5, NaN]) {
    assertThrows(() => traceEstimate((v) => v, 3, key(1), { products }), RangeError, "the number of products");
  }
  assertThrows(() => traceEstimate((v) => v, 0, key(1)), RangeError, "the size");
});
