import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, initialise, network, parallel, splitParts } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { layerText } from "../../src/report/mod.ts";
import { matrix, ShapeError } from "../../src/tensor/mod.ts";

/** Sums of a dozen products, the order of which may differ. */
const ROUNDING = 1e-13;

const [ROWS, WIDTH] = [300, 3];
const body = parallel(
  chain(dense(WIDTH, 4), activation("tanh")),
  chain(dense(WIDTH, 3), activation("relu"), dense(3, 2), activation("sigmoid")),
);

Deno.test("a network of layers side by side predicts w'(x + V f), f written out by hand, on rows in the kernels' memory", async () => {
  const net = network(WIDTH, body);
  assertEquals([net.k, net.parameters.map(({ name }) => name)], [6, [
    "w",
    "V",
    ...["0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias", "1.2.weight", "1.2.bias"].map((name) => `theta.${name}`),
  ]]);
  const params = initialise(net, key(1)).map((value, at) => value + 0.01 * at);
  const x = matrix(ROWS, WIDTH, normal(key(2), ROWS * WIDTH));
  using objective = createObjective(await loadKernels("simd"), net, squared, { x, y: new Float64Array(ROWS) });
  const predictions = objective.predict(params);
  const { w, V, theta } = splitParts(net, params);
  const layer = (from: number, input: readonly number[], out: number, phi: (value: number) => number) =>
    Array.from({ length: out }, (_, i) =>
      phi(input.reduce(
        (sum, value, j) => sum + theta[from + i * input.length + j] * value,
        theta[from + out * input.length + i],
      )));
  for (let row = 0; row < ROWS; row++) {
    const input = [...x.data.subarray(row * WIDTH, (row + 1) * WIDTH)];
    const hidden = layer(16, input, 3, (value) => Math.max(0, value));
    const f = [...layer(0, input, 4, Math.tanh), ...layer(28, hidden, 2, (value) => 1 / (1 + Math.exp(-value)))];
    const expected = input.reduce(
      (sum, value, i) => sum + w[i] * f.reduce((inner, feature, j) => inner + V[i * 6 + j] * feature, value),
      0,
    );
    assertAlmostEquals(predictions[row], expected, ROUNDING * Math.max(1, Math.abs(expected)));
  }
});

Deno.test("parallel() refuses no layers, and its text shows every branch", () => {
  assertThrows(() => parallel(), RangeError, "there must be one or more");
  assertThrows(() => parallel(dense(3, 2), dense(4, 2)).outputWidth(3), ShapeError);
  assertEquals(layerText(body.toJson()), "3 → {4 tanh, 3 relu → 2 sigmoid}");
});
