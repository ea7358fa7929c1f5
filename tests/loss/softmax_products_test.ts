import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { expBelow } from "../../src/loss/_exp.ts";
import { type JointBatch, logistic, softmax } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";

/** Half the distance from 1 to the next number. */
const UNIT = 2 ** -53;

/** Rows of every kind: equal entries, spread ones, sure ones, large ones. */
function batchOf(n: number, m: number): JointBatch {
  const p = normal(key(3), n * m).map((value, at) => value * [0, 1, 40, 1e3, 1e300][Math.floor(at / m) % 5]);
  return { n, m, p, y: Float64Array.from({ length: n * m }, (_, at) => at % m === Math.floor(at / m) % m ? 1 : 0) };
}

/** `q` of one row, straight from the formula. */
function plainChances(p: readonly number[]): readonly number[] {
  const e = p.map((value) => Math.exp(value - Math.max(...p)));
  const total = e.reduce((sum, value) => sum + value, 0);
  return e.map((value) => value / total);
}

Deno.test("expBelow() is within 2 roundings of Math.exp from 0 down to the subnormal numbers, and exact at its ends", () => {
  for (let i = 0; i <= 400_000; i++) {
    const x = -745 * (i / 400_000) ** 3;
    const expected = Math.exp(x);
    // A subnormal result is a multiple of the least one, and is rounded twice.
    const bound = Math.max(4 * UNIT * expected, Number.MIN_VALUE);
    assert(Math.abs(expBelow(x) - expected) <= bound, `${x}: ${expBelow(x)}, ${expected}`);
  }
  assertEquals([0, -0, -1e-300, -746, -1e300, -Infinity, NaN].map(expBelow), [1, 1, 1, 0, 0, 0, NaN]);
  assertEquals(expBelow(-745.13), Number.MIN_VALUE);
});

Deno.test("softmax: weights() are the chances of each row, and hvpWith() of them is hvp()", () => {
  for (const [n, m] of [[0, 3], [1, 1], [7, 2], [11, 5], [5, 61]]) {
    const batch = batchOf(n, m);
    const before = Float64Array.from(batch.p);
    const weights = softmax.weights(batch);
    assertEquals(weights.length, n * m);
    const direction = normal(key(4), n * m);
    const [bent, from] = [new Float64Array(n * m), new Float64Array(n * m)];
    softmax.hvp(batch, 0.5, direction, bent);
    softmax.hvpWith(weights, n, m, 0.5, direction, from);
    assertEquals(from, bent);
    for (let i = 0; i < n; i++) {
      const [start, end] = [i * m, (i + 1) * m];
      const q = plainChances([...before.subarray(start, end)]);
      const v = direction.subarray(start, end);
      const mean = q.reduce((sum, chance, j) => sum + chance * v[j], 0);
      for (let j = 0; j < m; j++) {
        // Both sums of m terms round m times.
        assertAlmostEquals(weights[start + j], q[j], 4 * m * UNIT * q[j] + Number.MIN_VALUE, `row ${i}, ${j}`);
        assertAlmostEquals(bent[start + j], 0.5 * q[j] * (v[j] - mean), 8 * m * UNIT, `row ${i}, ${j}`);
      }
    }
    assertEquals(batch.p, before);
    const inPlace = Float64Array.from(direction);
    softmax.hvpWith(weights, n, m, 0.5, inPlace, inPlace);
    assertEquals(inPlace, bent);
  }
});

Deno.test("softmax: value, slope and curvature of two classes keep the digits of the logistic loss, however sure the row", () => {
  for (const margin of [0, 0.5, 3, 20, 40, 200, 700]) {
    for (const at of [0, 1]) {
      const p = [0, 0].with(at, margin);
      const y = [0, 0].with(at, 1);
      const slope = new Float64Array(2);
      const value = softmax.evaluate({ n: 1, m: 2, p, y }, 1, slope);
      const close = (actual: number, expected: number, what: string) =>
        assertAlmostEquals(actual, expected, 8 * UNIT * Math.abs(expected), `margin ${margin}, class ${at}: ${what}`);
      close(value, logistic.value(margin, 1), "value");
      close(slope[at], logistic.d1(margin, 1), "own slope");
      close(slope[1 - at], -logistic.d1(margin, 1), "other slope");
      const curvature = logistic.d2(margin, 1);
      const bent = new Float64Array(2);
      softmax.hvp({ n: 1, m: 2, p, y }, 1, [3, -1], bent);
      // From margin 70 on the correction of the mean is itself below its rounding, 1e-16 of 1e-16.
      if (margin > 60) continue;
      [4, -4].forEach((factor, j) =>
        assertAlmostEquals(bent[j], factor * curvature, 1e-14 * curvature, `margin ${margin}`)
      );
    }
  }
});

