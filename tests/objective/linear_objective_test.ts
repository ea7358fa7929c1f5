import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, isJoint, LOSSES, softmax } from "../../src/loss/mod.ts";
import { dense, network } from "../../src/nn/mod.ts";
import { createLinearObjective, createObjective, featureRows } from "../../src/objective/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { collectRows, matrix, matrixRows, ShapeError, type Vector } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");
const [ROWS, D, M] = [17, 5, 3];
const x = matrix(ROWS, D, normal(key(1), ROWS * D));

/** Central differences of the gradient with this step: its square of truncation, 1e-16 over it of rounding. */
const STEP = 1e-5;
const DIFFERENCE = 1e-8;

/** Sums of 17 rows in another order. */
const ROUNDING = 1e-13;

function targetsOf(loss: AnyLoss, from: number): Vector {
  const draws = normal(fold(key(from), "y"), ROWS * M);
  if (isJoint(loss)) return Float64Array.from(draws, (_, at) => at % M === Math.floor(at / M) % M ? 1 : 0);
  if (loss.target === "class") return draws.map((value) => value < 0 ? -1 : 1);
  return loss.name === "poisson" ? draws.map((value) => Math.floor(Math.abs(2 * value))) : draws;
}

for (const loss of [...LOSSES, softmax]) {
  Deno.test(`second() is the derivative of the gradient for ${loss.name} with ${M} outputs`, () => {
    const y = targetsOf(loss, 2);
    using objective = createLinearObjective(kernels, loss, { x, y });
    // Away from kinks, where the second derivative jumps.
    const [w, direction] = [normal(key(3), M * D).map((value) => 0.3 * value), normal(key(4), M * D)];
    const moved = (t: number) => objective.at(w.map((value, at) => value + t * direction[at])).gradient;
    const [ahead, behind] = [moved(STEP), moved(-STEP)];
    const found = objective.second(objective.at(w).predictions).apply(direction);
    const crossed = loss.name === "huber" || loss.name === "smooth_hinge";
    found.forEach((value, at) =>
      assertAlmostEquals(value, (ahead[at] - behind[at]) / (2 * STEP), crossed ? 1e-4 : DIFFERENCE)
    );
  });

  Deno.test(`hessian() is second() column by column for ${loss.name}`, () => {
    using objective = createLinearObjective(kernels, loss, { x, y: targetsOf(loss, 5) });
    const { predictions } = objective.at(normal(key(6), M * D));
    const { data } = objective.hessian(predictions);
    const second = objective.second(predictions);
    for (let j = 0; j < M * D; j++) {
      const column = second.apply(new Float64Array(M * D).with(j, 1));
      column.forEach((value, i) => assertAlmostEquals(data[i * M * D + j], value, ROUNDING));
    }
  });
}

Deno.test("means() is the mean of each output's own second derivative", () => {
  using objective = createLinearObjective(kernels, softmax, { x, y: targetsOf(softmax, 7) });
  const { predictions } = objective.at(normal(key(8), M * D));
  const means = objective.second(predictions).means();
  for (let a = 0; a < M; a++) {
    let sum = 0;
    for (let i = 0; i < ROWS; i++) {
      const e = Array.from({ length: M }, (_, b) => Math.exp(predictions[i * M + b]));
      const q = e[a] / e.reduce((total, value) => total + value, 0);
      sum += q * (1 - q) / ROWS;
    }
    assertAlmostEquals(means[a], sum, ROUNDING);
  }
});

/** Every row's l'' [ROWS, M, M], column by column from bend(). */
function bends(objective: ReturnType<typeof createLinearObjective>, predictions: Vector) {
  const { bend } = objective.second(predictions);
  const columns = Array.from({ length: M }, (_, b) => bend(Float64Array.from(predictions, (_, at) => +(at % M === b))));
  return (i: number, a: number, b: number) => columns[b][i * M + a];
}

/** A categorical loss of which only hvpWith is used. */
const plainSoftmax = { ...softmax, categorical: false };

