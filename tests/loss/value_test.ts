import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  createHuber,
  createPseudoHuber,
  huber,
  logistic,
  type Loss,
  poisson,
  pseudoHuber,
  smoothHinge,
  squared,
} from "../../src/loss/mod.ts";
import { LOSS_CASES } from "./_cases.ts";

/** A few roundings of numbers of size 1 to 10. */
const ROUNDING = 1e-14;

const [E, LN2, SQRT3] = [Math.E, Math.LN2, Math.sqrt(3)];

/** Loss, p, y, then value, slope and curvature by hand. */
const CLOSED_FORMS: readonly (readonly [Loss, number, number, number, number, number])[] = [
  [squared, 3, 1, 2, 2, 1],
  [squared, 1, 1, 0, 0, 1],
  [logistic, 0, 1, LN2, -1 / 2, 1 / 4],
  [logistic, 0, -1, LN2, 1 / 2, 1 / 4],
  [logistic, Math.log(3), 1, Math.log(4 / 3), -1 / 4, 3 / 16],
  [logistic, Math.log(3), -1, Math.log(4), 3 / 4, 3 / 16],
  [huber, 0.5, 0, 1 / 8, 1 / 2, 1],
  [huber, 4, 1, 2.5, 1, 0],
  [huber, -2, 1, 2.5, -1, 0],
  [createHuber(2), 5, 0, 8, 2, 0],
  [createHuber(0.5), -1, 0, 0.375, -0.5, 0],
  [pseudoHuber, SQRT3, 0, 1, SQRT3 / 2, 1 / 8],
  [pseudoHuber, 1 - SQRT3, 1, 1, -SQRT3 / 2, 1 / 8],
  [createPseudoHuber(3), 4, 0, 6, 12 / 5, 27 / 125],
  [smoothHinge, -2, 1, 2.5, -1, 0],
  [smoothHinge, 0.5, 1, 1 / 8, -1 / 2, 1],
  [smoothHinge, 2, 1, 0, 0, 0],
  [smoothHinge, -0.25, -1, 9 / 32, 3 / 4, 1],
  [smoothHinge, 3, -1, 3.5, 1, 0],
  [poisson, 0, 3, 1, -2, 1],
  [poisson, 1, 2, E - 2, E - 2, E],
  [poisson, -1, 0, 1 / E, 1 / E, 1 / E],
];

Deno.test("every loss equals its closed form by hand", () => {
  for (const [loss, p, y, value, slope, curvature] of CLOSED_FORMS) {
    const where = `${loss.name} at p = ${p}, y = ${y}`;
    assertAlmostEquals(loss.value(p, y), value, ROUNDING, where);
    assertAlmostEquals(loss.d1(p, y), slope, ROUNDING, where);
    assertAlmostEquals(loss.d2(p, y), curvature, ROUNDING, where);
  }
});

Deno.test("huber and smooth_hinge take the larger curvature at a kink, the same for either class", () => {
  for (const delta of [0.25, 1, 2]) {
    const around = [-1.001, -1, -0.999, 0.999, 1, 1.001].map((share) => createHuber(delta).d2(share * delta, 0));
    assertEquals(around, [0, 1, 1, 1, 1, 0]);
  }
  for (const y of [-1, 1]) {
    const around = [-1e-9, 0, 1e-9, 1 - 1e-9, 1, 1 + 1e-9].map((margin) => smoothHinge.d2(y * margin, y));
    assertEquals(around, [0, 1, 1, 1, 1, 0], `class ${y}`);
  }
  assertEquals(smoothHinge.d2(-0, 1), smoothHinge.d2(-0, -1));
});

/** Loss, p, y, then value, slope and curvature where exp, squares or products would overflow or cancel. */
const EXTREMES: readonly (readonly [Loss, number, number, number, number, number])[] = [
  [squared, 1e3, 0, 5e5, 1e3, 1],
  [squared, -1e308, 0, Infinity, -1e308, 1],
  [logistic, 1e3, 1, 0, -0, 0],
  [logistic, -1e3, 1, 1e3, -1, 0],
  [logistic, 1e308, -1, 1e308, 1, 0],
  [logistic, -1e308, -1, 0, 0, 0],
  [logistic, 40, 1, Math.exp(-40), -Math.exp(-40), Math.exp(-40)],
  [huber, 1e308, 0, 1e308, 1, 0],
  [huber, -1e3, 0, 999.5, -1, 0],
  [pseudoHuber, 1e308, 0, 1e308, 1, 0],
  [pseudoHuber, -1e3, 0, Math.sqrt(1 + 1e6) - 1, -1e3 / Math.sqrt(1 + 1e6), (1 + 1e6) ** -1.5],
  [pseudoHuber, 1e-9, 0, 5e-19, 1e-9, 1],
  [createPseudoHuber(1e-5), -1e308, 0, 1e303, -1e-5, 0],
  [smoothHinge, -1e308, 1, 1e308, -1, 0],
  [smoothHinge, 1e308, 1, 0, 0, 0],
  [smoothHinge, 1e3, -1, 1000.5, 1, 0],
  [poisson, -1e3, 2, 2e3, -2, 0],
  [poisson, -1e308, 1, 1e308, -1, 0],
  [poisson, 1e3, 2, Infinity, Infinity, Infinity],
  [poisson, 1e308, 7, Infinity, Infinity, Infinity],
];

Deno.test("every loss stays exact at huge and tiny predictions", () => {
  for (const [loss, p, y, ...expected] of EXTREMES) {
    [loss.value(p, y), loss.d1(p, y), loss.d2(p, y)].forEach((actual, i) => {
      const where = `${loss.name} at p = ${p}, y = ${y}: derivative ${i} is ${actual}`;
      assertAlmostEquals(actual, expected[i], ROUNDING * Math.min(Math.abs(expected[i]), 1e308), where);
    });
  }
});

for (const { label, loss, targets } of LOSS_CASES) {
  Deno.test(`${label} gives NaN for NaN`, () => {
    for (const y of targets) {
      assertEquals([loss.value(NaN, y), loss.d1(NaN, y), loss.d2(NaN, y)], [NaN, NaN, NaN]);
    }
    for (const p of [-1e3, -0.5, 0, 0.5, 1e3]) {
      assertEquals([loss.value(p, NaN), loss.d1(p, NaN), loss.d2(p, NaN)], [NaN, NaN, NaN]);
    }
  });
}
