import { assertAlmostEquals, assertEquals } from "@std/assert";
import { LEFT_OUT, maskedSoftmax } from "../../src/baseline/_masked_softmax.ts";
import { softmax } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";

/** Four classes, of which the third and, in other rows, the first no longer compete. */
const MASKS = [[0, 1, 3], [1, 2, 3], [0, 1, 2, 3]];

/** A row among four classes, and the same among those that are left. */
function rowsOf(at: number) {
  const left = MASKS[at % 3];
  const own = left[at % left.length];
  const [forP, forV] = split(key(at), 2);
  const [p, v] = [normal(forP, 4).map((value) => 3 * value), normal(forV, 4)];
  const pick = (values: ArrayLike<number>) => Float64Array.from(left, (j) => values[j]);
  const y = Float64Array.from({ length: 4 }, (_, j) => j === own ? 1 : left.includes(j) ? 0 : LEFT_OUT);
  return { left, p, v, y, pick };
}

/** Some sums of numbers near 1. */
const SUM = 1e-14;

function assertVectors(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = SUM): void {
  assertEquals(found.length, wanted.length);
  for (let at = 0; at < found.length; at++) assertAlmostEquals(found[at], wanted[at], tolerance);
}

Deno.test("maskedSoftmax is softmax among the classes that are left: value, slope, second derivative", () => {
  for (let at = 0; at < 24; at++) {
    const { left, p, v, y, pick } = rowsOf(at);
    const [slope, bent] = [new Float64Array(4), new Float64Array(4)];
    const [partSlope, partBent] = [new Float64Array(left.length), new Float64Array(left.length)];
    const whole = { n: 1, m: 4, p, y };
    const part = { n: 1, m: left.length, p: pick(p), y: pick(y) };
    assertAlmostEquals(maskedSoftmax.evaluate(whole, 0.5, slope), softmax.evaluate(part, 0.5, partSlope), 10 * SUM);
    assertVectors(pick(slope), partSlope);
    maskedSoftmax.hvp(whole, 2, v, bent);
    softmax.hvp(part, 2, pick(v), partBent);
    assertVectors(pick(bent), partBent);
    for (let j = 0; j < 4; j++) {
      if (left.includes(j)) continue;
      assertEquals([slope[j], bent[j]], [0, 0]);
    }
  }
});

Deno.test("maskedSoftmax has the conjugate, the margin and the infimum of softmax among the classes that are left", () => {
  for (let at = 0; at < 24; at++) {
    const { left, p, v, y, pick } = rowsOf(at);
    const slope = new Float64Array(4);
    const value = maskedSoftmax.evaluate({ n: 1, m: 4, p, y }, 1, slope);
    // Fenchel and Young: l(p) + l*(l'(p)) = l'(p)'p, and no slope does better.
    const product = slope.reduce((sum, one, j) => sum + one * p[j], 0);
    assertAlmostEquals(maskedSoftmax.conjugate(slope, y), product - value, 1e-13);
    assertAlmostEquals(maskedSoftmax.conjugate(slope, y), softmax.conjugate(pick(slope), pick(y)), 1e-13);
    assertEquals(maskedSoftmax.margin!(v, y), softmax.margin!(pick(v), pick(y)));
    assertEquals(maskedSoftmax.infimum(y), 0);
    if (left.length < 4) {
      const out = y.indexOf(LEFT_OUT);
      assertEquals(maskedSoftmax.conjugate(slope.with(out, 0.1).with(left[0], slope[left[0]] - 0.1), y), Infinity);
    }
    assertEquals(maskedSoftmax.conjugate(slope.with(left[0], slope[left[0]] + 0.1), y), Infinity);
  }
});
