import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LEFT_OUT } from "../../src/baseline/_masked_softmax.ts";
import { findFace, meanInfimum, separatesAll } from "../../src/baseline/separation.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss, lossByName, softmax } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");
const [logistic, poisson] = [lossByName("logistic"), lossByName("poisson")];

Deno.test("separatesAll() asks that every row is on its side by more than rounding", () => {
  const y = Float64Array.of(1, -1, 1);
  assert(separatesAll(logistic, y, 1, Float64Array.of(1, -1e-3, 2)));
  assert(!separatesAll(logistic, y, 1, Float64Array.of(1, -1e-12, 2)));
  assert(!separatesAll(logistic, y, 1, Float64Array.of(1, 0.5, 2)));
  assert(!separatesAll(logistic, y, 1, Float64Array.of(1, -1, 0)));
  assert(!separatesAll(lossByName("squared"), y, 1, Float64Array.of(1, -1, 2)));
  assert(!separatesAll(logistic, new Float64Array(0), 1, new Float64Array(0)));
  const classes = Float64Array.of(1, 0, 0, 0, 1, 0);
  assert(separatesAll(softmax, classes, 3, Float64Array.of(2, 1, 0, -1, 3, 2)));
  assert(!separatesAll(softmax, classes, 3, Float64Array.of(2, 1, 0, -1, 3, 3)));
});

Deno.test("meanInfimum() is the mean of what each row's loss can fall to", () => {
  const one = { outputs: 1, weights: null };
  const counts = Float64Array.of(3, 0, 1, 7);
  // e^p - y p is least at p = log y.
  const least = counts.reduce((sum, y) => sum + (y === 0 ? 0 : y - y * Math.log(y)), 0) / 4;
  assertAlmostEquals(meanInfimum({ loss: poisson, y: counts, ...one })!, least, 1e-14);
  assertEquals(meanInfimum({ loss: logistic, y: Float64Array.of(1, -1), ...one }), 0);
  assertEquals(meanInfimum({ loss: softmax, y: Float64Array.of(1, 0, 0, 0, 0, 1), ...one, outputs: 3 }), 0);
  const own = defineLoss({ name: "own", convex: true, value: () => 0, d1: () => 0, d2: () => 0 });
  assertEquals(meanInfimum({ loss: own, y: counts, ...one }), null);
});

/** A constant, and a column that is 0 for the first rows. */
const HALF = matrix(6, 2, [1, 0, 1, 0, 1, 0, 1, 1, 1, 2, 1, 3]);

Deno.test("findFace() leaves the rows that a direction does not touch, and counts what the others fall to", () => {
  // The last three rows are of one class: w_1 to infinity takes their loss to 0; the first three stay mixed.
  const y = Float64Array.of(1, -1, 1, 1, 1, 1);
  using objective = createLinearObjective(kernels, logistic, { x: HALF, y });
  const face = findFace(objective, Float64Array.of(0.7, 40))!;
  assertEquals([face.rows, [...face.y], face.fallen], [[0, 1, 2], [1, -1, 1], 0]);
  assertEquals(face.loss, logistic);
});

Deno.test("findFace() finds none where every direction raises the loss of some row", () => {
  for (const y of [[1, -1, 1, 1, -1, 1], [-1, 1, -1, -1, 1, 1]]) {
    using objective = createLinearObjective(kernels, logistic, { x: HALF, y: Float64Array.from(y) });
    for (const weights of [[0, 40], [1, -40], [30, 1], [-30, 20]]) {
      assertEquals(findFace(objective, Float64Array.from(weights)), null);
    }
  }
  using attained = createLinearObjective(kernels, lossByName("squared"), { x: HALF, y: new Float64Array(6) });
  assertEquals(findFace(attained, Float64Array.of(0, 40)), null);
});

Deno.test("findFace() of counts: a group of zeros falls, and the others keep their losses", () => {
  const y = Float64Array.of(2, 0, 5, 0, 0, 0);
  using objective = createLinearObjective(kernels, poisson, { x: HALF, y });
  const face = findFace(objective, Float64Array.of(0.8, -60))!;
  assertEquals([face.rows, [...face.y], face.fallen], [[0, 1, 2], [2, 0, 5], 0]);
});

Deno.test("findFace() of softmax takes classes from the rows that they no longer compete in", () => {
  // Class 2 has the last three rows for itself; 0 and 1 share the first three.
  const kinds = [0, 1, 0, 2, 2, 2];
  const y = Float64Array.from({ length: 18 }, (_, at) => Number(kinds[Math.floor(at / 3)] === at % 3));
  using objective = createLinearObjective(kernels, softmax, { x: HALF, y });
  // Class 2 against the others: -50 on the rows with 0, rising by 100 with the column.
  const face = findFace(objective, Float64Array.of(20.4, -40, 19.6, -40, -40, 80))!;
  assertEquals([face.rows, face.fallen], [[0, 1, 2], 0]);
  assertEquals([...face.y], [1, 0, LEFT_OUT, 0, 1, LEFT_OUT, 1, 0, LEFT_OUT]);
});
