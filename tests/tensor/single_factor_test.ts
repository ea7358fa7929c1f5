import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { bestLinear, findBestLinear } from "../../src/baseline/mod.ts";
import { createMemory, loadKernels, shareKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import {
  extendFactor,
  type Factor,
  factorOf,
  matrix,
  matrixRows,
  norm,
  placeRows,
  type RowSource,
  sideBySide,
  singleFactor,
  solveUpper,
  solveUpperTransposed,
} from "../../src/tensor/mod.ts";
import { gramTriangle } from "../../src/tensor/_gram_triangle.ts";
import { startWorker } from "../../tasks/workers/start_worker.ts";

const kernels = await loadKernels("relaxed");
const { memory } = kernels;
const [N, D] = [1040, 513];

function finished<T>(steps: Generator<number, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Rows of noise with an intercept, whose columns have sizes from 1e-2 to 1e2. */
function inputs(rows = N): Float64Array<ArrayBuffer> {
  const data = normal(key(4), rows * D) as Float64Array<ArrayBuffer>;
  for (let at = 0; at < data.length; at++) data[at] = at % D === 0 ? 1 : data[at] * 10 ** (at % D % 5 - 2);
  return data;
}

/** How far `Q'Q u / n` is from u, for Q = X T^-1, as a share of u: the largest of three random u, by plain loops. */
function farthest(source: RowSource, { T, rank: r, rows: n }: Factor): number {
  const at = memory.allocate(8 * n * r);
  source.write(0, n, at, r);
  const x = memory.view("f64", at, n * r).slice();
  memory.free(at);
  const shares = [1, 2, 3].map((seed) => {
    const u = normal(key(seed), r);
    const w = solveUpper(T, Float64Array.from(u));
    const g = new Float64Array(r);
    for (let i = 0; i < n; i++) {
      let p = 0;
      for (let j = 0; j < r; j++) p += x[i * r + j] * w[j];
      for (let j = 0; j < r; j++) g[j] += x[i * r + j] * p / n;
    }
    const back = solveUpperTransposed(T, g);
    return norm(back.map((value, j) => value - u[j])) / norm(Float64Array.from(u));
  });
  return Math.max(...shares);
}

Deno.test("singleFactor() makes columns orthonormal to single precision, and no further, and frees its memory", () => {
  const source = matrixRows(memory, matrix(N, D, inputs()));
  const used = memory.used;
  const factor = finished(singleFactor(kernels, source))!;
  assertEquals([factor.rank, factor.rows, factor.columns, factor.near], [D, N, D, "single"]);
  const off = farthest(source, factor);
  assert(off > 1e-9 && off < 1e-6, String(off));
  assertEquals(memory.used, used);
});

Deno.test("singleFactor() goes by reflections where inner products would lose what tells columns apart", () => {
  const data = inputs();
  // Two columns at an angle of 0.0005: a condition whose square times the rounding of single precision would be a thousandth.
  for (let i = 0; i < N; i++) data[i * D + 7] = data[i * D + 6] * 10 + 0.005 * data[i * D + 7];
  const source = matrixRows(memory, matrix(N, D, data));
  const factor = finished(singleFactor(kernels, source))!;
  assert(factor.condition > 30 && factor.condition < 1e3, String(factor.condition));
  const off = farthest(source, factor);
  assert(off < 1e-4, String(off));
  for (let i = 0; i < D; i++) assert(factor.T.data[i * (D + 1)] > 0, `row ${i}`);
});

Deno.test("gramTriangle() has the inner products of the columns to single precision, over more than one piece of rows", () => {
  const rows = 2 * N;
  const data = inputs(rows);
  const write = (from: number, count: number, to: number) =>
    memory.view("f32", to, count * D).set(data.subarray(from * D, (from + count) * D));
  const r = finished(gramTriangle(kernels, { rows, cols: D, write }))!;
  for (const [a, b] of [[0, 0], [0, 7], [3, 200], [127, 128], [300, 512], [512, 512]]) {
    let [exact, left, right, found] = [0, 0, 0, 0];
    for (let i = 0; i < rows; i++) {
      const [x, y] = [data[i * D + a], data[i * D + b]];
      [exact, left, right] = [exact + x * y, left + x * x, right + y * y];
    }
    for (let i = 0; i < D; i++) found += r[i * D + a] * r[i * D + b];
    assertAlmostEquals(found, exact, 4 * 6e-8 * Math.sqrt(left * right), `${a}, ${b}`);
  }
});

Deno.test("singleFactor() is not for few columns or rows, nor where columns depend on others, are 0, tiny, huge or not finite", () => {
  const data = inputs();
  const found = (change: (row: Float64Array) => void): Factor | null => {
    const changed = data.slice();
    for (let i = 0; i < N; i++) change(changed.subarray(i * D, (i + 1) * D));
    return finished(singleFactor(kernels, matrixRows(memory, matrix(N, D, changed))));
  };
  assertEquals(finished(singleFactor(kernels, matrixRows(memory, matrix(D, D, data.slice(0, D * D))))), null);
  assertEquals(found((row) => row[7] = 3 * row[6]), null);
  assertEquals(found((row) => row[7] = 3 * row[6] + 1e-4 * row[7]), null);
  for (const factor of [0, 1e-20, 1e30, NaN, Infinity]) {
    assertEquals(found((row) => row[7] *= factor), null, `${factor}`);
  }
});

Deno.test("singleFactor() reads rows in pieces of every size, odd ones too", () => {
  // Pieces of 2^19 / d rows: 992, 991 and 989.
  for (const d of [528, 529, 530]) {
    const x = normal(key(d), 2 * d * d);
    const factor = finished(singleFactor(kernels, matrixRows(memory, matrix(2 * d, d, x))))!;
    assertEquals([factor.rank, factor.near], [d, "single"]);
  }
});

Deno.test("singleFactor() gives the same bits on one thread and on two, of rows in kernel memory and of others", async () => {
  const own = createMemory({ shared: true, megabytes: 64 });
  const alone = await loadKernels("relaxed", own);
  using shared = shareKernels(alone, 2, { now: null });
  const worker = startWorker("kernels");
  worker.postMessage({ plan: shared.plan, part: 1 });
  const x = matrix(N, D, inputs());
  const placed = placeRows(own, N, D);
  placed.set(x.data);
  const [one, two, there] = [
    finished(singleFactor(alone, matrixRows(own, x))),
    finished(singleFactor(shared.kernels, matrixRows(own, x))),
    finished(singleFactor(shared.kernels, matrixRows(own, { ...x, data: placed }))),
  ];
  worker.terminate();
  assertEquals([two!.T.data, there!.T.data], [one!.T.data, one!.T.data]);
});

Deno.test("bestLinear() of a wide table finds and proves by a factor in single precision what it finds by one in double, features beside it too", () => {
  const data = inputs();
  const source = matrixRows(memory, matrix(N, D, data));
  const noise = normal(key(6), N);
  const y = Float64Array.from(
    noise,
    (value, i) => value + data[i * D + 2] - 30 * data[i * D + 5] + data[i * D + 4] ** 2 / 1e3,
  );
  const near = finished(findBestLinear(kernels, squared, { source, y }));
  const exact = bestLinear(kernels, squared, { source, y }, { factor: factorOf(kernels, source) });
  assertEquals([near.factor.near, exact.factor.near], ["single", undefined]);
  assertAlmostEquals(near.value, exact.value, 1e-13 * exact.value);
  assert(near.attained && near.value - near.lowerBound! <= 1e-10 * near.value);
  near.weights.forEach((value, at) =>
    assertAlmostEquals(value, exact.weights[at], 1e-9 * (1 + Math.abs(exact.weights[at])))
  );
  const squares = Float64Array.from({ length: 2 * N }, (_, at) => data[(at >> 1) * D + 4 + at % 2] ** 2);
  const more = matrixRows(memory, matrix(N, 2, squares));
  const whole = finished(extendFactor(kernels, near.factor, source, more))!;
  assertEquals([whole.near, whole.rank], ["single", D + 2]);
  assert(farthest(sideBySide(source, more), whole) < 1e-6);
  // Of these little is left by the inputs: one projection would leave the rest a hundred thousandth of the inputs.
  const leaning = Float64Array.from(
    { length: 2 * N },
    (_, at) => data[(at >> 1) * D + 10 + at % 2] + 1e-3 * normal(key(at), 1)[0],
  );
  const little = matrixRows(memory, matrix(N, 2, leaning));
  const nearly = finished(extendFactor(kernels, near.factor, source, little))!;
  assert(farthest(sideBySide(source, little), nearly) < 1e-6);
  const both = { source: sideBySide(source, more), y };
  const [extended, known] = [whole, factorOf(kernels, both.source)].map((factor) =>
    bestLinear(kernels, squared, both, { factor })
  );
  assertAlmostEquals(extended.value, known.value, 1e-13 * known.value);
  assert(extended.attained && extended.gapBound! <= 1e-10 * extended.value);
});