for (const loss of [...LOSSES, softmax, plainSoftmax]) {
  Deno.test(`traces(), weighted() and blocks() are what bend() says of each row, for ${loss.name}`, () => {
    using objective = createLinearObjective(kernels, loss, { x, y: targetsOf(loss, 21) });
    const { predictions } = objective.at(normal(key(22), M * D));
    const entry = bends(objective, predictions);
    const second = objective.second(predictions);
    const weights = normal(key(23), ROWS);
    second.traces().forEach((trace, i) =>
      assertAlmostEquals(trace, entry(i, 0, 0) + entry(i, 1, 1) + entry(i, 2, 2), ROUNDING)
    );
    const steps = second.blocks();
    let step = steps.next();
    while (!step.done) step = steps.next();
    const weighted = second.weighted(weights).data;
    for (let a = 0; a < M; a++) {
      for (let b = 0; b < M; b++) {
        const expected = weights.reduce((sum, weight, i) => sum + weight * entry(i, a, b), 0);
        assertAlmostEquals(weighted[a * M + b], expected, ROUNDING);
      }
      const [first] = step.value[a].data;
      const expected = weights.reduce((sum, _, i) => sum + entry(i, a, a) * x.data[i * D] ** 2 / ROWS, 0);
      assertAlmostEquals(first, expected, ROUNDING);
    }
  });
}

Deno.test("traces() keeps the digits of classes that are all but certain", () => {
  using objective = createLinearObjective(kernels, softmax, { x, y: targetsOf(softmax, 24) });
  const predictions = Float64Array.from({ length: ROWS * M }, (_, at) => [0, -60, -70][at % M]);
  const [p, q] = [Math.exp(-60), Math.exp(-70)];
  const [trace] = objective.second(predictions).traces();
  assertAlmostEquals(trace / (2 * (p + q)), 1, ROUNDING);
});

Deno.test("project() takes any number of directions at a time", () => {
  using objective = createLinearObjective(kernels, softmax, { x, y: targetsOf(softmax, 25) });
  const directions = normal(key(26), 7 * D);
  const together = objective.project(directions);
  assertEquals(together.length, ROWS * 7);
  for (let j = 0; j < 7; j++) {
    objective.project(directions.slice(j * D, (j + 1) * D)).forEach((value, i) =>
      assertAlmostEquals(together[i * 7 + j], value, ROUNDING)
    );
  }
  assertThrows(() => objective.project(new Float64Array(D + 1)), ShapeError, "project the rows");
});

Deno.test("correlate() of the slopes is the gradient", () => {
  using objective = createLinearObjective(kernels, softmax, { x, y: targetsOf(softmax, 9) });
  const { slopes, gradient } = objective.at(normal(key(10), M * D));
  objective.correlate(slopes).forEach((value, at) => assertAlmostEquals(value, gradient[at], ROUNDING));
});

Deno.test("createLinearObjective() gives rows from a source the sums that the matrix has, resident or not", () => {
  const y = targetsOf(softmax, 11);
  const w = normal(key(12), M * D);
  using held = createLinearObjective(kernels, softmax, { x, y });
  using passing = createLinearObjective(kernels, softmax, { source: matrixRows(kernels.memory, x), y }, {
    resident: 0,
  });
  assertEquals(passing.at(w), held.at(w));
  assertEquals(passing.at(w), passing.at(w));
});

Deno.test("createLinearObjective() refuses numbers that do not fit", () => {
  using objective = createLinearObjective(kernels, softmax, { x, y: targetsOf(softmax, 11) });
  assertThrows(() => objective.at(new Float64Array(D)), ShapeError);
  assertThrows(() => objective.correlate(new Float64Array(D)), ShapeError);
  assertThrows(() => objective.second(new Float64Array(D)), ShapeError);
});

Deno.test("featureRows() writes the features of the objective, for any range of rows", () => {
  const net = network(D, dense(D, 4));
  const point = normal(key(13), net.size);
  using objective = createObjective(kernels, net, LOSSES[0], { x, y: new Float64Array(ROWS) });
  using rows = featureRows(kernels, net, point, x);
  const wanted = objective.features(point);
  assertEquals(collectRows(kernels.memory, rows).data, wanted.data);
  const at = kernels.memory.allocate(8 * 3 * 6);
  rows.write(7, 3, at, 6);
  const found = kernels.memory.view("f64", at, 18);
  for (let i = 0; i < 3; i++) assertEquals(found.slice(6 * i, 6 * i + 4), wanted.data.slice(4 * (7 + i), 4 * (8 + i)));
  kernels.memory.free(at);
});
