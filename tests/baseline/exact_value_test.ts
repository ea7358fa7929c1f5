import { assertEquals, assertGreater } from "@std/assert";
import { exactValue } from "../../src/baseline/_exact_value.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { matrix, matrixRows } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** Integers whose products have 19 digits and cancel to a few: beyond what a sum in f64 holds. */
const BIG = 1_000_000_007;

/** More rows of three columns than go into one piece. */
const ROWS = 50_000;

const x = matrix(
  ROWS,
  3,
  Array.from({ length: 3 * ROWS }, (_, at) => {
    const i = Math.floor(at / 3);
    return [BIG + i % 97, BIG - 2 + i % 97, (i * 7) % 1001][at % 3];
  }),
);

const weights = Float64Array.of(BIG - 5, -BIG - 11, 3, 1 - BIG, BIG, -BIG);

/** Predictions in integers. */
function exactPredictions(): Float64Array {
  return Float64Array.from({ length: 2 * ROWS }, (_, at) => {
    const [i, a] = [Math.floor(at / 2), at % 2];
    let sum = 0n;
    for (let j = 0; j < 3; j++) sum += BigInt(x.data[3 * i + j]) * BigInt(weights[3 * a + j]);
    return Number(sum);
  });
}

Deno.test("exactValue() sums predictions as if in twice the precision: none is off where they cancel", () => {
  const y = exactPredictions();
  using objective = createLinearObjective(kernels, squared, { x, y });
  assertEquals(exactValue(objective, matrixRows(kernels.memory, x), weights), 0);
  assertGreater(objective.at(weights).value, 1);
});

Deno.test("exactValue() is the mean loss of whole rows too, and keeps no memory", () => {
  const y = Float64Array.from({ length: 2 * ROWS }, (_, at) => Number(Math.floor(at / 2) % 2 === at % 2));
  using objective = createLinearObjective(kernels, softmax, { x, y });
  const before = kernels.memory.used;
  const value = exactValue(objective, matrixRows(kernels.memory, x), weights);
  assertEquals(kernels.memory.used, before);
  const p = exactPredictions();
  assertEquals(value, softmax.evaluate({ n: ROWS, m: 2, p, y }, 1, []) / ROWS);
});
