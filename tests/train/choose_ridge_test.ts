import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { squared } from "../../src/loss/mod.ts";
import { fold, type Key, key, normal } from "../../src/random/mod.ts";
import {
  chooseRidge,
  planFolds,
  standardError,
  STRENGTHS_F,
  STRENGTHS_X,
  strengthsToTry,
} from "../../src/train/mod.ts";

const ROWS = 50;
const FOLDS = planFolds(ROWS, [[0, 1, 2, 3, 4].map((part) => Array.from({ length: 10 }, (_, i) => 5 * i + part))]);
const y = normal(key(1), ROWS);

/** Predictions that are off by noise of a size. */
const off = (size: number, from: Key) => normal(from, ROWS).map((value, row) => y[row] + size * value);

/** Predictions whose losses are 0.35 and 0.625 in turn: 0.0125 less on the mean than the 0.5 of an error of 1, with a standard error of 0.0196. */
const WOBBLE = y.map((value, row) => value + Math.sqrt(row % 2 === 0 ? 0.7 : 1.25));

/** Linear models of which the one with strength `best` is off by `least` and every other one by more. */
const linearOff = (best: number, least: number) => ({
  y,
  partitions: FOLDS.places,
  linear: STRENGTHS_X.map((_, at) => [
    off(at === best ? least : 1.5 + 0.1 * Math.abs(at - best), fold(key(2), String(at))),
  ]),
});

const networksOff = (strengths: readonly number[], size: number) =>
  strengths.map((x) => STRENGTHS_F.map((f) => [off(size + 0.01 * f, fold(key(3), `${x} ${f}`))]));

Deno.test("chooseRidge() takes the network where it is much better, and not where it is a little better", () => {
  const found = linearOff(4, 1);
  const { best, tried: strengths } = strengthsToTry(squared, found);
  assertEquals([best, strengths], [STRENGTHS_X[4], STRENGTHS_X.slice(4, 6)]);
  // A network has a ridge on w: that none is the best is not asked, and the weakest one has no weaker neighbour.
  const none = strengthsToTry(squared, linearOff(STRENGTHS_X.length - 1, 1));
  assertEquals(none, { best: STRENGTHS_X.at(-2)!, tried: [STRENGTHS_X.at(-2)!] });
  const better = chooseRidge(squared, found, strengths, networksOff(strengths, 0.3));
  assertEquals(better.kind, "network");
  assert(strengths.includes(better.chosen.x) && STRENGTHS_F.includes(better.chosen.f!));
  const ones = { ...found, linear: STRENGTHS_X.map((_, at) => [y.map((value) => value + (at === 4 ? 1 : 3))]) };
  const same = chooseRidge(squared, ones, strengths, strengths.map(() => STRENGTHS_F.map(() => [WOBBLE])));
  assert(same.network.loss < same.ridge.loss, "it is better");
  assertEquals([same.kind, same.chosen.f], ["ridge", null]);
});

Deno.test("chooseRidge() keeps the linear model without a ridge where a ridge gains less than a standard error", () => {
  const linear = STRENGTHS_X.map((
    _,
    at,
  ) => [at === 2 ? WOBBLE : y.map((value) => value + (at === STRENGTHS_X.length - 1 ? 1 : 3))]);
  const found = { y, partitions: FOLDS.places, linear };
  const { tried: strengths } = strengthsToTry(squared, found);
  const choice = chooseRidge(squared, found, strengths, networksOff(strengths, 2));
  assertEquals([choice.kind, choice.chosen.x], ["linear", STRENGTHS_X.at(-1)!]);
  assertEquals(choice.ridge.x, STRENGTHS_X[2]);
});

Deno.test("chooseRidge() takes a network only where it beats both linear models, and says which one it did not", () => {
  const withLosses = (loss: (row: number) => number) => y.map((value, row) => value + Math.sqrt(2 * loss(row)));
  // The ridge is better than linear by 0.03, with a standard error of 0.08; so that it is not chosen.
  const ridge = withLosses((row) => row % 2 === 0 ? 0.4 : 1.54);
  const linear = STRENGTHS_X.map((_, at) => [at === STRENGTHS_X.length - 1 ? withLosses(() => 1) : ridge]);
  const of = (loss: number) =>
    chooseRidge(squared, { y, partitions: FOLDS.places, linear }, [1], [
      STRENGTHS_F.map(() => [withLosses(() => loss)]),
    ]);
  const [little, much] = [of(0.965), of(0.5)];
  assertEquals([little.kind, little.linearKind, little.against], ["linear", "linear", "ridge"]);
  assertAlmostEquals(little.network.difference!, -0.005, 1e-12);
  assertEquals([much.kind, much.against], ["network", "linear"]);
  assertAlmostEquals(much.network.difference!, -0.5, 1e-12);
});

