import { assert, assertEquals } from "@std/assert";
import { createMemory, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { type Matrix, matrix, matrixRows, placeRows, type RowSource, sideBySide } from "../../src/tensor/mod.ts";

const memory = createMemory({ shared: true, megabytes: 64 });
const kernels = await loadKernels("relaxed", memory);

/** The same, whose threads take tasks in another order. */
const backwards: Kernels = { ...kernels, runAll: (tasks) => kernels.runAll(tasks.toReversed()) };

/** More than stays whole whatever is asked for: 5.8 MB. */
const [N, P, Q] = [9001, 70, 11];

const [left, right] = split(key(3), 2).map((own, at) => matrix(N, [P, Q][at], normal(own, N * [P, Q][at])));

/** The columns of both as one matrix. */
function together(): Matrix {
  const data = new Float64Array(N * (P + Q));
  for (let i = 0; i < N; i++) {
    data.set(left.data.subarray(i * P, (i + 1) * P), i * (P + Q));
    data.set(right.data.subarray(i * Q, (i + 1) * Q), i * (P + Q) + P);
  }
  return matrix(N, P + Q, data);
}

/** A matrix in the kernels' memory. */
function placed({ rows, cols, data }: Matrix): Matrix {
  const own = placeRows(memory, rows, cols);
  own.set(data);
  return { rows, cols, data: own };
}

/** Sums of 81 products, and means of 9,001 rows, differ by some units of rounding of their size when they are added up in another order. */
function assertNear(found: Float64Array, wanted: Float64Array): void {
  assertEquals(found.length, wanted.length);
  const most = wanted.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  found.forEach((value, at) => assert(Math.abs(value - wanted[at]) <= 1e-13 * most, `${at}: ${value} ${wanted[at]}`));
}

for (const m of [1, 3]) {
  Deno.test(`createLinearObjective() of sources side by side agrees with the whole table, ${m} outputs, wherever the parts lie`, () => {
    const y = new Float64Array(N * m);
    for (let i = 0; i < N; i++) y[i * m + (i * 7) % m] = 1;
    const loss = m === 1 ? squared : softmax;
    const w = normal(key(5), m * (P + Q));
    const whole = matrixRows(memory, together());
    const inPlace = (a: Matrix) => matrixRows(memory, placed(a));
    const [x, f] = [matrixRows(memory, left), matrixRows(memory, right)];
    const measure = (source: RowSource, resident: number) => {
      using objective = createLinearObjective(resident > 0 ? backwards : kernels, loss, { source, y }, {
        resident,
        single: true,
      });
      const { value, gradient, predictions } = objective.at(w);
      using second = objective.second(predictions);
      const own = objective.gram(predictions.slice(0, N).map(Math.abs));
      return {
        parts: [Float64Array.of(value), gradient, predictions, second.apply(w), objective.project(w), own.data],
        single: second.applySingle!(w),
        again: objective.at(w).gradient,
      };
    };
    const wanted = measure(whole, 0);
    const first = measure(sideBySide(x, f), 0);
    for (const [a, b] of [[x, f], [inPlace(left), f], [inPlace(left), inPlace(right)]] as const) {
      for (const resident of [0, 1 << 20, 1 << 30]) {
        const found = measure(sideBySide(a, b), resident);
        found.parts.forEach((part, at) => assertNear(part, wanted.parts[at]));
        // To the bit wherever the parts lie, which threads may decide, and in whatever order they take the chunks.
        assertEquals(found, first);
        assertEquals(found.again, found.parts[1]);
        const size = wanted.single.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        // Units of rounding of f32.
        found.single.forEach((value, at) => assert(Math.abs(value - wanted.single[at]) <= 1e-5 * size));
      }
    }
  });
}

Deno.test("createLinearObjective() copies nothing of sources side by side that lie in the kernels' memory", () => {
  const [x, f] = [left, right].map((part) => matrixRows(memory, placed(part)));
  const before = memory.used;
  using objective = createLinearObjective(kernels, squared, { source: sideBySide(x, f), y: new Float64Array(N) }, {
    resident: 1 << 30,
  });
  objective.at(new Float64Array(P + Q));
  // Predictions, slopes and targets of all rows; those of a piece; the weights and their gradient.
  assert(memory.used - before < 3 * 8 * N + 1e5, `${memory.used - before}`);
});
