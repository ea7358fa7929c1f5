import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { conditionOfColumns, conditionOfUpper, matrix } from "../../src/tensor/mod.ts";

const simd = await loadKernels("simd");

Deno.test("conditionOfUpper() is within a factor of 3 of the condition of diagonal triangles, and sees what no diagonal entry tells", () => {
  assertEquals(conditionOfUpper(simd, matrix(0, 0, [])), 1);
  assertEquals(conditionOfUpper(simd, matrix(2, 2, [1, 5, 0, 0])), Infinity);
  assertEquals(conditionOfUpper(simd, matrix(1, 1, [1e-300])), 1);
  for (const small of [1e-3, 1e-9, 1e-14]) {
    const d = 20;
    const diagonal = Float64Array.from({ length: d * d }, (_, at) => at % (d + 1) ? 0 : at === 0 ? small : 1);
    const found = conditionOfUpper(simd, matrix(d, d, diagonal));
    assert(found > 0.33 / small && found < 1.01 / small, `${small}: ${found}`);
  }
  // [1, -1, -1, ...]: no diagonal entry tells that it is nearly singular; sigma_min is about 2^(2 - d).
  const d = 30;
  const hidden = matrix(
    d,
    d,
    Float64Array.from({ length: d * d }, (_, at) => {
      const [i, j] = [Math.floor(at / d), at % d];
      return i === j ? 1 : j > i ? -1 : 0;
    }),
  );
  assert(conditionOfUpper(simd, hidden) > 2 ** (d - 2));
});

Deno.test("conditionOfColumns() is conditionOfUpper() of the columns over their norms, also where squares overflow or vanish", () => {
  assertEquals(conditionOfColumns(simd, matrix(0, 0, [])), 1);
  assertEquals(conditionOfColumns(simd, matrix(2, 2, [1, 5, 0, 0])), Infinity);
  const d = 25;
  const numbers = normal(key(4), d * d);
  const sizes = Float64Array.from({ length: d }, (_, j) => [1, 1e-200, 3e190, 1e-5][j % 4]);
  const unit = Float64Array.from({ length: d * d }, (_, at) => at % d < Math.floor(at / d) ? 0 : numbers[at]);
  const norms = Float64Array.from({ length: d }, (_, j) => Math.hypot(...unit.filter((_, at) => at % d === j)));
  const over = unit.map((value, at) => value / norms[at % d]);
  const scaled = unit.map((value, at) => value * sizes[at % d]);
  const expected = conditionOfUpper(simd, matrix(d, d, over));
  assertAlmostEquals(conditionOfColumns(simd, matrix(d, d, scaled)) / expected, 1, 1e-9);
});
