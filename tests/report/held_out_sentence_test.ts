import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { crossValidatedInterval, type PairedInterval, pairedInterval } from "../../src/model/mod.ts";
import { heldOutSentence } from "../../src/report/mod.ts";

/** An interval as it would be found, with round figures. */
const found = (
  outcome: PairedInterval["outcome"],
  improvement: readonly [number, number, number] | null,
  rest: Partial<PairedInterval> = {},
): PairedInterval => ({
  method: "paired-t",
  level: 0.95,
  rows: 100,
  model: 48.5 ** 2,
  reference: 55.1 ** 2,
  difference: { estimate: -700, lower: -1000, upper: -400 },
  improvement: improvement && { estimate: improvement[0], lower: improvement[1], upper: improvement[2] },
  outcome,
  reason: null,
  ...rest,
});

Deno.test("heldOutSentence() of a better model names the size, its interval and the figures", () => {
  assertEquals(
    heldOutSentence(found("better", [0.12, 0.04, 0.19]), { figure: "RMSE" }),
    "Better than linear on held-out rows by 12 % (95 % interval 4 to 19 %): RMSE 48.5 against 55.1.",
  );
  assertEquals(
    heldOutSentence(found("better", [0.031, 0.0042, 0.0578], { model: 0.4, reference: 0.5, level: 0.9 }), {
      figure: "log-loss",
      on: "cross-validated rows",
      reference: "ridge-linear",
    }),
    "Better than ridge-linear on cross-validated rows by 3.1 % (90 % interval 0.42 to 5.8 %): log-loss 0.4 against 0.5.",
  );
});

Deno.test("heldOutSentence() of a worse model has its size above 0 and says to use the linear model", () => {
  assertEquals(
    heldOutSentence(found("worse", [-0.12, -0.19, -0.04], { model: 61.7 ** 2 }), { figure: "RMSE" }),
    "Worse than linear on held-out rows by 12 % (95 % interval 4 to 19 %): RMSE 61.7 against 55.1. Use the linear model.",
  );
});

Deno.test("heldOutSentence() of no difference says so first, with the interval on both sides", () => {
  assertEquals(
    heldOutSentence(found("undecided", [0.02, -0.031, 0.072], { model: 54 ** 2 }), { figure: "RMSE" }),
    "No difference to linear could be shown on held-out rows: RMSE 54 against 55.1 (2 % lower, 95 % interval 3.1 % higher to 7.2 % lower).",
  );
  assertEquals(
    heldOutSentence(found("undecided", [-0.3, -0.9, 0.15], { model: 0.65, reference: 0.5 }), { figure: "log-loss" }),
    "No difference to linear could be shown on held-out rows: log-loss 0.65 against 0.5 (30 % higher, 95 % interval 90 % higher to 15 % lower).",
  );
});

Deno.test("heldOutSentence() without a share gives the difference of the losses", () => {
  const rest = { model: -0.7, reference: 0.3, difference: { estimate: -1, lower: -1.5, upper: -0.5 } };
  assertEquals(
    heldOutSentence(found("better", null, rest), { figure: "loss" }),
    "Better than linear on held-out rows by 1 of loss (95 % interval 0.5 to 1.5): loss -0.7 against 0.3.",
  );
  const worse = { model: 0.3, reference: -0.7, difference: { estimate: 1, lower: 0.5, upper: 1.5 } };
  assertStringIncludes(
    heldOutSentence(found("worse", null, worse), { figure: "loss" }),
    "Worse than linear on held-out rows by 1 of loss (95 % interval 0.5 to 1.5): loss 0.3 against -0.7. Use the linear model.",
  );
  const none = { model: 0.1, reference: -0.1, difference: { estimate: 0.2, lower: -0.1, upper: 0.5 } };
  assertStringIncludes(
    heldOutSentence(found("undecided", null, none), { figure: "loss" }),
    "(loss 0.2 higher, 95 % interval 0.1 lower to 0.5 higher).",
  );
});

Deno.test("heldOutSentence() of an RMSE without a share says that the difference is one of squared errors", () => {
  const squares = { difference: { estimate: -988000, lower: -2.7e6, upper: 720000 } };
  assertStringIncludes(
    heldOutSentence(found("undecided", null, squares), { figure: "RMSE" }),
    "RMSE 48.5 against 55.1 (mean squared error 988000 lower, 95 % interval 2700000 lower to 720000 higher).",
  );
  assertStringIncludes(
    heldOutSentence(found("better", null), { figure: "RMSE" }),
    "by 700 of mean squared error (95 % interval 400 to 1000): RMSE",
  );
});

Deno.test("heldOutSentence() of equal models, of a loss that is not finite and of one row claims no difference", () => {
  const [one, infinite] = [Float64Array.of(4, 9, 2), Float64Array.of(4, Infinity, 2)];
  assertEquals(
    heldOutSentence(pairedInterval(one, one, { root: true }), { figure: "RMSE" }),
    "The same as linear on held-out rows: RMSE 2.236.",
  );
  assertEquals(
    heldOutSentence(pairedInterval(infinite, one, { root: true }), { figure: "RMSE" }),
    "Not compared with linear on held-out rows: the model's loss is not finite. Use the linear model.",
  );
  assertEquals(
    heldOutSentence(pairedInterval(one, infinite.map((value) => value === Infinity ? NaN : value)), {
      figure: "log-loss",
    }),
    "Not compared with linear on held-out rows: the reference's loss is not finite.",
  );
  assertEquals(
    heldOutSentence(pairedInterval(one.subarray(1, 2), one.subarray(2)), { figure: "loss" }),
    "Not compared with linear on held-out rows: an interval needs 2 held-out rows or more.",
  );
});

Deno.test("heldOutSentence() of measured losses has each of the three beginnings", () => {
  const errors = (scale: number) => Float64Array.from({ length: 40 }, (_, i) => scale * (1 + i % 5));
  const folds = Array.from({ length: 5 }, (_, at) => [at, at + 5, at + 10, at + 15]);
  const start = (model: Float64Array, reference: Float64Array) =>
    heldOutSentence(pairedInterval(model, reference, { root: true }), { figure: "RMSE" }).split(" ")[0];
  assertEquals(start(errors(1), errors(1.5)), "Better");
  assertEquals(start(errors(1.5), errors(1)), "Worse");
  assertEquals(start(errors(1), errors(1).toReversed()), "No");
  assertStringIncludes(
    heldOutSentence(crossValidatedInterval(errors(1), errors(2), folds), {
      figure: "log-loss",
      on: "cross-validated rows",
    }),
    "on cross-validated rows by 50 %",
  );
});

Deno.test("heldOutSentence() of a loss that is more than doubled says by which factor, in both outcomes", () => {
  const losses = (scale: number) => Float64Array.from({ length: 60 }, (_, i) => scale * (4 + i % 3));
  const [small, large] = [losses(1), losses(16)];
  const found = pairedInterval(large, small, { root: true });
  assertStringIncludes(
    heldOutSentence(found, { figure: "RMSE" }),
    "Worse than linear on held-out rows by a factor of 4 (95 % interval 4 to 4): RMSE",
  );
  assertStringIncludes(heldOutSentence(pairedInterval(small, large, { root: true }), { figure: "RMSE" }), "by 75 %");
  // One row decides: no difference can be shown.
  const wild = Float64Array.from(small, (loss, i) => i === 7 ? 500 * loss : loss);
  assertMatch(
    heldOutSentence(pairedInterval(wild, small), { figure: "loss" }),
    /^No difference .* \(\d[\d.]* times as high, 95 % interval \d[\d.]* times as high to [\d.]+ % lower\)\.$/,
  );
});
