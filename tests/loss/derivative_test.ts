import { assert, assertAlmostEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { grid, LOSS_CASES, quartic } from "./_cases.ts";

/**
 * The step of a central difference: its error is `h^2 / 6` times the third derivative, here at most about 100, plus the
 * rounding of values of at most about 100 divided by h; both are then about 1e-9.
 */
const STEP = 5e-6;
const DIFFERENCE = 1e-8;

for (const { label, loss, targets, kinks } of LOSS_CASES) {
  Deno.test(`${label} has the slope and curvature that central differences give`, () => {
    for (const y of targets) {
      for (const p of grid(-5, 4.5, 97)) {
        if (kinks(y).some((kink) => Math.abs(p - kink) <= STEP)) continue;
        const [low, high] = [p - STEP, p + STEP];
        const slope = (loss.value(high, y) - loss.value(low, y)) / (high - low);
        const curvature = (loss.d1(high, y) - loss.d1(low, y)) / (high - low);
        assertAlmostEquals(loss.d1(p, y), slope, DIFFERENCE, `slope at p = ${p}, y = ${y}`);
        assertAlmostEquals(loss.d2(p, y), curvature, DIFFERENCE, `curvature at p = ${p}, y = ${y}`);
      }
    }
  });
}

for (const { label, loss, targets } of [...LOSS_CASES, { label: "quartic", loss: quartic, targets: [0, 2] }]) {
  Deno.test(`${label} lies below its chords and above its tangents`, () => {
    const number = fc.double({ min: -30, max: 30, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(number, number, share, fc.constantFrom(...targets), (a, b, t, y) => {
        const [left, right] = [loss.value(a, y), loss.value(b, y)];
        // Some roundings of the largest number on the way, p included.
        const slack = 1e-14 * (1 + Math.abs(left) + Math.abs(right) + Math.abs(loss.d1(a, y)) * 60);
        const middle = loss.value((1 - t) * a + t * b, y);
        assert(middle <= (1 - t) * left + t * right + slack, "above a chord");
        assert(right >= left + loss.d1(a, y) * (b - a) - slack, "below a tangent");
        assert(loss.d2(a, y) >= 0, "curvature below 0");
      }),
      { seed: 20180619, numRuns: 2000 },
    );
  });
}
