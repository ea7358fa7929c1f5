import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, forward, initialise, network } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import {
  averageNetworks,
  chooseSimplest,
  FIT_DEFAULTS,
  fitLinearModels,
  fitNetworkOfFold,
  planFolds,
  STRENGTHS_F,
  STRENGTHS_X,
  takeExamples,
} from "../../src/train/mod.ts";

/** Sums of some dozens of products near 1, W V divided out and multiplied again. */
const ROUNDING = 1e-12;

const FOLDS = [[0, 1, 2], [3, 4, 5], [6, 7, 8]];

/** What a generator returns. */
function finish<Result>(steps: Generator<unknown, Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

Deno.test("chooseSimplest() takes the first model whose paired difference is within the corrected standard error, worked out by hand", () => {
  const best = Float64Array.from({ length: 9 }, (_, row) => 10 + row);
  // Differences of the folds' means: 0.9, 1, 1.1. Their standard error is 0.1 / sqrt(3), corrected by sqrt(1 + 3/2).
  const far = best.map((loss, row) => loss + 0.9 + 0.1 * Math.floor(row / 3));
  // Of these: -0.1, 0, 0.4; the mean is 0.1, the standard deviation sqrt(0.07).
  const near = best.map((loss, row) => loss + [-0.1, 0, 0.4][Math.floor(row / 3)]);
  const found = chooseSimplest([far, near, best], FOLDS);
  assertEquals([found.best, found.chosen], [2, 1]);
  assertEquals(found.standings.map(({ within }) => within), [false, true, true]);
  const [one, two] = found.standings;
  assertAlmostEquals(one.difference, 1, 1e-12);
  assertAlmostEquals(one.standardError, 0.1 / Math.sqrt(3) * Math.sqrt(2.5), 1e-12);
  assertAlmostEquals(two.difference, 0.1, 1e-12);
  assertAlmostEquals(two.standardError, Math.sqrt(0.07 / 3) * Math.sqrt(2.5), 1e-12);
});

Deno.test("chooseSimplest() never takes a model whose loss is not finite, wherever it stands, and the first of equals", () => {
  const good = Float64Array.from({ length: 9 }, (_, row) => row);
  const [nan, infinite] = [NaN, Infinity].map((value) => good.with(4, value));
  assertEquals(chooseSimplest([nan, infinite, good, good], FOLDS).chosen, 2);
  assertEquals(chooseSimplest([nan, infinite, good, good], FOLDS).best, 2);
  assertThrows(() => chooseSimplest([], FOLDS), RangeError, "one or more");
});

Deno.test("averageNetworks() predicts the mean of its members' predictions, of other depths and activations, one output and three", () => {
  for (const outputs of [1, 3]) {
    const members = [
      chain(dense(4, 5), activation("tanh")),
      chain(dense(4, 3), activation("relu"), dense(3, 6), activation("sin")),
      chain(dense(4, 2), activation("sigmoid")),
    ].map((body, at) => {
      const net = network(4, body, { outputs });
      return { net, params: initialise(net, key(at + 1)).map((value, i) => value + 0.1 * Math.sin(i)) };
    });
    const x = matrix(20, 4, normal(key(9), 80));
    const average = averageNetworks(members)!;
    const ours = forward(average.net, average.params, x).data;
    const theirs = members.map(({ net, params }) => forward(net, params, x).data);
    ours.forEach((value, at) => {
      const expected = theirs.reduce((sum, one) => sum + one[at] / theirs.length, 0);
      assertAlmostEquals(value, expected, ROUNDING * Math.max(1, Math.abs(expected)));
    });
  }
});

Deno.test("averageNetworks() is null where no V carries the mean, and refuses plain networks and none", () => {
  const net = network(1, dense(1, 1));
  // w is 0 on average, but w V is not.
  const members = [[1, 1, 1, 1], [-1, 1, 1, 1]].map((params) => ({ net, params: Float64Array.from(params) }));
  assertEquals(averageNetworks(members), null);
  assertThrows(() => averageNetworks([]), RangeError, "one or more");
  const plain = network(1, dense(1, 1), { kind: "plain" });
  assertThrows(() => averageNetworks([{ net: plain, params: new Float64Array(plain.size) }]), RangeError, "plain");
});

/** Rows of |x| with noise, the last ten left out, whose inputs and targets may be anything. */
function foldOf(change: (value: number) => number) {
  const [rows, d] = [40, 3];
  const draws = normal(key(5), rows * 3);
  const x = matrix(rows, d, Float64Array.from({ length: rows * d }, (_, at) => at % d === 0 ? 1 : draws[at]));
  const y = Float64Array.from({ length: rows }, (_, i) => Math.abs(x.data[i * d + 1]) + 0.1 * draws[i * 3]);
  const [training, left] = [0, 1].map((side) =>
    Array.from({ length: rows }, (_, i) => i).filter((row) => (row % 4 === 3) === (side === 1))
  );
  const validation = takeExamples({ x, y }, left);
  return {
    training: takeExamples({ x, y }, training),
    validation: { x: matrix(10, d, validation.x.data.map(change)), y: validation.y.map(change) },
    intercept: true,
  };
}

const INNER = planFolds(30, [[0, 1, 2].map((part) => Array.from({ length: 10 }, (_, i) => 3 * i + part))]);

Deno.test("nothing of the rows left out reaches the models of a fold: other inputs and targets there change no fitted number", async () => {
  const kernels = await loadKernels("simd");
  const net = network(3, chain(dense(3, 4), activation("relu")));
  const settings = { ...FIT_DEFAULTS, start: "constant", epochs: 10 } as const;
  const fit = (fold: ReturnType<typeof foldOf>) => {
    const task = { net, loss: squared, training: fold.training, heldOut: null, settings };
    return [
      finish(fitNetworkOfFold(kernels, task, fold, INNER)),
      ...finish(fitLinearModels(kernels, squared, fold, INNER)),
    ];
  };
  const [as, other] = [foldOf((value) => value), foldOf((value) => 7 - 3 * value)].map(fit);
  as.forEach(({ params, ridge, predictions }, at) => {
    assertEquals([params, ridge], [other[at].params, other[at].ridge]);
    assert(predictions.some((value, row) => value !== other[at].predictions[row]));
  });
  const [chosen, linear, ridge] = as;
  assert(STRENGTHS_X.includes(chosen.ridge.x) && STRENGTHS_F.includes(chosen.ridge.f!));
  assertEquals([linear.ridge, ridge.ridge.f], [{ x: STRENGTHS_X.at(-1)!, f: null }, null]);
});

Deno.test("fitNetworkOfFold() predicts what the network with its parameters predicts", async () => {
  const fold = foldOf((value) => value);
  const net = network(3, chain(dense(3, 4), activation("tanh")));
  const settings = { ...FIT_DEFAULTS, start: "constant", epochs: 5 } as const;
  const task = { net, loss: squared, training: fold.training, heldOut: null, settings };
  const { params, predictions } = finish(fitNetworkOfFold(await loadKernels("simd"), task, fold, INNER));
  const expected = forward(net, params, fold.validation.x).data;
  predictions.forEach((value, row) => assertAlmostEquals(value, expected[row], ROUNDING));
});
