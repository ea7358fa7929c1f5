import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { computeMetrics, readable, type Targets } from "../../src/model/mod.ts";
import { defineLoss, logistic, poisson, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal, uniform } from "../../src/random/mod.ts";

/** Sums of some tens of terms near 1. */
const ROUNDING = 1e-13;

const targets = (names: readonly string[], rest: Partial<Targets> = {}): Targets => ({
  targets: names,
  classes: null,
  outputs: names.length,
  standardisation: { x: { mean: [], scale: [] }, y: null },
  ...rest,
});

Deno.test("computeMetrics() of numbers has rmse and r2 of every target in its own unit", () => {
  const [n, m] = [31, 2];
  const units = { mean: [150, -3], scale: [10, 0.5] };
  const [p, y] = [normal(key(1), n * m), normal(key(2), n * m)];
  const found = computeMetrics(
    targets(["a", "b"], { standardisation: { x: { mean: [], scale: [] }, y: units } }),
    squared,
    p,
    y,
  );
  assertEquals(Object.keys(found), ["loss", "rmse.a", "r2.a", "rmse.b", "r2.b"]);
  let loss = 0;
  for (const [j, name] of ["a", "b"].entries()) {
    const rows = Array.from({ length: n }, (_, i) => ({ p: p[i * m + j], y: y[i * m + j] }));
    const real = rows.map((row) => ({
      p: units.mean[j] + units.scale[j] * row.p,
      y: units.mean[j] + units.scale[j] * row.y,
    }));
    const mean = real.reduce((sum, row) => sum + row.y, 0) / n;
    const wrong = real.reduce((sum, row) => sum + (row.p - row.y) ** 2, 0);
    const spread = real.reduce((sum, row) => sum + (row.y - mean) ** 2, 0);
    assertAlmostEquals(found[`rmse.${name}`], Math.sqrt(wrong / n), ROUNDING * units.scale[j]);
    assertAlmostEquals(found[`r2.${name}`], 1 - wrong / spread, ROUNDING);
    loss += rows.reduce((sum, row) => sum + (row.p - row.y) ** 2 / 2, 0) / n;
  }
  assertAlmostEquals(found.loss, loss, ROUNDING);
});

Deno.test("computeMetrics() of one target has no suffix, and no r2 where the target does not vary", () => {
  const { loss, rmse, r2 } = computeMetrics(targets(["y"]), squared, Float64Array.of(1, 2), Float64Array.of(3, 3));
  assertEquals([loss, rmse], [(4 + 1) / 4, Math.sqrt(5 / 2)]);
  assert(Number.isNaN(r2));
});

Deno.test("computeMetrics() of poisson compares rates with counts", () => {
  const [p, y] = [Float64Array.of(0, Math.log(3), 1), Float64Array.of(1, 2, 4)];
  const found = computeMetrics(targets(["y"]), poisson, p, y);
  const wrong = [0, 1, Math.E - 4];
  assertAlmostEquals(found.rmse, Math.sqrt(wrong.reduce((sum, one) => sum + one * one, 0) / 3), ROUNDING);
  const mean = p.reduce((sum, score, i) => sum + Math.exp(score) - y[i] * score, 0) / 3;
  assertAlmostEquals(found.loss, mean, ROUNDING);
});

Deno.test("computeMetrics() of two classes has the share on the right side, and the chance that a pair is ranked right", () => {
  const n = 60;
  // Few different scores, so that ties are many.
  const p = uniform(key(3), n).map((value) => Math.round(6 * value) - 3);
  const y = uniform(key(4), n).map((value, i) => value + p[i] / 20 > 0.6 ? 1 : -1);
  const { loss, accuracy, auc } = computeMetrics(targets(["ill"], { classes: ["no", "yes"] }), logistic, p, y);
  let [right, pairs, first] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    // A score of 0 counts as the first class.
    right += Number(p[i] > 0 ? y[i] === 1 : y[i] === -1);
    for (let j = 0; j < n; j++) {
      if (y[i] !== 1 || y[j] !== -1) continue;
      pairs++;
      first += p[i] > p[j] ? 1 : p[i] === p[j] ? 1 / 2 : 0;
    }
  }
  assertAlmostEquals(accuracy, right / n, ROUNDING);
  assertAlmostEquals(auc, first / pairs, ROUNDING);
  assertAlmostEquals(loss, p.reduce((sum, one, i) => sum + Math.log1p(Math.exp(-y[i] * one)), 0) / n, ROUNDING);
});

