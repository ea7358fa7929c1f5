import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  huber,
  isOnKink,
  logistic,
  type Loss,
  poisson,
  pseudoHuber,
  smoothHinge,
  squared,
} from "../../src/loss/mod.ts";
import { grid, LOSS_CASES, quartic } from "./_cases.ts";

const SAMPLES = 4001;

/** Intervals around, beside and far from the targets and kinks, with a kink at either end; single points too. */
const INTERVALS = [[-3, 3], [-0.3, 0.2], [0.1, 2.3], [1.4, 6], [-7, -2], [0.625, 0.625], [-40, 40], [-2.1, 0.9]]
  .concat([[-1, 0], [0, 1], [1, 2], [-3, -1], [-1, -1], [0, 0], [1, 1]]);

/** Rounding, relative to the size of what is compared. */
const ROUNDING = 1e-13;

/** l''' by central differences of l''; errors about 1e-10 relative from the step's square, and 1e-11 from rounding. */
function d3At(loss: Loss, p: number, y: number): number {
  const step = 1e-5;
  return (loss.d2(p + step, y) - loss.d2(p - step, y)) / (2 * step);
}

for (const { label, loss, targets, kinks } of LOSS_CASES) {
  Deno.test(`${label}: bounds() are the largest derivatives on the interval, neither less nor more`, () => {
    for (const y of targets) {
      for (const [low, high] of INTERVALS) {
        const points = grid(low, high, SAMPLES);
        const bounds = loss.bounds(y, low, high);
        const where = `y = ${y}, [${low}, ${high}]`;
        const slopes = Math.max(...points.map((p) => Math.abs(loss.d1(p, y))));
        const curvatures = Math.max(...points.map((p) => loss.d2(p, y)));
        assert(slopes <= bounds.d1 && curvatures <= bounds.d2 * (1 + ROUNDING), where);
        assertAlmostEquals(bounds.d1, slopes, ROUNDING * slopes, where);
        // A largest value half a spacing away: |l''''| <= 3 / delta^2.
        const spacing = (high - low) / (SAMPLES - 1) / (loss.parameter || 1);
        assertAlmostEquals(
          bounds.d2,
          curvatures,
          0.5 * spacing ** 2 + ROUNDING * curvatures,
          where,
        );
      }
    }
  });

  Deno.test(`${label}: bounds() have a d3 exactly where d2 does not jump`, () => {
    for (const y of targets) {
      for (const [low, high] of INTERVALS) {
        const { d3 } = loss.bounds(y, low, high);
        const where = `y = ${y}, [${low}, ${high}]: ${d3}`;
        if (kinks(y).some((kink) => low <= kink && kink <= high)) assertEquals(d3, null, where);
        else if (kinks(y).length > 0) assertEquals(d3, 0, where);
        else {
          assert(d3 !== null, where);
          const largest = Math.max(...grid(low, high, SAMPLES).map((p) => Math.abs(d3At(loss, p, y))));
          // Central differences (relative), and a largest value half a spacing away: |l'''''| <= 24 / delta^3 near it.
          const spacing = (high - low) / (SAMPLES - 1);
          const tolerance = 1e-8 * (1 + largest) + 3 * spacing ** 2 / (loss.parameter || 1) ** 3;
          assertAlmostEquals(d3, largest, tolerance, where);
          assert(largest <= d3 * (1 + 1e-6) + 1e-8, where);
        }
      }
    }
  });

  Deno.test(`${label}: bounds() refuse reversed and NaN arguments`, () => {
    const y = targets[0];
    assertThrows(() => loss.bounds(y, 1, 0), RangeError, "low must not be above high, got 1 and 0");
    assertThrows(() => loss.bounds(y, NaN, 0), RangeError, "Cannot bound the derivatives of a loss");
  });
}

Deno.test("bounds() over the whole line are the Lipschitz constants that the documentation states", () => {
  const whole = (loss: Loss): readonly (number | null)[] => {
    const { d1, d2, d3 } = loss.bounds(1, -Infinity, Infinity);
    return [d1, d2, d3];
  };
  assertEquals(whole(squared), [Infinity, 1, 0]);
  assertEquals(whole(huber), [1, 1, null]);
  assertEquals(whole(smoothHinge), [1, 1, null]);
  assertEquals(whole(poisson), [Infinity, Infinity, Infinity]);
  assertEquals(whole(logistic).slice(0, 2), [1, 0.25]);
  assertAlmostEquals(logistic.bounds(1, -Infinity, Infinity).d3 ?? NaN, 1 / (6 * Math.sqrt(3)), 1e-16);
  assertEquals(whole(pseudoHuber).slice(0, 2), [1, 1]);
  assertAlmostEquals(pseudoHuber.bounds(1, -Infinity, Infinity).d3 ?? NaN, 48 / (25 * Math.sqrt(5)), 2e-16);
});

Deno.test("bounds() of huber and smooth_hinge count a jump at either end, where the curvature is the larger value", () => {
  assertEquals(huber.bounds(0, 1, 2), { d1: 1, d2: 1, d3: null });
  assertEquals(huber.bounds(0, -2, -1), { d1: 1, d2: 1, d3: null });
  assertEquals(huber.bounds(0, -0.5, 0.5), { d1: 0.5, d2: 1, d3: 0 });
  assertEquals(huber.bounds(0, -2, -1.001), { d1: 1, d2: 0, d3: 0 });
  assertEquals(smoothHinge.bounds(-1, -1, -1), { d1: 0, d2: 1, d3: null });
  assertEquals(smoothHinge.bounds(1, 0, 0), { d1: 1, d2: 1, d3: null });
  assertEquals(smoothHinge.bounds(1, 1, 1), { d1: 0, d2: 1, d3: null });
});

Deno.test("isOnKink() is true at the kinks and nowhere else, and of an unknown loss everywhere", () => {
  for (const { loss, targets, kinks, label } of LOSS_CASES) {
    for (const y of targets) {
      for (const kink of kinks(y)) {
        assert(isOnKink(loss, kink, y), `${label} ${kink} ${y}`);
        // Of size 1 to 5: 1e-12 away they are other numbers.
        for (const p of [kink - 1e-12, kink + 1e-12]) assert(!isOnKink(loss, p, y), `${label} ${p} ${y}`);
      }
      assert(kinks(y).length > 0 || grid(-5, 5, 101).every((p) => !isOnKink(loss, p, y)), label);
    }
  }
  assert(isOnKink(quartic, 0.3, 0));
  for (const p of [NaN, Infinity]) {
    assertThrows(() => isOnKink(huber, p, 0), RangeError, "Cannot bound the derivatives");
  }
});
