import { assert, assertEquals } from "@std/assert";
import { type Address, createMemory, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { logistic, type Loss, squared } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, matrixRows, type RowSource, sideBySide } from "../../src/tensor/mod.ts";

const memory = createMemory({ shared: true, megabytes: 64 });
const kernels = await loadKernels("simd", memory);

/** More rows than threads take turns at, columns that are no multiple of a vector, and others on either side. */
const [N, P, K, Q] = [17001, 1, 13, 4];

const left = matrix(N, P, new Float64Array(N).fill(1));
const right = matrix(N, Q, normal(key(1), N * Q));
const single = Float32Array.from(normal(key(2), N * K));
const double = matrix(N, K, Float64Array.from(single));

/** Rows in f32 in kernel memory; calls of `write` are counted. */
function placedSingle(): { readonly source: RowSource; readonly written: () => number } {
  const at = memory.allocate(4 * N * K);
  memory.view("f32", at, N * K).set(single);
  let written = 0;
  const write: RowSource["write"] = (from, count, to, ld) => {
    written += count;
    matrixRows(memory, double).write(from, count, to, ld);
  };
  return {
    source: { rows: N, cols: K, write, single: (row): Address => at + 4 * K * row },
    written: () => written,
  };
}

const y = Float64Array.from({ length: N }, (_, i) => i % 3 === 0 ? 1 : -1);

const curved = (on: Kernels, loss: Loss, source: RowSource, weights?: Float64Array) => {
  // Rows that stay in kernel memory in f64 are few, and read there.
  using objective = createLinearObjective(on, loss, { source, y, ...weights && { weights } }, { resident: 0 });
  using second = objective.second(normal(key(3), N));
  return second.apply(normal(key(4), source.cols));
};

const beside = (middle: RowSource) =>
  sideBySide(sideBySide(matrixRows(memory, left), middle), matrixRows(memory, right));

for (const loss of [squared, logistic]) {
  Deno.test(`second().apply() of ${loss.name} reads rows in f32 where they lie, and agrees with the same rows in f64`, () => {
    const { source, written } = placedSingle();
    for (const weights of [undefined, Float64Array.from({ length: N }, (_, i) => 1 + i % 2)]) {
      for (const around of [beside, (middle: RowSource) => middle]) {
        const found = curved(kernels, loss, around(source), weights);
        const wanted = curved(kernels, loss, around(matrixRows(memory, double)), weights);
        const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        // Means over 17,001 rows, added up in another order.
        found.forEach((value, at) => assert(Math.abs(value - wanted[at]) <= 1e-13 * size, `${at}: ${value}`));
      }
    }
    assertEquals(written(), 0);
  });
}

Deno.test("second().apply() over rows in f32 has the same bits in whatever order threads take its calls", () => {
  const { source } = placedSingle();
  const runAll: Kernels["runAll"] = (tasks) => kernels.runAll(tasks.toReversed());
  const [forwards, backwards] = [kernels, { ...kernels, runAll }].map((on) => curved(on, logistic, beside(source)));
  assertEquals(forwards, backwards);
});
