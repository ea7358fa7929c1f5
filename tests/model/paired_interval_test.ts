import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { crossValidatedInterval, type PairedInterval, pairedInterval } from "../../src/model/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { coverageOfClasses, coverageOfFolds, coverageOfRows, isNominal } from "../support/coverage.ts";

/** Sums of some tens of terms near 1. */
const ROUNDING = 1e-12;

/** Squared errors of two predictors on the same rows. */
const losses = (seed: number, rows: number) => {
  const [e, shift] = [normal(fold(key(seed), "noise"), rows), normal(fold(key(seed), "shift"), rows)];
  return { model: e.map((value) => value ** 2), reference: e.map((value, i) => (value + 0.5 * shift[i]) ** 2) };
};

Deno.test("pairedInterval() is the t interval of the differences, by textbook sums", () => {
  const { model, reference } = losses(1, 10);
  const d = Array.from(model, (value, i) => value - reference[i]);
  const mean = d.reduce((sum, value) => sum + value, 0) / 10;
  const error = Math.sqrt(d.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9 / 10);
  const { difference, method, rows, level } = pairedInterval(model, reference);
  assertEquals([method, rows, level], ["paired-t", 10, 0.95]);
  assertAlmostEquals(difference!.estimate, mean, ROUNDING);
  // 2.262157 is the printed quantile of t with 9 degrees of freedom.
  assertAlmostEquals(difference!.lower, mean - 2.262157 * error, 1e-6);
  assertAlmostEquals(difference!.upper, mean + 2.262157 * error, 1e-6);
});

Deno.test("pairedInterval() has the ends of the improvement where a t-test of model - rho reference turns", () => {
  for (const root of [false, true]) {
    const { model, reference } = losses(2, 40);
    const { improvement } = pairedInterval(model, reference, { root });
    for (const end of [improvement!.lower, improvement!.upper]) {
      const rho = root ? (1 - end) ** 2 : 1 - end;
      const tested = pairedInterval(model, reference.map((value) => value * rho)).difference!;
      const edge = end === improvement!.lower ? tested.upper : tested.lower;
      assert(Math.min(Math.abs(tested.lower), Math.abs(tested.upper)) < ROUNDING, `${edge}`);
    }
    const ratio = model.reduce((a, b) => a + b) / reference.reduce((a, b) => a + b);
    assertAlmostEquals(improvement!.estimate, 1 - (root ? Math.sqrt(ratio) : ratio), ROUNDING);
  }
});

Deno.test("pairedInterval() excludes no difference exactly where it excludes no improvement, and calls that better or worse", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const { model, reference } = losses(seed, 30);
    for (const [a, b] of [[model, reference], [reference, model]]) {
      const { improvement, difference, outcome } = pairedInterval(a, b, { root: seed % 2 === 0 });
      seen.add(outcome);
      if (improvement === null) continue;
      assertEquals(improvement.lower > 0, difference!.upper < 0, `seed ${seed}`);
      assertEquals(improvement.upper < 0, difference!.lower > 0, `seed ${seed}`);
      assertEquals(outcome, improvement.lower > 0 ? "better" : improvement.upper < 0 ? "worse" : "undecided");
    }
  }
  assertEquals([...seen].sort(), ["better", "undecided", "worse"]);
});

Deno.test("pairedInterval() over groups of equal sizes is that of the groups' means, whatever the order of the rows", () => {
  const { model, reference } = losses(3, 24);
  const groups = Array.from(model, (_, row) => `g${row % 6}`);
  const meansOf = (values: Float64Array) =>
    Float64Array.from({ length: 6 }, (_, g) => values.filter((_, row) => row % 6 === g).reduce((a, b) => a + b) / 4);
  const byGroups = pairedInterval(model, reference, { groups });
  const byMeans = pairedInterval(meansOf(model), meansOf(reference));
  for (const end of ["estimate", "lower", "upper"] as const) {
    assertAlmostEquals(byGroups.difference![end], byMeans.difference![end], ROUNDING);
    assertAlmostEquals(byGroups.improvement![end], byMeans.improvement![end], ROUNDING);
  }
  assertEquals(pairedInterval(model, reference, { groups: groups.map(() => "one") }).outcome, "unknown");
});

Deno.test("pairedInterval() of rows that come twice is as wide as that of the rows when copies form a group", () => {
  const { model, reference } = losses(4, 20);
  const doubled = (values: Float64Array) => Float64Array.of(...values, ...values);
  const groups = Array.from({ length: 40 }, (_, row) => String(row % 20));
  const single = pairedInterval(model, reference).difference!;
  const grouped = pairedInterval(doubled(model), doubled(reference), { groups }).difference!;
  const naive = pairedInterval(doubled(model), doubled(reference)).difference!;
  assertAlmostEquals(grouped.upper - grouped.lower, single.upper - single.lower, ROUNDING);
  assert(naive.upper - naive.lower < 0.75 * (single.upper - single.lower));
});

