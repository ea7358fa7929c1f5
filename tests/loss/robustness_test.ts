import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { poisson } from "../../src/loss/mod.ts";
import { LOSS_CASES } from "./_cases.ts";

/** Any finite number, and those at which exp, squares and products change their nature. */
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -800, max: 800, noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-310, 1e154, -1e154, 709.78, 709.79, 1e308, -1e308, Number.MAX_VALUE),
);

/** Formulas that rise in exact numbers may fall by some roundings. */
const atMost = (a: number, b: number): boolean => a <= b * (1 + 8 * Number.EPSILON);

for (const { label, loss, targets } of LOSS_CASES) {
  /** Valid targets of any size: for a class the two, for a count what is not below 0. */
  const target = loss.target === "class"
    ? fc.constantFrom(...targets)
    : fc.oneof(finite, fc.constantFrom(...targets)).map((y) => loss.name === "poisson" ? Math.abs(y) : y);

  Deno.test(`${label} is NaN nowhere at finite numbers, and its derivatives have their signs`, () => {
    fc.assert(
      fc.property(finite, target, finite, (p, y, other) => {
        const [value, slope, curvature] = [loss.value(p, y), loss.d1(p, y), loss.d2(p, y)];
        const [low, high] = [Math.min(p, other), Math.max(p, other)];
        const bounds = loss.bounds(y, low, high);
        const infinity = [loss.conjugate!(slope, y), loss.conjugate!(other, y), loss.infimum!(y)];
        const margin = loss.margin?.(other, y) ?? 0;
        const found = [value, slope, curvature, bounds.d1, bounds.d2, bounds.d3 ?? 0, margin];
        assertEquals([...found, ...infinity].filter(Number.isNaN), [], `${found}; ${infinity}`);
        assertGreaterOrEqual(curvature, 0, `${found}`);
        assert(atMost(curvature, bounds.d2), `${found}`);
        assert(atMost(Math.abs(slope), bounds.d1), `${found}`);
        if (loss.name !== "poisson") assert(value >= 0, `${found}`);
      }),
      { seed: 20180619, numRuns: 5000 },
    );
  });
}

Deno.test("poisson takes counts from nothing to 1e300, and predictions far beyond the overflow of exp", () => {
  for (const y of [0, 5e-324, 1e-310, 1e-20, 1, 1e20, 1e300]) {
    for (const p of [-1e308, -1e5, -745, 0, 700, 700.0000001, 709.78, 709.79, 1e5, 1e308]) {
      const value = poisson.value(p, y);
      const where = `p = ${p}, y = ${y}: ${value}`;
      assert(!Number.isNaN(value), where);
      assertEquals(poisson.d1(p, y) === Infinity, p > 709.785, where);
      if (p > 709.785) assertEquals(value, Infinity, where);
      assert(value >= poisson.infimum!(y) - 1e-12 * Math.abs(poisson.infimum!(y)), where);
    }
  }
});
