import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { fitTemperature, reliability } from "../../src/model/mod.ts";
import { logistic, softmax } from "../../src/loss/mod.ts";
import { fold, key, normal, uniform } from "../../src/random/mod.ts";

/** Classes drawn from the softmax of scores (of two classes from the log-odds). */
function drawn(scores: Float64Array, m: number, seed: number): number[] {
  const chances = m === 1 ? null : softmax.link(scores, m);
  return Array.from(uniform(fold(key(seed), "class"), scores.length / m), (u, row) => {
    if (chances === null) return u < 1 / (1 + Math.exp(-scores[row])) ? 1 : 0;
    let [at, sum] = [0, chances[row * m]];
    while (sum <= u && at < m - 1) sum += chances[row * m + ++at];
    return at;
  });
}

/** The mean log-loss by the losses of training, which share no code with the calibration. */
function logLoss(scores: Float64Array, classes: readonly number[], m: number): number {
  const n = classes.length;
  if (m === 1) return classes.reduce((sum, c, i) => sum + logistic.value(scores[i], 2 * c - 1), 0) / n;
  const y = Float64Array.from(scores, (_, at) => Number(classes[Math.floor(at / m)] === at % m));
  return softmax.evaluate({ n, m, p: scores, y }, 1, []) / n;
}

Deno.test("fitTemperature() is the minimum of the log-loss over temperatures, which it gives before and after", () => {
  for (const m of [1, 3]) {
    for (const [seed, stretch] of [[1, 3], [2, 0.4], [3, 1]]) {
      const right = normal(key(seed), 600 * m);
      const classes = drawn(right, m, seed);
      const scores = right.map((score) => score * stretch);
      const { temperature, before, after, reason } = fitTemperature(scores, classes, m);
      assertEquals(reason, null);
      const at = (t: number) => logLoss(scores.map((score) => score / t), classes, m);
      assertAlmostEquals(before, at(1), 1e-12);
      assertAlmostEquals(after, at(temperature), 1e-12);
      // A change of 1e-3 raises a minimum of curvature near 0.1 by 5e-8.
      assert(at(temperature * 1.001) > after && at(temperature / 1.001) > after, `${m}, ${seed}`);
      // The standard error of the scale of 600 rows is about 0.1.
      assert(Math.abs(temperature / stretch - 1) < 0.4, `${temperature}`);
    }
  }
});

Deno.test("fitTemperature() finds the temperature whatever the unit of the scores", () => {
  const scores = normal(key(4), 200);
  const classes = drawn(scores, 1, 4);
  const { temperature } = fitTemperature(scores, classes, 1);
  for (const unit of [1e-12, 1e-3, 1e6]) {
    const found = fitTemperature(scores.map((score) => score * unit), classes, 1);
    assertAlmostEquals(found.temperature / (temperature * unit), 1, 1e-9);
  }
});

Deno.test("fitTemperature() leaves scores that separate the classes, or do not tell them apart, and says why", () => {
  const separate = fitTemperature(Float64Array.of(-1, 2, 0.5), [0, 1, 1], 1);
  assertEquals([separate.temperature, separate.reason], [1, "the scores separate the classes of these rows"]);
  assertEquals(separate.before, separate.after);
  assert(fitTemperature(Float64Array.of(5, 0, 0, 0, 1, 0), [0, 1], 3).reason!.includes("separate"));
  const wrong = fitTemperature(Float64Array.of(1, -2, 3), [0, 1, 0], 1);
  assertEquals([wrong.temperature, wrong.reason], [1, "the scores do not tell the classes of these rows apart"]);
  assertEquals(fitTemperature(new Float64Array(4), [0, 1, 0, 1], 1).temperature, 1);
});

Deno.test("fitTemperature() refuses rows that do not fit and scores that are not finite", () => {
  assertThrows(() => fitTemperature(Float64Array.of(1, 2), [0], 1), RangeError, "got 2 scores of 1 rows");
  assertThrows(() => fitTemperature(new Float64Array(0), [], 1), RangeError, "Cannot calibrate");
  assertThrows(() => fitTemperature(Float64Array.of(NaN), [0], 1), RangeError, "finite scores");
});

Deno.test("fitTemperature() makes overconfident probabilities reliable on new rows", () => {
  const scores = (seed: number) => normal(fold(key(seed), "scores"), 4000);
  const stretched = (values: Float64Array, by: number) => values.map((value) => value * by);
  const { temperature } = fitTemperature(stretched(scores(5), 4), drawn(scores(5), 1, 5), 1);
  const happened = drawn(scores(6), 1, 6).map((one) => one === 1);
  const error = (values: Float64Array) =>
    reliability(values.map((score) => 1 / (1 + Math.exp(-score))), happened).expectedCalibrationError;
  const raw = stretched(scores(6), 4);
  assert(error(raw) > 0.15, `${error(raw)}`);
  // Of 4,000 rows in 10 bins, perfect probabilities have an error of about 0.02.
  assert(error(stretched(raw, 1 / temperature)) < 0.04);
});

Deno.test("reliability() bins by probability, ends included, and weights bins by their rows", () => {
  const { bins, expectedCalibrationError } = reliability([0, 0.1, 0.55, 0.59, 1], [false, true, true, false, true], 2);
  assertEquals(bins.map(({ rows }) => rows), [2, 3]);
  const [first, second] = bins;
  assertAlmostEquals(first.predicted, 0.05, 1e-15);
  assertEquals(first.observed, 0.5);
  assertAlmostEquals(second.predicted, (0.55 + 0.59 + 1) / 3, 1e-15);
  assertAlmostEquals(expectedCalibrationError, (2 * 0.45 + 3 * Math.abs((2.14 - 2) / 3)) / 5, 1e-15);
  assertEquals(reliability([1, 1], [true, true]).expectedCalibrationError, 0);
  assertEquals(reliability([0], [true]).expectedCalibrationError, 1);
});

Deno.test("reliability() refuses no rows, other lengths, no bins and numbers that are no probability", () => {
  for (const bad of [-0.1, 1.1, NaN]) assertThrows(() => reliability([bad], [true]), RangeError, `got ${bad}`);
  assertThrows(() => reliability([], []), RangeError, "Cannot measure calibration");
  assertThrows(() => reliability([1], []), RangeError, "got 1 probabilities of 0 rows");
  assertThrows(() => reliability([1], [true], 0), RangeError, "in 0 bins");
});