Deno.test("crossValidatedInterval() corrects the variance by Nadeau and Bengio's 1 / J + n2 / n1", () => {
  const { model, reference } = losses(5, 50);
  const folds = Array.from({ length: 5 }, (_, at) => Array.from({ length: 10 }, (_, i) => 5 * i + at));
  const d = folds.map((rows) => rows.reduce((sum, row) => sum + model[row] - reference[row], 0) / 10);
  const mean = d.reduce((a, b) => a + b) / 5;
  const variance = d.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
  // 2.776445 is the printed quantile of t with 4 degrees of freedom.
  const check = ({ difference, method }: PairedInterval, factor: number) => {
    assertEquals(method, "corrected-t");
    assertAlmostEquals(difference!.upper - mean, 2.776445 * Math.sqrt(factor * variance), 1e-6);
    assertAlmostEquals(difference!.lower + difference!.upper, 2 * mean, ROUNDING);
  };
  check(crossValidatedInterval(model, reference, folds), 1 / 5 + 1 / 4);
  check(crossValidatedInterval(model, reference, folds, { trainingRows: 20 }), 1 / 5 + 1 / 2);
});

Deno.test("pairedInterval() and crossValidatedInterval() give no interval of what is not finite, and say whose loss it is", () => {
  const [good, bad] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, Infinity, 3, 4)];
  for (
    const compare of [
      pairedInterval,
      (a: Float64Array, b: Float64Array) => crossValidatedInterval(a, b, [[0, 1], [2, 3]]),
    ]
  ) {
    for (
      const [a, b, reason] of [
        [bad, good, "the model's loss is not finite"],
        [good, bad.map((value) => value - Infinity), "the reference's loss is not finite"],
        [bad, bad, "both losses are not finite"],
      ] as const
    ) {
      const { difference, improvement, outcome, reason: told } = compare(a, b);
      assertEquals([difference, improvement, outcome, told], [null, null, "unknown", reason]);
    }
  }
  assertEquals(pairedInterval(Float64Array.of(1), Float64Array.of(2)).outcome, "unknown");
});

Deno.test("pairedInterval() calls losses that are equal on every row the same, and gives no share where there is none", () => {
  const one = Float64Array.of(1, 2, 3);
  assertEquals(pairedInterval(one, one.slice()).outcome, "same");
  assertEquals(pairedInterval(one, one.map((value) => value * (1 + 1e-7))).outcome, "same");
  assertEquals(pairedInterval(one, one.map((value) => value + 1e-5)).outcome, "better");
  assertEquals(pairedInterval(one, Float64Array.of(1, 2, 3 + 1e-4)).outcome, "undecided");
  assertEquals(crossValidatedInterval(one, one.slice(), [[0], [1], [2]]).outcome, "same");
  const zero = pairedInterval(one, new Float64Array(3));
  assertEquals([zero.improvement, zero.reason, zero.outcome], [null, "the reference's loss is 0", "undecided"]);
  const negative = pairedInterval(one.map((value) => -value), one);
  assertEquals([negative.improvement, negative.outcome], [null, "undecided"]);
  assert(negative.reason!.includes("negative"));
  const uncertain = pairedInterval(Float64Array.of(1, 0, 0), Float64Array.of(0, 0, 9));
  assertEquals(uncertain.reason, "the reference's loss is too uncertain for a ratio");
  assert(uncertain.difference !== null);
});

Deno.test("pairedInterval() and crossValidatedInterval() refuse rows, groups, folds and levels that do not fit", () => {
  const [two, three] = [new Float64Array(2), new Float64Array(3)];
  assertThrows(() => pairedInterval(two, three), RangeError, "got 2 and 3");
  assertThrows(() => pairedInterval(new Float64Array(0), new Float64Array(0)), RangeError, "got 0 and 0");
  assertThrows(() => pairedInterval(two, two, { groups: ["a"] }), RangeError, "a group for each of 2 rows, got 1");
  for (const level of [0, 1, NaN]) assertThrows(() => pairedInterval(two, two, { level }), RangeError, "the level");
  assertThrows(() => crossValidatedInterval(two, two, [[0, 1]]), RangeError, "2 folds or more, got 1");
});

Deno.test("pairedInterval() covers the known difference and improvement of the RMSE 93 to 97 % of 1,000 times", () => {
  for (const rows of [20, 100, 400]) {
    const { difference, improvement } = coverageOfRows(1000, { rows, groups: false });
    assert(isNominal(difference) && isNominal(improvement), `${rows} rows: ${difference}, ${improvement}`);
  }
});

Deno.test("pairedInterval() covers the known difference and improvement of the log-loss 93 to 97 % of 1,000 times", () => {
  for (const rows of [100, 400]) {
    const covered = coverageOfClasses(1000, rows);
    assert(covered.every(isNominal), `${rows} rows: ${covered}`);
  }
});

Deno.test("pairedInterval() covers the truth 93 to 97 % of 1,000 times where rows of a group share their noise, and without groups does not", () => {
  const { difference, improvement, ignored } = coverageOfRows(1000, { rows: 200, groups: true });
  assert(isNominal(difference) && isNominal(improvement), `${difference}, ${improvement}`);
  assert(ignored < 0.9, `${ignored}`);
});

Deno.test("crossValidatedInterval() covers the known difference 93 to 97 % of 1,000 times, and without its correction does not", () => {
  const { corrected, plain } = coverageOfFolds(1000);
  assert(isNominal(corrected), `${corrected}`);
  assert(!isNominal(plain), `${plain}`);
});
