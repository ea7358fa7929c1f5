import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pointSentence, type SentenceContext } from "../../src/claims/mod.ts";
import { record } from "./_records.ts";

const CONTEXT: SentenceContext = {
  linear: { value: 0.5, attained: true, infimum: 0.5, radius: null },
  outputs: 1,
  inputs: 3,
};

Deno.test("pointSentence() says by how much, that it has converged, and that nothing better is in these features", () => {
  assertEquals(
    pointSentence(record(), CONTEXT),
    "The training loss is 0.1 below that of the best linear predictor (0.4 against 0.5). Training with respect to (w, V) has " +
      "converged here: gradient 1e-12, lambda_min between -1e-13 and 0. The loss equals the best that these features allow.",
  );
});

Deno.test("pointSentence() calls a tie a tie", () => {
  const text = pointSentence(record({ value: 1.3e-33, gap: 1.3e-33, standing: "equal" }), CONTEXT);
  assertStringIncludes(text, "equals that of the best linear predictor, 0.5, within rounding");
  assert(!text.includes("above"));
});

Deno.test("pointSentence() says 'not converged' where the point is not stationary, and names the descent direction", () => {
  const point = record({
    stationary: false,
    gradientNorm: 0.25,
    lambda: { lower: -0.5, upper: -0.5 },
    gap: 0.3,
    standing: "above",
  });
  const text = pointSentence(point, { ...CONTEXT, wayDown: { order: "second", curvature: -0.5 } });
  assertStringIncludes(text, "0.3 above that of the best linear predictor");
  assertStringIncludes(
    text,
    "Not converged: training can still lower the loss (gradient 0.25, lambda_min between -0.5 and -0.5)",
  );
  assertStringIncludes(text, "A descent direction of negative curvature -0.5 was found");
  assert(!text.includes("has converged"));
});

Deno.test("pointSentence() never calls a stationary point above linear converged", () => {
  const point = record({
    gap: 0.3,
    standing: "above",
    epsilon: 1e-6,
    allowance: 0.6,
    lambda: { lower: -2e-4, upper: -2e-4 },
  });
  const text = pointSentence(point, { ...CONTEXT, wayDown: { order: "second", curvature: -2e-4 } });
  assertStringIncludes(text, "second-order stationary only to epsilon 1e-6");
  assertStringIncludes(text, "0.3 above linear");
  assertStringIncludes(text, "negative curvature -2e-4");
  assertStringIncludes(text, "up to 0.6 above linear (Theorem A)");
  assert(!text.includes("has converged"));
});

Deno.test("pointSentence() says what is outside the theorem", () => {
  const point = record({ gap: 0.3, standing: "above" });
  const text = pointSentence(point, { ...CONTEXT, outputs: 3, inputs: 2 });
  assertStringIncludes(text, "Outside the theorem: 3 outputs, 2 inputs.");
  assert(!text.includes("Theorem A"));
  assertStringIncludes(pointSentence(record(), { ...CONTEXT, convex: false }), "the loss is not convex");
});

Deno.test("pointSentence() names the infimum that is not attained, or the radius", () => {
  const linear = { value: 1e-3, attained: false, infimum: 0, radius: 7 };
  const near = record({ value: 1e-7, gap: -9.99e-4, infimumGap: 1e-7 });
  assertStringIncludes(
    pointSentence(near, { ...CONTEXT, linear }),
    "1e-7 above 0, the infimum over linear predictors, which none attains",
  );
  assertStringIncludes(
    pointSentence(near, { ...CONTEXT, linear: { ...linear, infimum: null } }),
    "weights of norm at most 7",
  );
});

Deno.test("pointSentence() tells how much better these features can be", () => {
  const point = record({ featureOptimum: { value: 0.35, gap: 0.05, equal: false } });
  assertStringIncludes(pointSentence(point, CONTEXT), "The best that these features allow is 0.35, 0.05 below.");
  const unknown = record({ featureOptimum: { value: null, gap: null, equal: false } });
  assert(!pointSentence(unknown, CONTEXT).includes("features"));
});

Deno.test("pointSentence() says undecided where only rounding of lambda_min speaks against a stationary point", () => {
  const point = record({
    stationary: false,
    gradientNorm: 1e-9,
    lambda: { lower: -1e-5, upper: 0 },
    mu2: 0,
    epsilon: Infinity,
  });
  assertStringIncludes(
    pointSentence(point, CONTEXT),
    "Undecided whether training with respect to (w, V) has converged",
  );
  const steep = record({ stationary: false, gradientNorm: 0.1, lambda: { lower: -1e-5, upper: 0 } });
  assertStringIncludes(pointSentence(steep, CONTEXT), "Not converged");
  const bent = record({ stationary: false, gradientNorm: 1e-9, lambda: { lower: -1, upper: -0.9 } });
  assertStringIncludes(pointSentence(bent, CONTEXT), "Not converged");
});
