import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { headSource } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { featureRows } from "../../src/objective/mod.ts";
import { collectRows, matrix, ShapeError } from "../../src/tensor/mod.ts";
import { plainHead, randomFit } from "./_networks.ts";

/** tanh of sums of some terms, by two codes. */
const ROUNDING = 1e-14;

const kernels = await loadKernels("simd");

Deno.test("headSource() has the inputs and the features of every row side by side", () => {
  for (const [n, d, k] of [[1, 1, 1], [2, 3, 5], [37, 4, 3], [1025, 2, 7]]) {
    const fitted = randomFit(squared, n, { n, d, k });
    const { f } = plainHead(fitted);
    using rows = headSource(kernels, fitted);
    assertEquals([rows.d, rows.source.rows, rows.source.cols], [d, n, d + k]);
    const { data } = collectRows(kernels.memory, rows.source);
    for (let i = 0; i < n; i++) {
      const from = i * (d + k);
      assertEquals(data.subarray(from, from + d), fitted.examples.x.data.subarray(i * d, (i + 1) * d));
      for (let j = 0; j < k; j++) assertAlmostEquals(data[from + d + j], f.data[i * k + j], ROUNDING);
    }
  }
});

Deno.test("headSource() gives the same bits where features are computed anew on every pass as where they are held", () => {
  // Above eight million numbers of features they are not held.
  const [n, d, k] = [8193, 2, 1024];
  const net = network(d, chain(dense(d, k), activation("sin")));
  const fitted = randomFit(squared, 3, { n, d, net });
  const { memory } = kernels;
  using rows = headSource(kernels, fitted);
  using features = featureRows(kernels, net, fitted.params, fitted.examples.x);
  const held = collectRows(memory, features).data;
  const width = d + k;
  const at = memory.allocate(8 * 100 * width);
  try {
    // Windows across the pieces in which a pass goes through the network, in no order; the last one twice.
    for (const [from, count] of [[8093, 100], [0, 100], [1000, 90], [8093, 100]]) {
      rows.source.write(from, count, at, width);
      const window = memory.view("f64", at, count * width);
      for (let i = 0; i < count; i++) {
        const row = window.subarray(i * width, (i + 1) * width);
        assertEquals(row.slice(0, d), fitted.examples.x.data.slice((from + i) * d, (from + i + 1) * d));
        assert(row.subarray(d).every((value, j) => value === held[(from + i) * k + j]));
      }
    }
  } finally {
    memory.free(at);
  }
});

Deno.test("headSource() refuses parts that do not fit each other", () => {
  const fitted = randomFit(squared, 1);
  assertThrows(
    () => headSource(kernels, { ...fitted, params: fitted.params.slice(1) }),
    ShapeError,
    "compute features",
  );
  const examples = { x: matrix(2, 3, new Float64Array(6)), y: new Float64Array(2) };
  assertThrows(() => headSource(kernels, { ...fitted, examples }), ShapeError, "compute features");
});
