import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/data/mod.ts";
import { logistic, poisson, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { rawPredictions, readable, type Targets } from "../../src/model/mod.ts";

const x = { mean: [], scale: [] };
const numbers: Targets = {
  targets: ["a", "b"],
  classes: null,
  outputs: 2,
  standardisation: { x, y: { mean: [10, -3], scale: [2, 5] } },
};
const one = { ...numbers, targets: ["a"], outputs: 1, standardisation: { x, y: null } };
const two = { ...one, classes: ["no", "yes"] };
const three = { ...one, classes: ["a", "b", "c"], outputs: 3 };

const saved = (cols: number, ...data: readonly number[]) => ({
  file: "p.npy",
  rows: data.length / cols,
  cols,
  data: Float64Array.from(data),
});

Deno.test("rawPredictions() is the inverse of readable(): numbers in their unit, rates, and probabilities", () => {
  const raw = Float64Array.of(0.3, -1.2, 2, 0.1);
  const cases = [[numbers, squared, "value", 2], [one, poisson, "value", 1], [
    two,
    logistic,
    "probability",
    1,
  ]] as const;
  for (const [targets, loss, scale, cols] of cases) {
    const { data } = rawPredictions(targets, loss, saved(cols, ...readable(targets, loss, raw)), scale);
    raw.forEach((value, i) => assertAlmostEquals(data[i], value, 1e-14));
  }
  const logits = Float64Array.of(0.3, -1.2, 2);
  const { data } = rawPredictions(three, softmax, saved(3, ...readable(three, softmax, logits)), "probability");
  // Up to a number that is the same for all classes.
  assertAlmostEquals(data[0] - data[1], 1.5, 1e-14);
  assertAlmostEquals(data[2] - data[1], 3.2, 1e-14);
});

Deno.test("rawPredictions() takes the second minus the first of two logits, and keeps certain probabilities finite", () => {
  const pairs = rawPredictions(two, logistic, saved(2, 1, 4, -2, -2.5), null);
  assertEquals([pairs.data, pairs.pairs, pairs.scale], [Float64Array.of(3, -0.5), true, "logit"]);
  const certain = rawPredictions(two, logistic, saved(1, 0, 1, 0.5), "probability");
  assert(certain.data.every(Number.isFinite));
  assertEquals([certain.clipped, certain.data[2]], [2, 0]);
  assertAlmostEquals(certain.data[1], -certain.data[0], 1e-6);
});

Deno.test("rawPredictions() refuses what does not fit, naming the row from 1", () => {
  const refuse = (sentence: string, ...args: Parameters<typeof rawPredictions>) => {
    const { message } = assertThrows(() => rawPredictions(...args), InputError);
    assertEquals(message, `p.npy: ${sentence}`);
  };
  refuse(
    "the predictions have 3 columns; save 2 columns, one for each of a, b",
    numbers,
    squared,
    saved(3, 1, 2, 3),
    null,
  );
  refuse(
    "the predictions have 2 columns; save 3 columns, one for each class: a, b, c",
    three,
    softmax,
    saved(2, 1, 2),
    null,
  );
  refuse(
    "the predictions have 3 columns; save one column, of yes, or two, of no and yes",
    two,
    logistic,
    saved(3, 1, 2, 3),
    null,
  );
  refuse(
    "the prediction in row 2, column 1 is NaN; correct the model or leave that row out",
    numbers,
    squared,
    saved(2, 1, 2, NaN, 3),
    null,
  );
  refuse("the target is a number, which has no probabilities; save values", one, squared, saved(1, 0.5), "probability");
  refuse("the target has classes; save logits or probabilities", two, logistic, saved(1, 0.5), "value");
  refuse(
    "the predictions lie between 0 and 1: say whether they are logits or probabilities",
    two,
    logistic,
    saved(1, 0.5, 0.2),
    null,
  );
  refuse(
    "the prediction in row 2 is -0.25, which is not a probability",
    two,
    logistic,
    saved(1, 0.5, -0.25),
    "probability",
  );
  refuse("the probabilities in row 1 sum to 1.5, not to 1", three, softmax, saved(3, 0.5, 0.5, 0.5), "probability");
  refuse("the prediction in row 2 is 0; a rate is above 0", one, poisson, saved(1, 2, 0), "value");
  refuse("the loss smooth_hinge knows no probabilities; save scores", two, smoothHinge, saved(1, 0.5), "probability");
  // Numbers between 0 and 1 that do not sum to 1 can only be logits.
  assertEquals(rawPredictions(three, softmax, saved(3, 0.5, 0.9, 0.1), null).scale, "logit");
});
