import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import {
  combine,
  dot,
  eigen,
  eigenvalues,
  lowestEigenvector,
  type Matrix,
  matrix,
  multiply,
  norm,
  productTransposed,
  rowOf,
  ShapeError,
  times,
  transpose,
  transposeTimes,
} from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** Sums of at most 20 products of numbers near 1. */
const ROUNDING = 1e-14;

const random = (rows: number, cols: number, seed: number): Matrix => matrix(rows, cols, normal(key(seed), rows * cols));

Deno.test("products agree with their entry-by-entry definition on odd and empty shapes, and leave their inputs alone", () => {
  for (const [m, k, n] of [[0, 3, 2], [3, 0, 2], [1, 1, 1], [2, 5, 3], [7, 4, 1], [5, 13, 8]]) {
    const [a, b] = [random(m, k, 1), random(k, n, 2)];
    const kept = structuredClone([a, b]);
    const entry = (i: number, j: number) =>
      Array.from({ length: k }, (_, l) => a.data[i * k + l] * b.data[l * n + j]).reduce((sum, value) => sum + value, 0);
    const product = multiply(a, b);
    assertEquals([product.rows, product.cols], [m, n]);
    product.data.forEach((value, at) => assertAlmostEquals(value, entry(Math.floor(at / n), at % n), ROUNDING));
    if (n === 1) times(a, b.data).forEach((value, i) => assertAlmostEquals(value, product.data[i], ROUNDING));
    const x = normal(key(3), m);
    assertEquals(transposeTimes(a, x).length, k);
    transposeTimes(a, x).forEach((value, i) => assertAlmostEquals(value, times(transpose(a), x)[i], ROUNDING));
    assertEquals(transpose(transpose(a)), a);
    assertEquals([a, b], kept);
  }
});

Deno.test("productTransposed() is A B' on odd and empty shapes, frees its memory, and refuses shapes that do not fit", () => {
  const before = kernels.memory.used;
  for (const [m, k, n] of [[0, 3, 2], [3, 0, 2], [1, 1, 1], [5, 13, 8], [33, 7, 40]]) {
    const [a, b] = [random(m, k, 1), random(n, k, 2)];
    const [product, expected] = [productTransposed(kernels, a, b), multiply(a, transpose(b))];
    assertEquals([product.rows, product.cols], [m, n]);
    product.data.forEach((value, at) => assertAlmostEquals(value, expected.data[at], ROUNDING));
  }
  assertEquals(kernels.memory.used, before);
  assertThrows(() => productTransposed(kernels, random(2, 3, 1), random(2, 2, 1)), ShapeError, "[any, 3], got [2, 2]");
});

Deno.test("operations refuse shapes that do not fit, naming both", () => {
  const a = random(2, 3, 1);
  assertThrows(() => multiply(a, a), ShapeError, "expected shape [3, any], got [2, 3]");
  assertThrows(() => times(a, new Float64Array(2)), ShapeError, "expected shape [3], got [2]");
  assertThrows(() => transposeTimes(a, new Float64Array(3)), ShapeError, "expected shape [2], got [3]");
  assertThrows(() => dot(new Float64Array(2), new Float64Array(3)), ShapeError);
  assertThrows(() => combine(1, new Float64Array(2), 1, new Float64Array(3)), ShapeError);
  assertThrows(() => matrix(2, 2, [1, 2, 3]), ShapeError, "expected shape [2, 2], got 3 entries");
  assertThrows(() => eigen(kernels, a), ShapeError);
  assertThrows(() => rowOf(a, 2), RangeError, "the matrix has 2 rows");
  const error = new ShapeError("add", "[1]", "[2]");
  assertEquals([error.operation, error.expected, error.actual, error instanceof TypeError], [
    "add",
    "[1]",
    "[2]",
    true,
  ]);
});

Deno.test("norm() neither overflows nor vanishes, and carries NaN and infinity", () => {
  for (const scale of [1e-320, 1e-200, 1, 1e200, 1e307]) {
    const expected = 5 * scale;
    assertAlmostEquals(
      norm(Float64Array.of(3 * scale, -4 * scale)) / scale,
      expected / scale,
      1e-3 * (scale < 1e-300 ? 1 : 1e-9),
    );
  }
  assertEquals(norm(new Float64Array(0)), 0);
  assertEquals(norm(Float64Array.of(1, NaN)), NaN);
  assertEquals(norm(Float64Array.of(1, -Infinity)), Infinity);
});

Deno.test("combine() is alpha x + beta y in a new vector", () => {
  const x = Float64Array.of(1, 2);
  const sum = combine(2, x, -3, Float64Array.of(5, 7));
  assertEquals([...sum], [-13, -17]);
  assert(sum.buffer !== x.buffer);
});

Deno.test("eigen() diagonalises through every kernel set; eigenvalues() agrees; NaN is refused", async () => {
  for (const name of ["simd", "relaxed", "js"] as const) {
    const set = await loadKernels(name);
    const b = random(9, 9, 4);
    const a = matrix(9, 9, multiply(b, transpose(b)).data);
    const { values, vectors } = eigen(set, a);
    const rebuilt = multiply(
      transpose(vectors),
      matrix(9, 9, vectors.data.map((value, at) => value * values[Math.floor(at / 9)])),
    );
    rebuilt.data.forEach((value, at) => assertAlmostEquals(value, a.data[at], 1e-12));
    eigenvalues(set, a).forEach((value, j) => assertAlmostEquals(value, values[j], 1e-12));
    assertThrows(() => eigen(set, matrix(2, 2, [1, NaN, NaN, 1])), RangeError, "NaN or infinite");
    assertEquals(eigen(set, matrix(0, 0, [])).values.length, 0);
  }
});

Deno.test("lowestEigenvector() is the first vector of eigen(), also of singular, tiny and clustered matrices", () => {
  const n = 23;
  const { vectors } = eigen(
    kernels,
    matrix(n, n, random(n, n, 5).data.map((value, i, all) => value + all[i % n * n + Math.floor(i / n)])),
  );
  const spectra = [
    Float64Array.from({ length: n }, (_, j) => j - 11),
    Float64Array.from({ length: n }, (_, j) => j === 0 ? 0 : 1),
    Float64Array.from({ length: n }, (_, j) => j < 3 ? -1 : j),
    new Float64Array(n),
  ];
  for (const spectrum of spectra) {
    for (const scale of [1, 1e-120, 1e120]) {
      const scaledRows = {
        ...vectors,
        data: vectors.data.map((value, i) => value * scale * spectrum[Math.floor(i / n)]),
      };
      const a = multiply(transpose(vectors), scaledRows);
      const least = eigenvalues(kernels, a)[0];
      const vector = lowestEigenvector(kernels, a, least);
      assertAlmostEquals(norm(vector), 1, ROUNDING);
      const residual = norm(times(a, vector).map((value, i) => value - least * vector[i]));
      // The shift, 1e-13 of the norm, is what a solve can tell apart; a few of them bound the residual.
      assert(residual <= 1e-12 * norm(a.data), `residual ${residual} beside ${norm(a.data)}`);
    }
  }
  assertThrows(() => lowestEigenvector(kernels, matrix(2, 2, [1, 0, 0, 5]), 3), RangeError, "a smaller eigenvalue");
  assertThrows(() => lowestEigenvector(kernels, matrix(1, 2, [1, 0]), 0), ShapeError);
});
