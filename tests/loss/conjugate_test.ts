import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import {
  createHuber,
  createPseudoHuber,
  defineLoss,
  logistic,
  type Loss,
  poisson,
  smoothHinge,
  softmax,
  squared,
} from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { grid, LOSS_CASES } from "./_cases.ts";

/** Some roundings, relative to the largest number on the way. */
const ROUNDING = 16 * Number.EPSILON;

/** The conjugate of a loss of the project, which always has one. */
const conjugateOf = (loss: Loss) => (slope: number, y: number): number => loss.conjugate!(slope, y);

/** `l(p) + l*(s) - s p`, which is 0 or more, and what it may be off by. */
function fenchelYoung(loss: Loss, p: number, slope: number, y: number): { gap: number; slack: number } {
  const [value, dual] = [loss.value(p, y), conjugateOf(loss)(slope, y)];
  // Inside the loss stand y p (poisson), e^p and y log y; the slope is known to a rounding, which counts times p.
  const size = Math.abs(value) + Math.abs(dual) + Math.abs(slope * p) + Math.abs(y * p) + Math.abs(y * slope) +
    Math.abs(y) * (1 + Math.abs(Math.log(Math.abs(y) || 1))) + (loss.name === "poisson" ? Math.exp(p) : 0);
  return { gap: value + dual - slope * p, slack: ROUNDING * (size + Number.MIN_VALUE) };
}

/** `sup_p slope p - l(p; y)` by thirds over [-1000, 1000]: concave, and flat within rounding of the best p. */
function largestDifference(loss: Loss, slope: number, y: number): number {
  let [low, high] = [-1000, 1000];
  const at = (p: number) => slope * p - loss.value(p, y);
  for (let step = 0; step < 200; step++) {
    const [left, right] = [(2 * low + high) / 3, (low + 2 * high) / 3];
    // -Infinity on both sides is where exp overflows: the supremum is to the left.
    if (at(left) < at(right)) low = left;
    else high = right;
  }
  return at((low + high) / 2);
}

/** The ends of the domain of the conjugate. */
function domain(loss: Loss, y: number): readonly [number, number] {
  if (loss.target === "class") return y > 0 ? [-1, 0] : [0, 1];
  if (loss.name === "poisson") return [-y, Infinity];
  return loss.name === "squared" ? [-Infinity, Infinity] : [-loss.parameter, loss.parameter];
}

