import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type JointBatch, logistic, softmax } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";

/** A row of predictions with the class at `at`. */
function one(p: readonly number[], at: number): JointBatch {
  return { n: 1, m: p.length, p, y: p.map((_, j) => j === at ? 1 : 0) };
}

const valueAt = (p: readonly number[], at: number): number => softmax.evaluate(one(p, at), 1, []);

/** Central differences with this step: h² of truncation, 1e-16 / h of rounding. */
const STEP = 1e-5;
const DIFFERENCE = 1e-9;

Deno.test("softmax is the logistic loss of the difference of two outputs", () => {
  for (const [a, b] of [[0, 0], [1, -2], [700, -700], [-3, 800]]) {
    assertAlmostEquals(valueAt([a, b], 1), logistic.value(b - a, 1), 1e-12 * (1 + Math.abs(a - b)));
  }
});

Deno.test("softmax has the slope and curvature of central differences, over batches too", () => {
  const [n, m] = [5, 4];
  const p = normal(key(1), n * m).map((value) => 2 * value);
  const y = Float64Array.from({ length: n * m }, (_, at) => at % m === Math.floor(at / m) % m ? 1 : 0);
  const slope = new Float64Array(n * m);
  const value = softmax.evaluate({ n, m, p, y }, 1, slope);
  const direction = normal(key(2), n * m);
  const bent = new Float64Array(n * m);
  softmax.hvp({ n, m, p, y }, 0.5, direction, bent);
  const slopeAt = (step: number) => {
    const out = new Float64Array(n * m);
    softmax.evaluate({ n, m, p: p.map((entry, at) => entry + step * direction[at]), y }, 0.5, out);
    return out;
  };
  const [above, below] = [slopeAt(STEP), slopeAt(-STEP)];
  for (let at = 0; at < n * m; at++) {
    const moved = (step: number) => softmax.evaluate({ n, m, p: p.with(at, p[at] + step), y }, 1, []);
    assertAlmostEquals(slope[at], (moved(STEP) - moved(-STEP)) / (2 * STEP), DIFFERENCE);
    assertAlmostEquals(bent[at], (above[at] - below[at]) / (2 * STEP), DIFFERENCE);
  }
  assertAlmostEquals(
    value,
    Array.from({ length: n }, (_, i) => valueAt([...p.subarray(i * m, (i + 1) * m)], i % m)).reduce((a, b) => a + b),
    1e-13,
  );
});

Deno.test("softmax shifts without notice, overflows nowhere, and passes NaN on", () => {
  assertAlmostEquals(valueAt([1, 2, 3], 0), valueAt([101, 102, 103], 0), 1e-12);
  assertEquals(valueAt([1e300, 0], 1), 1e300);
  assertEquals(valueAt([0, -1e300], 0), 0);
  for (let at = 0; at < 3; at++) assert(Number.isNaN(valueAt([0, 1, 2].with(at, NaN), 0)));
});