Deno.test("computeMetrics() of one class alone has no auc", () => {
  const data = targets(["ill"], { classes: ["no", "yes"] });
  assert(Number.isNaN(computeMetrics(data, logistic, Float64Array.of(1, 2), Float64Array.of(1, 1)).auc));
});

Deno.test("computeMetrics() of several classes takes the largest prediction, the first of equals", () => {
  const y = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0);
  const p = Float64Array.of(2, 1, 0, 3, 1, 2, 0, 1, 1, 1, 1, 0);
  const { accuracy, loss } = computeMetrics(targets(["c"], { classes: ["a", "b", "c"], outputs: 3 }), softmax, p, y);
  assertEquals(accuracy, 1 / 4);
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    const row = [...p.subarray(3 * i, 3 * i + 3)];
    const own = row.reduce((total, value, a) => total + y[3 * i + a] * value, 0);
    sum += Math.log(row.reduce((total, value) => total + Math.exp(value), 0)) - own;
  }
  assertAlmostEquals(loss, sum / 4, ROUNDING);
});

Deno.test("readable() gives chances that sum to 1 however large the predictions, rates, scores and units", () => {
  const classes = targets(["c"], { classes: ["a", "b", "c"], outputs: 3 });
  const chances = readable(classes, softmax, Float64Array.of(1000, 1000, -1000, 0, Math.log(2), Math.log(3)));
  [1 / 2, 1 / 2, 0, 1 / 6, 2 / 6, 3 / 6].forEach((value, at) => assertAlmostEquals(chances[at], value, ROUNDING));
  const two = targets(["ill"], { classes: ["no", "yes"] });
  const p = Float64Array.of(0, 1000, -1000, Math.log(3));
  [1 / 2, 1, 0, 3 / 4].forEach((value, at) => assertAlmostEquals(readable(two, logistic, p)[at], value, ROUNDING));
  // A hinge knows no chances.
  assertEquals(readable(two, smoothHinge, p), p);
  assertEquals(readable(targets(["y"]), squared, p), p);
  assertAlmostEquals(readable(targets(["y"]), poisson, p)[3], 3, ROUNDING);
  const before = p.slice();
  assert(readable(two, smoothHinge, p) !== p);
  assertEquals(p, before);
});

Deno.test("readable() and computeMetrics() use the link and the metrics of a custom loss", () => {
  const rate = defineLoss({
    name: "log_rate",
    convex: true,
    value: (p, y) => Math.exp(p) - y * p,
    d1: (p, y) => Math.exp(p) - y,
    d2: Math.exp,
    link: Math.exp,
    metrics: (predicted, actual) => ({ off: predicted[0] - actual[0] }),
  });
  const data = { ...targets(["a", "b"]), outputs: 2 };
  const p = Float64Array.of(0, Math.log(3));
  const y = Float64Array.of(3, 1);
  assertEquals([...readable(data, rate, p)].map(Math.round), [1, 3]);
  const { loss, ...figures } = computeMetrics(data, rate, p, y);
  assertAlmostEquals(loss, 1 + 3 - Math.log(3), ROUNDING);
  assertEquals(Object.entries(figures).map(([name, value]) => [name, Math.round(value)]), [["off.a", -2], [
    "off.b",
    2,
  ]]);
});
