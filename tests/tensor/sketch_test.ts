import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import {
  eigenvalues,
  extendSketch,
  type Factor,
  factorOf,
  leadingFactor,
  type Matrix,
  matrix,
  matrixRows,
  orthonormalRows,
  type RowSource,
  ShapeError,
  sideBySide,
  sketchFactor,
  sketchRows,
} from "../../src/tensor/mod.ts";

const kernels = await loadKernels("relaxed");
const { memory } = kernels;

function finished<T>(steps: Generator<number, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

const [N, D] = [16500, 256];

/** Columns of very different sizes, the first constant; from column 2 on each leans on the one before; the last is 0. */
function inputs(): Matrix {
  const data = normal(key(4), N * D);
  for (let i = 0; i < N; i++) {
    const row = data.subarray(i * D, (i + 1) * D);
    row[0] = 1;
    for (let j = 2; j < D; j++) row[j] = (row[j] + 2 * row[j - 1]) / 2;
    for (let j = 1; j < D; j++) row[j] *= 10 ** (j % 5 - 2);
    row[D - 1] = 0;
  }
  return matrix(N, D, data);
}

/** Q'Q over n [r, r] for the rows that a factor makes nearly orthonormal. */
function products(source: RowSource, factor: Factor): Matrix {
  const { rank: r, rows: n } = factor;
  const { write } = orthonormalRows(kernels, source, factor);
  const at = memory.allocate((n * r + r * r) * 8);
  write(0, n, at, r);
  kernels.f64.gemmTN(r, r, n, at, r, at, r, at + n * r * 8, r, 0, kernels.work);
  const data = memory.view("f64", at + n * r * 8, r * r).map((value) => value / n) as Float64Array<ArrayBuffer>;
  memory.free(at);
  return { rows: r, cols: r, data };
}

/** A copy, since sums are let go of. */
const copy = (sums: Matrix): Matrix => ({ ...sums, data: sums.data.slice() });

/** Weights of rows from those of all. */
const of = (weights: Float64Array<ArrayBuffer>) => (from: number, count: number) => weights.slice(from, from + count);

Deno.test("sketchRows() adds every row once, with a sign and the root of its weight, to one sum", () => {
  const [n, size] = [1000, 64];
  const x = matrix(n, 1, new Float64Array(n).fill(1));
  const weights = normal(key(1), n).map((value) => value * value) as Float64Array<ArrayBuffer>;
  // A row alone shows where it goes: twice itself is twice its sum.
  const [ones, weighted] = finished(sketchRows(kernels, matrixRows(memory, x), size, [null, of(weights)], copy));
  assertEquals([ones.rows, ones.cols, weighted.rows], [size, 1, size]);
  // As many rows in each sum, up to signs: parity tells that none is lost.
  assertEquals(ones.data.reduce((sum, value) => sum + Math.abs(value) % 2, 0) % 2, n % 2);
  for (const row of [0, 17, 999]) {
    const single = matrix(n, 1, new Float64Array(n).with(row, 3));
    const [own, scaled] = finished(sketchRows(kernels, matrixRows(memory, single), size, [null, of(weights)], copy));
    const at = own.data.findIndex((value) => value !== 0);
    assertEquals(own.data.filter((value) => value !== 0).map(Math.abs), Float64Array.of(3));
    assertAlmostEquals(scaled.data[at], own.data[at] * Math.sqrt(weights[row]), 1e-14);
  }
});

Deno.test("sketchRows() with as many sums as rows leaves rows as they are, and refuses other weights", () => {
  const x = matrix(3, 2, [1, 2, 3, 4, 5, 6]);
  assertEquals(finished(sketchRows(kernels, matrixRows(memory, x), 9, [null], copy)), [x]);
  assertThrows(
    () => sketchRows(kernels, matrixRows(memory, x), 9, [() => Float64Array.of(1)], copy).next(),
    ShapeError,
  );
});

Deno.test("sketchFactor() makes columns orthonormal to a factor of 1.8, whatever their sizes, and frees its memory", () => {
  const source = matrixRows(memory, inputs());
  const used = memory.used;
  const factor = finished(sketchFactor(kernels, source, { later: { from: 1, tolerance: 1e-12 } }))!;
  assertEquals([factor.rank, factor.rows, factor.near], [D - 1, N, "sums"]);
  assertEquals(factor.dependent, [{ column: D - 1, on: [], weights: [], rest: 0 }]);
  const values = eigenvalues(kernels, products(source, factor));
  assert(values[0] > 1 / 1.9 && values[D - 2] < 1.9, `${values[0]} ${values[D - 2]}`);
  assertEquals(memory.used, used);
});

Deno.test("sketchFactor() is not for few rows, nor where a column depends on others, nor where sums of one cancel", () => {
  const x = inputs();
  assertEquals(finished(sketchFactor(kernels, matrixRows(memory, { ...x, rows: 16000 }))), null);
  const twice = x.data.slice();
  for (let i = 0; i < N; i++) twice[i * D + 9] = 3 * twice[i * D + 8];
  assertEquals(finished(sketchFactor(kernels, matrixRows(memory, matrix(N, D, twice)))), null);
});

Deno.test("bestLinear() on a sketched factor finds and proves what it finds on that of all rows", () => {
  const x = inputs();
  const source = matrixRows(memory, x);
  const [forWeights, forNoise] = split(key(6), 2);
  const [weights, noise] = [normal(forWeights, 6), normal(forNoise, N)];
  const y = noise.map((value, i) => value + weights.reduce((sum, one, j) => sum + one * x.data[i * D + 3 * j], 0));
  const factor = finished(sketchFactor(kernels, source))!;
  const all = factorOf(kernels, source);
  // Of two outputs there are weights enough for the columns to be used as they are.
  const both = Float64Array.from({ length: 2 * N }, (_, at) => at % 2 === 0 ? y[at / 2] : y[N - 1 - (at - 1) / 2]);
  for (const targets of [Float64Array.from(y), both]) {
    const [near, exact] = [factor, all].map((own) =>
      bestLinear(kernels, squared, { source, y: targets }, { factor: own })
    );
    assertAlmostEquals(near.value, exact.value, 1e-12 * exact.value);
    assert(near.attained && near.value - near.lowerBound! <= 1e-9 * near.value);
    near.weights.forEach((value, at) => assertAlmostEquals(value, exact.weights[at], 1e-6));
  }
});

Deno.test("extendSketch() makes all columns as nearly orthonormal as those it extends, where the others nearly are combinations of them", () => {
  const x = inputs();
  const noise = normal(key(9), 2 * N);
  const more = matrix(N, 2, noise.map((value, at) => value + 50 * x.data[(at >> 1) * D + 5 + at % 2]));
  const [left, right] = [x, more].map((part) => matrixRows(memory, part));
  const used = memory.used;
  const factor = finished(sketchFactor(kernels, left))!;
  const whole = finished(extendSketch(kernels, factor, left, right))!;
  assertEquals([whole.rank, whole.rows, whole.columns, whole.near], [D + 1, N, D + 2, "sums"]);
  const values = eigenvalues(kernels, products(sideBySide(left, right), whole));
  assert(values[0] > 1 / 1.9 && values[D] < 1.9, `${values[0]} ${values[D]}`);
  assertEquals(memory.used, used);
});

Deno.test("bestLinear() of classes factors sums of many rows only, and proves its optimum all the same", () => {
  const x = inputs();
  const y = new Float64Array(3 * N);
  const noise = normal(key(10), 3 * N);
  for (let i = 0; i < N; i++) {
    const scores = [0, 1, 2].map((a) => 0.05 * x.data[i * D + 3 + 5 * a] + noise[3 * i + a]);
    y[3 * i + scores.indexOf(Math.max(...scores))] = 1;
  }
  const found = bestLinear(kernels, softmax, { source: matrixRows(memory, x), y });
  assertEquals([found.factor.near, found.rank, found.attained], ["sums", D - 1, true]);
  assert(found.gapBound! <= 1e-9 * found.value && found.gradientNorm < 1e-6);
});

Deno.test("leadingFactor() is the factor of the first columns, and none where others were taken before them", () => {
  const x = matrix(50, 4, normal(key(8), 200));
  const first = matrix(50, 2, Float64Array.from({ length: 100 }, (_, at) => x.data[4 * (at >> 1) + at % 2]));
  const [found, wanted] = [
    leadingFactor(kernels, factorOf(kernels, matrixRows(memory, x)), 2)!,
    factorOf(kernels, matrixRows(memory, first)),
  ];
  found.T.data.forEach((value, at) => assertAlmostEquals(value, wanted.T.data[at], 1e-13));
  assertEquals([found.columns, found.kept, found.dependent], [2, wanted.kept, []]);
  assertAlmostEquals(found.condition, wanted.condition, 1e-9);
  // The second column is far smaller than a third that it leans on: with pivots the third comes first.
  const leaning = x.data.map((value, at) => at % 4 === 1 ? x.data[at + 1] * 1e-3 + 1e-15 * value : value);
  assertEquals(leadingFactor(kernels, factorOf(kernels, matrixRows(memory, matrix(50, 4, leaning))), 2), null);
});
