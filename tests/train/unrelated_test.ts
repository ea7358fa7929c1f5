import { assert, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { fold, key, normal, permutation } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { certifyFeatures } from "../../src/train/mod.ts";
import { finish } from "../support/small_problem.ts";

const [ROWS, INPUTS] = [120, 5];
const kernels = await loadKernels("simd");

/** Inputs, a constant first, targets that they explain with noise, and what a model predicts that nearly knows. */
function table(salt: number) {
  const own = fold(key(16), salt);
  const [z, noise] = [normal(fold(own, "x"), ROWS * INPUTS), normal(fold(own, "noise"), ROWS)];
  const data = new Float64Array(ROWS * (INPUTS + 1));
  const truth = new Float64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    data.set([1, ...z.subarray(i * INPUTS, (i + 1) * INPUTS)], i * (INPUTS + 1));
    truth[i] = Math.tanh(z[i * INPUTS]) + z[i * INPUTS + 1];
  }
  return { x: matrix(ROWS, INPUTS + 1, data), y: truth.map((value, i) => value + 0.3 * noise[i]), truth };
}

/** Whether the predictions of a table count as those of other rows. */
function unrelated({ x, y }: ReturnType<typeof table>, p: Float64Array): boolean {
  const training = { x, y, picked: null };
  const predictions = { rows: ROWS, cols: 1, data: p, precision: 2 ** -53 };
  return finish(certifyFeatures(kernels, { loss: squared, training, heldOut: null, features: null, predictions }))
    .unrelated;
}

Deno.test("certifyFeatures() tells predictions of rows in another order from a bad model in order", () => {
  let found = 0;
  for (let salt = 0; salt < 50; salt++) {
    const one = table(salt);
    const order = permutation(fold(key(17), salt), ROWS);
    if (unrelated(one, one.truth.map((_, i) => one.truth[order[i]]))) found++;
    // Right, turned around, much too large.
    for (const bad of [(p: number) => p, (p: number) => -p, (p: number) => 9 * p]) {
      assert(!unrelated(one, one.truth.map(bad)), `${salt}`);
    }
  }
  // Four standard deviations of chance: hardly any order is missed.
  assert(found >= 48, String(found));
});

Deno.test("certifyFeatures() calls no model unrelated that predicts one number, or has too few rows to tell", () => {
  const one = table(0);
  assertEquals(unrelated(one, new Float64Array(ROWS).fill(7)), false);
  const few = matrix(6, 6, one.x.data.slice(0, 36));
  const training = { x: few, y: one.y.slice(0, 6), picked: null };
  const predictions = { rows: 6, cols: 1, data: Float64Array.of(9, -9, 9, -9, 9, -9), precision: 2 ** -53 };
  const task = { loss: squared, training, heldOut: null, features: null, predictions };
  assertEquals(finish(certifyFeatures(kernels, task)).unrelated, false);
});
