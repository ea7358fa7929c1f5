import { assertAlmostEquals, assertLess } from "@std/assert";
import { createMemory, loadKernels } from "../../src/kernels/mod.ts";
import { dense, initialise, network } from "../../src/nn/mod.ts";
import { predictRows } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";

Deno.test("predictRows() takes no more memory for a wide network than for its layers on a few rows", async () => {
  const [k, rows] = [2 ** 17, 128];
  const net = network(2, dense(2, k));
  const params = initialise(net, key(1));
  const x = matrix(rows, 2, normal(key(2), 2 * rows));
  const memory = createMemory();
  const kernels = await loadKernels("simd", memory);
  const { data } = predictRows(kernels, net, params, x);
  // A layer of all rows is 134 MB, of a part of them 34; it takes two.
  assertLess(memory.wasm.buffer.byteLength, 140 * 2 ** 20);
  const alone = predictRows(kernels, net, params, matrix(1, 2, x.data.slice(254)));
  // Another order of the sum over the features.
  assertAlmostEquals(data[127], alone.data[0], 1e-12);
});
