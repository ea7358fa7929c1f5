import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  classMetrics,
  logistic,
  numberMetrics,
  poisson,
  smoothHinge,
  softmax,
  twoClassMetrics,
} from "../../src/loss/mod.ts";
import { key, normal, uniform } from "../../src/random/mod.ts";

/** Roundings of sums of a hundred numbers near 1. */
const ROUNDING = 1e-13;

Deno.test("numberMetrics() has the error of plain loops, and no r2 where the target does not vary", () => {
  const [predicted, actual] = [normal(key(1), 40), normal(key(2), 40)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const wrong = mean(Array.from(actual, (y, i) => (predicted[i] - y) ** 2));
  const centre = mean([...actual]);
  const { rmse, r2 } = numberMetrics(predicted, actual);
  assertAlmostEquals(rmse, Math.sqrt(wrong), ROUNDING);
  assertAlmostEquals(r2, 1 - wrong / mean(Array.from(actual, (y) => (y - centre) ** 2)), ROUNDING);
  assertEquals(numberMetrics(actual, actual), { rmse: 0, r2: 1 });
  assert(Number.isNaN(numberMetrics([1, 2], [3, 3]).r2));
});

Deno.test("twoClassMetrics() counts rows on the right side of 0, and pairs that are ranked right, ties half", () => {
  // Few different scores, so that ties are many.
  const p = uniform(key(3), 60).map((value) => Math.round(6 * value) - 3);
  const y = uniform(key(4), 60).map((value, i) => value + p[i] / 20 > 0.6 ? 1 : -1);
  let [right, pairs, first] = [0, 0, 0];
  for (let i = 0; i < 60; i++) {
    right += Number((p[i] > 0) === (y[i] > 0));
    for (let j = 0; j < 60; j++) {
      if (y[i] !== 1 || y[j] !== -1) continue;
      pairs++;
      first += p[i] > p[j] ? 1 : p[i] === p[j] ? 1 / 2 : 0;
    }
  }
  const { accuracy, auc } = twoClassMetrics(p, y);
  assertAlmostEquals(accuracy, right / 60, ROUNDING);
  assertAlmostEquals(auc, first / pairs, ROUNDING);
  assert(Number.isNaN(twoClassMetrics([1, 2], [1, 1]).auc));
});

Deno.test("classMetrics() takes the largest prediction, the first of equals", () => {
  const p = [2, 1, 0, 3, 1, 2, 0, 1, 1, 1, 1, 0];
  assertEquals(classMetrics(p, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0], 3), { accuracy: 1 / 4 });
  assertEquals(classMetrics(p, [1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0], 3), { accuracy: 1 });
});

Deno.test("link: chances of classes, rates of counts, and only a score for the hinge", () => {
  assertAlmostEquals(logistic.link!(Math.log(3)), 3 / 4, ROUNDING);
  assertEquals([-1000, 0, 1000].map(logistic.link!), [0, 1 / 2, 1]);
  assertAlmostEquals(poisson.link!(Math.log(5)), 5, ROUNDING);
  assertEquals(smoothHinge.link, null);
  const chances = softmax.link([1000, 1000, -1000, 0, Math.log(2), Math.log(3)], 3);
  [1 / 2, 1 / 2, 0, 1 / 6, 2 / 6, 3 / 6].forEach((value, at) => assertAlmostEquals(chances[at], value, ROUNDING));
});