for (const { label, loss, targets } of LOSS_CASES) {
  Deno.test(`${label}: conjugate() makes an equality of Fenchel and Young's inequality at p's own slope`, () => {
    for (const y of targets) {
      for (const p of [...grid(-30, 30, 241), -700, -300, -1e-12, 1e-12, 300, 700]) {
        const { gap, slack } = fenchelYoung(loss, p, loss.d1(p, y), y);
        assert(Math.abs(gap) <= slack, `p = ${p}, y = ${y}: ${gap} is above ${slack}`);
      }
    }
  });

  Deno.test(`${label}: conjugate() is never below slope p - l(p)`, () => {
    const number = fc.oneof(
      fc.double({ min: -700, max: 700, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    );
    fc.assert(
      fc.property(number, number, fc.constantFrom(...targets), (p, slope, y) => {
        if (conjugateOf(loss)(slope, y) === Infinity) return;
        const { gap, slack } = fenchelYoung(loss, p, slope, y);
        assert(gap >= -slack, `p = ${p}, slope = ${slope}, y = ${y}: ${gap}`);
      }),
      { seed: 20180619, numRuns: 2000 },
    );
  });

  Deno.test(`${label}: conjugate() is the largest difference that a search finds, and Infinity just outside its domain`, () => {
    for (const y of targets) {
      const [low, high] = domain(loss, y);
      for (const share of [0.001, 0.1, 0.25, 0.5, 0.8, 0.99]) {
        const [from, to] = [Math.max(low, -5), Math.min(high, 5)];
        const slope = from + share * (to - from);
        const found = largestDifference(loss, slope, y);
        // The search is as exact as l and slope p at its best p, of size up to 30.
        assertAlmostEquals(conjugateOf(loss)(slope, y), found, 1e-12 * (1 + Math.abs(found)), `${slope}, y = ${y}`);
      }
      for (const end of [low, high].filter(Number.isFinite)) {
        assert(Number.isFinite(conjugateOf(loss)(end, y)), `closed at ${end}`);
        const outside = end + (end === low ? -1e-12 : 1e-12);
        assertEquals(conjugateOf(loss)(outside, y), Infinity, `${outside}, y = ${y}`);
        // Outside, the difference grows without end: the slope exceeds that of the loss by 0.1.
        const far = end === low ? -1e6 : 1e6;
        assert((end + Math.sign(far) * 0.1) * far - loss.value(far, y) > 9e4, `${end}, y = ${y}`);
      }
      assertEquals(conjugateOf(loss)(NaN, y), NaN);
    }
    assertEquals(conjugateOf(loss)(0, NaN), NaN);
  });

  Deno.test(`${label}: infimum() is minus the conjugate at 0, below every value and close to one of them`, () => {
    for (const y of targets) {
      const infimum = loss.infimum!(y);
      assertAlmostEquals(infimum, -conjugateOf(loss)(0, y), ROUNDING * Math.abs(infimum), `y = ${y}`);
      const least = grid(-800, 800, 160_001).reduce((best, p) => Math.min(best, loss.value(p, y)), Infinity);
      // A grid point is within 0.005 of the best one: l'' there is at most 7.
      assert(infimum <= least && least - infimum <= 1e-4, `y = ${y}: ${infimum}, ${least}`);
    }
  });
}

Deno.test("conjugate() equals its closed forms by hand", () => {
  const cases: readonly (readonly [Loss, number, number, number])[] = [
    [squared, 2, 3, 8],
    [squared, 0, 5, 0],
    [logistic, -0.5, 1, -Math.LN2],
    [logistic, 0, 1, 0],
    [logistic, 1, -1, 0],
    [logistic, 1e-300, -1, (-300 * Math.LN10 - 1) * 1e-300],
    [createHuber(2), 2, 1, 4],
    [createHuber(2), -2.0001, 1, Infinity],
    [createPseudoHuber(2), 2, 1, 6],
    [createPseudoHuber(5), 3, -1, -3 + 25 * (1 - 0.8)],
    [createPseudoHuber(1), 1e-9, 0, 5e-19],
    [smoothHinge, -1, 1, -0.5],
    [smoothHinge, 0.5, -1, -0.375],
    [smoothHinge, 0.5, 1, Infinity],
    [poisson, 0, 1, -1],
    [poisson, -3, 3, 0],
    [poisson, Math.E * Math.E - 3, 3, Math.E * Math.E],
  ];
  for (const [loss, slope, y, expected] of cases) {
    const found = conjugateOf(loss)(slope, y);
    if (expected === Infinity) assertEquals(found, Infinity);
    // Only poisson's sum slope + y rounds, by 1e-15 times its slope 2.
    else assertAlmostEquals(found, expected, 1e-14 * Math.abs(expected), `${loss.name} ${slope} ${y}`);
  }
});

Deno.test("defineLoss() keeps a conjugate, takes the infimum from it, and has neither without one", () => {
  const { value, d1, d2 } = squared;
  const definition = { name: "own", convex: true, value, d1, d2 };
  const without = defineLoss(definition);
  assertEquals([without.conjugate, without.margin, without.infimum], [null, null, null]);
  const given = defineLoss({ ...definition, conjugate: (s, y) => s * s / 2 + s * y - 4, margin: (d, y) => d * y });
  assertEquals([given.conjugate?.(2, 3), given.margin?.(2, 3), given.infimum?.(3)], [4, 6, 4]);
  assertEquals(defineLoss({ ...definition, infimum: (y) => y }).infimum?.(3), 3);
});

Deno.test("softmax: conjugate() is never below slope'p - l(p), and equal to it at p's own slope", () => {
  for (let draw = 0; draw < 200; draw++) {
    const m = 2 + draw % 5;
    const scale = 10 ** (draw % 7 - 3);
    const [p, other, chance] = [0, 1, 2].map((part) => normal(key(10 * draw + part), m).map((entry) => scale * entry));
    const total = chance.reduce((sum, entry) => sum + Math.exp(entry / scale), 0);
    // A class, or a mixture of several.
    const y = chance.map((entry, j) => draw % 3 === 0 ? Math.exp(entry / scale) / total : j === draw % m ? 1 : 0);
    const slope = new Float64Array(m);
    const value = softmax.evaluate({ n: 1, m, p, y }, 1, slope);
    const dot = (q: Float64Array) => slope.reduce((sum, entry, j) => sum + entry * q[j], 0);
    const dual = softmax.conjugate(slope, y);
    assert(dual <= 0 && dual >= -Math.log(m) - 1e-12, `${dual}`);
    const slack = 1e-14 * m * (1 + scale);
    assertAlmostEquals(value + dual - dot(p), 0, slack, `draw ${draw}`);
    assert(softmax.evaluate({ n: 1, m, p: other, y }, 1, []) + dual - dot(other) >= -slack, `draw ${draw}`);
    assertAlmostEquals(softmax.infimum(y), -softmax.conjugate(new Float64Array(m), y), 1e-15);
  }
});

Deno.test("softmax: conjugate() is Infinity where slope + y is no chance, and by hand elsewhere", () => {
  assertAlmostEquals(softmax.conjugate([-0.5, 0.5], [1, 0]), -Math.LN2, 1e-15);
  assertEquals(softmax.conjugate([0, 0, 0], [0, 1, 0]), 0);
  assertEquals(softmax.conjugate([-1, 1, 0], [1, 0, 0]), 0);
  assertEquals(softmax.conjugate([-1e-15, 1e-15], [0, 1]), Infinity);
  assertEquals(softmax.conjugate([0, 2e-12], [1, 0]), Infinity);
  assertAlmostEquals(softmax.conjugate([0, 5e-13], [1, 0]), 5e-13 * Math.log(5e-13), 1e-24);
  assertEquals(softmax.conjugate([NaN, 0], [1, 0]), NaN);
});