Deno.test("softmax: numbers of 32 bits give what the same numbers of 64 bits give, rounded", () => {
  const [n, m] = [9, 4];
  const { p, y } = batchOf(n, m);
  const narrow = Float32Array.from(p, (value) => Math.abs(value) > 1e30 ? Math.sign(value) * 1e30 : value);
  const [slope, wide] = [new Float32Array(n * m), new Float64Array(n * m)];
  const value = softmax.evaluate({ n, m, p: narrow, y: Float32Array.from(y) }, 0.25, slope);
  assertEquals(value, softmax.evaluate({ n, m, p: Float64Array.from(narrow), y }, 0.25, wide));
  assertEquals(slope, Float32Array.from(wide));
  // The slopes may take the place of the predictions.
  assertEquals(softmax.evaluate({ n, m, p: narrow, y }, 0.25, narrow), value);
  assertEquals(narrow, slope);
});

Deno.test("softmax gives no NaN at finite predictions, slopes that sum to 0, and NaN for a NaN", () => {
  const entry = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    fc.double({ min: -800, max: 800, noNaN: true }),
    fc.constantFrom(0, -0, 1e300, -1e300),
  );
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 7 }), fc.nat(6), (p, pick) => {
      const m = p.length;
      const y = p.map((_, j) => j === pick % m ? 1 : 0);
      const slope = new Float64Array(m);
      const value = softmax.evaluate({ n: 1, m, p, y }, 1, slope);
      assert(value >= 0 && value <= 2e300 + Math.log(m), `${value}`);
      assert(slope.every((s, j) => j === pick % m ? s <= 0 && s >= -1 : s >= 0 && s <= 1), `${slope}`);
      assertAlmostEquals(slope.reduce((sum, s) => sum + s, 0), 0, m * 4 * UNIT);
      const q = softmax.weights({ n: 1, m, p, y });
      assertAlmostEquals(q.reduce((sum, s) => sum + s, 0), 1, m * 4 * UNIT);
      const bent = new Float64Array(m);
      softmax.hvp({ n: 1, m, p, y }, 1, p.map((s) => s / 1e150), bent);
      assert(!bent.some(Number.isNaN), `${bent}`);
      for (let j = 0; j < m; j++) {
        const spoilt = p.with(j, NaN);
        assert(Number.isNaN(softmax.evaluate({ n: 1, m, p: spoilt, y }, 1, slope)));
        assert(slope.every(Number.isNaN) && softmax.weights({ n: 1, m, p: spoilt, y }).every(Number.isNaN));
      }
    }),
    { seed: 20180619, numRuns: 1000 },
  );
});

Deno.test("softmax: value and slope agree for targets that sum to 3, and forgive a difference that overflows where nothing is picked", () => {
  const p = [0.3, -2, 1];
  const [once, thrice] = [new Float64Array(3), new Float64Array(3)];
  const value = softmax.evaluate({ n: 1, m: 3, p, y: [0, 1, 0] }, 1, once);
  assertAlmostEquals(softmax.evaluate({ n: 1, m: 3, p, y: [0, 3, 0] }, 1, thrice), 3 * value, 8 * UNIT * value);
  once.forEach((slope, j) => assertAlmostEquals(thrice[j], 3 * slope, 16 * UNIT));
  const far = [1.7e308, -1.7e308, 0];
  assertEquals([0, 1, 2].map((at) => softmax.evaluate({ n: 1, m: 3, p: far, y: [0, 0, 0].with(at, 1) }, 1, [])), [
    0,
    Infinity,
    1.7e308,
  ]);
});

Deno.test("softmax: a row that is NaN leaves the other rows as they are", () => {
  const batch = { n: 3, m: 2, p: [1, 2, NaN, 0, -1, 3], y: [1, 0, 0, 1, 0, 1] };
  const alone = (i: number) => softmax.weights({ n: 1, m: 2, p: batch.p.slice(2 * i, 2 * i + 2), y: [1, 0] });
  assertEquals([...softmax.weights(batch)], [...alone(0), NaN, NaN, ...alone(2)]);
});
