import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { corollary1, type EndContext } from "../../src/claims/mod.ts";
import { record } from "./_records.ts";

const CONTEXT: EndContext = {
  linear: { value: 0.5, attained: true, infimum: 0.5, radius: null },
  outputs: 1,
  inputs: 3,
};

/** The best with norm 7, of classes that a plane separates: the infimum is 0. */
const SEPARABLE: EndContext = { ...CONTEXT, linear: { value: 1e-3, attained: false, infimum: 0, radius: 7 } };

const statusOf = (ends: Parameters<typeof corollary1>[0], context: EndContext = CONTEXT) =>
  corollary1(ends, context).status;

Deno.test("corollary1() holds for stationary points below linear, or above it by no more than their tolerance", () => {
  const equal = record({ gap: 1e-12, standing: "equal" });
  const claim = corollary1([record(), equal], CONTEXT);
  assertEquals([claim.status, claim.measured, claim.bound, claim.points], ["holds", 1e-12, 1e-12, 2]);
  assertStringIncludes(claim.statement, "second-order stationary point (gradient 0, no negative curvature)");
});

Deno.test("corollary1() fails where a stationary point lies above by more than Theorem A allows", () => {
  const above = record({ gap: 0.1, standing: "above", allowance: 0.09 });
  const claim = corollary1([record(), above], CONTEXT);
  assertEquals([claim.status, claim.measured], ["fails", 0.1]);
  assert(claim.bound! >= 0.09 && claim.bound! < 0.1);
});

Deno.test("corollary1() is undecided where a stationary point lies above by what Theorem A allows, and says how much that is", () => {
  const above = record({
    gap: 0.1,
    standing: "above",
    allowance: 0.25,
    epsilon: 1e-6,
    lambda: { lower: -2e-4, upper: -1e-4 },
  });
  const claim = corollary1([above, record()], CONTEXT);
  assertEquals([claim.status, claim.measured, claim.bound], ["undecided", 0.1, 1e-12]);
  for (const part of ["0.1 above", "epsilon 1e-6", "up to 0.25", "between -2e-4 and -1e-4"]) {
    assertStringIncludes(claim.reason!, part);
  }
});

Deno.test("corollary1() knows no absolute tolerance", () => {
  assertEquals(statusOf([record({ gap: 1e-10, standing: "above", allowance: 1e-3 })]), "undecided");
  assertEquals(statusOf([record({ gap: 1e-10, standing: "above", allowance: 1e-11 })]), "fails");
  assertEquals(statusOf([record({ gap: 1e-3, standing: "equal", tolerance: 2e-3 })]), "holds");
});

Deno.test("corollary1() shows a failure before an open point", () => {
  const open = record({ gap: 0.5, standing: "above", allowance: 1 });
  const failing = record({ gap: 0.1, standing: "above", allowance: 0 });
  assertEquals(statusOf([open, failing]), "fails");
  assertEquals(statusOf([failing, open]), "fails");
});

Deno.test("corollary1() ignores points that are not stationary, and is undecided where all ends had to be", () => {
  const missed = record({ stationary: false, gap: 5, standing: "above", gradientNorm: 0.25 });
  assertEquals(statusOf([record(), missed]), "holds");
  const promised = { ...CONTEXT, promised: true };
  const claim = corollary1([record(), missed], promised);
  assertEquals([claim.status, claim.points], ["undecided", 1]);
  assertStringIncludes(claim.reason!, "1 of 2 runs ended before a second-order stationary point");
  assertEquals(statusOf([record(), record()], promised), "holds");
  assertStringIncludes(corollary1([record(), missed], { ...promised, outOfSteps: 1 }).reason!, "ran out of steps");
  const alone = corollary1([missed], CONTEXT);
  assertEquals(alone.status, "undecided");
  assertStringIncludes(alone.reason!, "has not converged: gradient 0.25");
  assertEquals(statusOf([]), "undecided");
});

Deno.test("corollary1() is outside for more outputs than inputs, and not for as many", () => {
  const claim = corollary1([record({ gap: 0.4, standing: "above" })], { ...CONTEXT, outputs: 4 });
  assertEquals(claim.status, "outside");
  assertStringIncludes(claim.reason!, "here 4 outputs and 3 inputs");
  assertEquals(statusOf([record()], { ...CONTEXT, outputs: 3 }), "holds");
});

Deno.test("corollary1() is outside where training minimised something else, and counts what ended above", () => {
  const ends = [record({ gap: 0.4, standing: "above" }), record()];
  for (const constraint of [{ penalty: 1 }, { ball: 0.5 }]) {
    const claim = corollary1(ends, { ...CONTEXT, ...constraint });
    assertEquals(claim.status, "outside");
    assertStringIncludes(claim.reason!, "1 of 2 runs ended above it");
  }
  assertEquals(statusOf([record()], { ...CONTEXT, penalty: null, ball: null }), "holds");
});

Deno.test("corollary1() holds points to the infimum itself where it is known and not attained", () => {
  const below = record({ value: 1e-4, gap: -9e-4, infimumGap: 1e-4 });
  const claim = corollary1([below], SEPARABLE);
  assertEquals([claim.status, claim.measured], ["holds", 1e-4]);
  assert(claim.measured! <= claim.bound!);
  assertStringIncludes(claim.statement, "the infimum 0, which no linear predictor attains");
  // Above w*, but near the infimum, as its gradient allows.
  const near = record({ value: 9e-4, gap: 8e-4, infimumGap: 9e-4, allowance: 1e-3, standing: "above" });
  assertEquals(statusOf([near], { ...SEPARABLE, linear: { ...SEPARABLE.linear, value: 1e-4 } }), "holds");
  const far = record({ value: 0.3, gap: 0.299, infimumGap: 0.3, allowance: 0.5, standing: "above" });
  assertEquals(statusOf([far], SEPARABLE), "undecided");
  const refuted = record({ value: 0.3, gap: 0.299, infimumGap: 0.3, allowance: 0.1, standing: "above" });
  assertEquals(statusOf([refuted], SEPARABLE), "fails");
});

Deno.test("corollary1() names the radius where the infimum is not attained and not known", () => {
  const context = { ...CONTEXT, linear: { value: 0.5, attained: false, infimum: null, radius: 7 } };
  const claim = corollary1([record({ infimumGap: null })], context);
  assertEquals([claim.status, claim.measured], ["holds", -0.1]);
  assertStringIncludes(claim.statement, "||w|| <= 7");
});

Deno.test("corollary1() leaves a loss that is not a number open", () => {
  assertEquals(statusOf([record({ gap: NaN, infimumGap: NaN })]), "undecided");
});
