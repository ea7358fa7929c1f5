import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMemory, loadKernels, type Memory } from "../../src/kernels/mod.ts";
import { logistic } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import {
  extendFactor,
  factorOf,
  type Matrix,
  matrix,
  matrixRows,
  placeRows,
  placeTriangle,
  type RowSource,
  ShapeError,
  sideBySide,
  solveUpper,
  solveUpperTransposed,
} from "../../src/tensor/mod.ts";

const random = (rows: number, cols: number, salt: number): Matrix => matrix(rows, cols, normal(key(salt), rows * cols));

/** The same matrix in kernel memory. */
const inMemory = (memory: Memory, { rows, cols, data }: Matrix): Matrix => {
  const placed = placeRows(memory, rows, cols);
  placed.set(data);
  return { rows, cols, data: placed };
};

/** A well-conditioned triangle, with NaN below its diagonal, which must not be read. */
const triangleOf = (r: number): Matrix => {
  const { data } = random(r, r, 5);
  return {
    rows: r,
    cols: r,
    data: data.map((x, at) => at % r < Math.floor(at / r) ? NaN : at % (r + 1) === 0 ? 3 + x * x : x / r),
  };
};

Deno.test("placeTriangle() solves with T and T' as the plain loops do, to rounding, for one right side and several", async () => {
  for (const name of ["relaxed", "simd", "js"] as const) {
    const kernels = await loadKernels(name);
    for (const r of [1, 2, 47, 48, 49, 130]) {
      const t = triangleOf(r);
      const { used } = kernels.memory;
      {
        using placed = placeTriangle(kernels, t);
        for (const m of [1, 2, 7]) {
          const b = normal(key(m), m * r);
          const before = b.slice();
          const pairs = [
            [placed.solve(b), solveUpper(t, b)],
            [placed.solveTransposed(b), solveUpperTransposed(t, b)],
            [solveUpper(t, placed.multiply(b)), b],
          ] as const;
          for (const [own, plain] of pairs) {
            // The condition is a few units: both are exact to some units of rounding of the largest entry.
            const size = plain.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
            own.forEach((x, at) =>
              assert(Math.abs(x - plain[at]) <= 1e-14 * r * size, `${name} ${r} ${m}: ${x} ${plain[at]}`)
            );
          }
          assertEquals(b, before);
        }
      }
      assertEquals(kernels.memory.used, used);
    }
  }
});

Deno.test("placeTriangle() refuses shapes that do not fit", async () => {
  const kernels = await loadKernels("simd");
  assertThrows(() => placeTriangle(kernels, matrix(1, 2, [1, 2])), ShapeError);
  using placed = placeTriangle(kernels, matrix(2, 2, [1, 2, 0, 1]));
  assertThrows(() => placed.solve(new Float64Array(3)), ShapeError);
  assertThrows(() => placed.solveTransposed(new Float64Array(1)), ShapeError);
  assertThrows(() => placed.multiply(new Float64Array(5)), ShapeError);
  assertEquals(placed.solve(new Float64Array(0)).length, 0);
  using none = placeTriangle(kernels, matrix(0, 0, []));
  assertThrows(() => none.solve(new Float64Array(1)), ShapeError);
  assertEquals(none.multiply(new Float64Array(0)).length, 0);
});

Deno.test("placeRows(): rows lie where they are, passes over them make no copy and give the same bits", async () => {
  const memory = createMemory({ shared: true, megabytes: 16 });
  const kernels = await loadKernels("relaxed", memory);
  const [x, y] = [random(400, 7, 1), normal(key(2), 400).map(Math.sign)];
  const placed = inMemory(memory, x);
  assertEquals([placed.rows, placed.cols], [400, 7]);
  assertEquals(Float64Array.from(placed.data), x.data);
  assertEquals(matrixRows(memory, x).at, undefined);
  const rows = matrixRows(memory, placed);
  assertEquals(memory.view("f64", rows.at!(3), 7), placed.data.subarray(21, 28));
  const w = normal(key(3), 7);
  const before = memory.used;
  using held = createLinearObjective(kernels, logistic, { x, y });
  const atHeld = held.at(w);
  const copied = memory.used - before;
  using inPlace = createLinearObjective(kernels, logistic, { x: placed, y });
  const atPlaced = inPlace.at(w);
  // All but the copy of the rows, which blocks of whole cache lines are rounded up to.
  assertEquals(copied - (memory.used - before - copied), 8 * 400 * 7);
  assertEquals(atPlaced, atHeld);
  assertEquals(inPlace.gram(y.map((_, i) => i)), held.gram(y.map((_, i) => i)));
});

Deno.test("placeRows() refuses memory that grows, whose rows would not stay", async () => {
  const { memory } = await loadKernels("simd");
  assertThrows(() => placeRows(memory, 1, 1), RangeError, "only shared memory");
});

Deno.test("extendFactor() gives the same bits for rows in place, and the factor of all columns at once to rounding", async () => {
  const memory = createMemory({ shared: true, megabytes: 16 });
  const kernels = await loadKernels("relaxed", memory);
  const [x, f] = [random(700, 60, 1), random(700, 9, 2)];
  const extended = (rows: RowSource) => {
    const steps = extendFactor(kernels, factorOf(kernels, matrixRows(memory, x)), rows, matrixRows(memory, f));
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value!;
  };
  const [held, inPlace] = [extended(matrixRows(memory, x)), extended(matrixRows(memory, inMemory(memory, x)))];
  assertEquals(inPlace.T.data, held.T.data);
  const whole = factorOf(kernels, sideBySide(matrixRows(memory, x), matrixRows(memory, f)));
  // Both triangles have a positive diagonal, so they are the same one; entries are around 1.
  held.T.data.forEach((entry, at) =>
    assert(Math.abs(entry - whole.T.data[at]) < 1e-13, `${at}: ${entry} ${whole.T.data[at]}`)
  );
});
