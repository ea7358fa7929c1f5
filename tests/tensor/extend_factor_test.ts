import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { extendFactor, factorOf, matrix, matrixRows, type RowSource, sideBySide } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** Rounding of sums of a hundred products, twice projected. */
const ROUNDING = 1e-12;

function extended(x: RowSource, f: RowSource) {
  const steps = extendFactor(kernels, factorOf(kernels, x), x, f);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

for (const [n, d, k] of [[20, 1, 1], [61, 5, 3], [300, 33, 8], [100, 7, 40]]) {
  Deno.test(`extendFactor() is the factor of all columns, ${n} rows, ${d} and ${k} columns`, () => {
    const x = matrixRows(kernels.memory, matrix(n, d, normal(key(1), n * d)));
    const f = matrixRows(kernels.memory, matrix(n, k, normal(key(2), n * k).map((value) => 1 + 0.5 * value)));
    const [found, whole] = [extended(x, f)!, factorOf(kernels, sideBySide(x, f))];
    assertEquals([found.rank, found.kept], [whole.rank, whole.kept]);
    found.T.data.forEach((entry, at) => assertAlmostEquals(entry, whole.T.data[at], ROUNDING));
  });
}

Deno.test("extendFactor() leaves out the columns that the first factor cut", () => {
  const n = 50;
  const [a, b] = [normal(key(3), n), normal(key(4), n)];
  const x = matrixRows(kernels.memory, matrix(n, 2, Array.from(a, (value) => [value, value]).flat()));
  const f = matrixRows(kernels.memory, matrix(n, 1, b));
  // The first factor's condition is that of the column it kept.
  const found = extended(x, f)!;
  assertEquals([found.rank, found.columns, found.dependent.length], [2, 3, 1]);
  assert(found.kept.includes(2));
});

Deno.test("extendFactor() gives up where a column nearly depends on others, and frees its memory", () => {
  const n = 40;
  const [a, b] = [normal(key(5), n), normal(key(6), n)];
  const x = matrixRows(kernels.memory, matrix(n, 1, a));
  const before = kernels.memory.used;
  for (const off of [0, 1e-12, 1e-7]) {
    const f = matrixRows(kernels.memory, matrix(n, 1, a.map((value, i) => 3 * value + off * b[i])));
    assertEquals(extended(x, f), null);
  }
  assertEquals(kernels.memory.used, before);
});