Deno.test("chooseRidge() keeps linear where rows are fewer than ten, however much better another model looks", () => {
  for (const [rows, kind] of [[9, "linear"], [10, "network"]] as const) {
    const own = y.slice(0, rows);
    const partitions = [[0, 1, 2].map((part) => Array.from(own.keys()).filter((row) => row % 3 === part))];
    const linear = STRENGTHS_X.map(() => [own.map((value, row) => value + 1 + row / 100)]);
    const choice = chooseRidge(squared, { y: own, partitions, linear }, [1], [STRENGTHS_F.map(() => [own])]);
    assertEquals([choice.kind, choice.chosen.x], [kind, kind === "linear" ? 0 : 1]);
  }
});

Deno.test("a model that fails on a few rows is replaced although its failures spread the differences", () => {
  const broken = off(1, key(9)).map((value, row) => row === 7 ? 400 : value);
  const linear = STRENGTHS_X.map((_, at) => [at === STRENGTHS_X.length - 1 ? broken : off(1, key(9))]);
  const found = { y, partitions: FOLDS.places, linear };
  const choice = chooseRidge(squared, found, [1], networksOff([1], 2));
  assertEquals(choice.kind, "ridge");
  const paired = standardError(
    broken.map((p, row) => ((p - y[row]) ** 2 - (linear[0][0][row] - y[row]) ** 2) / 2),
    FOLDS.places,
  );
  assert(Math.abs(choice.ridge.difference!) < paired * 1.01, "the paired error alone would keep it");
});

Deno.test("chooseRidge() never takes a model whose losses are not numbers", () => {
  const found = linearOff(4, 1);
  const choice = chooseRidge(squared, found, [1], [STRENGTHS_F.map(() => [new Float64Array(ROWS).fill(NaN)])]);
  assert(choice.kind !== "network");
});

Deno.test("standardError() is that of the rows, or of the folds where that is larger, corrected", () => {
  const values = Float64Array.of(0, 0, 6, 6);
  // Means of the folds 0 and 6: deviation 4.24, over the root of two folds 3; the correction of two folds is the root of 3.
  assertAlmostEquals(standardError(values, [[[0, 1], [2, 3]]]), 3 * Math.sqrt(3), 1e-12);
  // Folds of equal means say nothing: that over rows is 3.46 over the root of four.
  assertAlmostEquals(standardError(values, [[[0, 2], [1, 3]]]), Math.sqrt(12) / 2, 1e-12);
});

Deno.test("planFolds() trains on every row that a fold leaves in, and predicts each once", () => {
  assertEquals(FOLDS.predicted, Array.from({ length: ROWS }, (_, row) => row));
  for (const [index, { training, validation }] of FOLDS.rows.entries()) {
    assertEquals([...training, ...validation].toSorted((a, b) => a - b), FOLDS.predicted);
    assertEquals(FOLDS.places[0][index], validation);
  }
  const split = planFolds(6, [[[4, 1]]]);
  assertEquals([split.places, split.rows[0].training], [[[[1, 0]]], [0, 2, 3, 5]]);
  assertThrows(() => planFolds(4, [[[0, 1]], [[0, 2]]]), RangeError, "different rows");
});

Deno.test("losses are averaged over partitions, and each partition's folds count on their own", () => {
  const right = y;
  const wrong = y.map((value) => value + 2);
  const halves = [[0, 1].map((part) => Array.from({ length: 25 }, (_, i) => 2 * i + part)), FOLDS.places[0]];
  const linear = STRENGTHS_X.map(() => [right, wrong]);
  const choice = chooseRidge(squared, { y, partitions: halves, linear }, [1], [STRENGTHS_F.map(() => [right, right])]);
  // Half of 2² / 2.
  assertAlmostEquals(choice.linear.loss, 1, 1e-12);
  assertEquals([choice.kind, choice.network.loss], ["network", 0]);
});
