import { assert, assertEquals } from "@std/assert";
import { createMemory, loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { createBatches } from "../../src/objective/mod.ts";
import { residentOf } from "../../src/objective/internal.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, placeRows } from "../../src/tensor/mod.ts";

/** 8 million inputs: as many as are rounded batch by batch. All but the first rows are zeros, whose pages take no memory. */
const [ROWS, INPUTS, FIRST] = [1 << 19, 16, 40];

Deno.test("createBatches() in f32 rounds inputs of millions in kernel memory batch by batch, without a copy and with the bits of one", async () => {
  const memory = createMemory({ shared: true, megabytes: 128 });
  const kernels = await loadKernels("simd", memory);
  const net = network(INPUTS, chain(dense(INPUTS, 5), activation("tanh")));
  const first = normal(key(1), FIRST * INPUTS);
  const y = new Float64Array(ROWS);
  y.set(normal(key(2), FIRST));
  const data = placeRows(memory, ROWS, INPUTS);
  data.set(first);
  const before = memory.used;
  using large = createBatches(kernels, net, squared, { x: { rows: ROWS, cols: INPUTS, data }, y }, {
    batch: 32,
    dtype: "f32",
  });
  // The targets in single precision, an index for each row, and the step: a copy of the inputs would be four times as much.
  assert(memory.used - before < 4 * ROWS * INPUTS / 2);
  const small = { x: matrix(FIRST, INPUTS, first), y: y.slice(0, FIRST) };
  using copied = createBatches(await loadKernels("simd"), net, squared, small, { batch: 32, dtype: "f32" });
  const params = normal(key(3), net.size);
  const rows = Uint32Array.of(39, 0, 7, 7, 21);
  assertEquals(large.gradient(params, rows), copied.gradient(params, rows));
  const steps = [large, copied].map((batches) => {
    const step = residentOf(batches);
    step.setOrder(null);
    step.write(step.params, params);
    step.differentiate(3, 32);
    return step.read(step.gradient);
  });
  assertEquals(steps[0], steps[1]);
});
