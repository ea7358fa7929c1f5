import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createMemory, type Kernels, type KernelsName, loadKernels, shareKernels } from "../../src/kernels/mod.ts";
import { key, normal, permutation } from "../../src/random/mod.ts";
import { startWorker } from "../../tasks/workers/start_worker.ts";
import {
  collectRows,
  type Factor,
  factorOf,
  type FactorOptions,
  factorRows,
  type Matrix,
  matrix,
  matrixRows,
  norm,
  orthonormalRows,
  ShapeError,
  solveUpper,
  solveUpperTransposed,
} from "../../src/tensor/mod.ts";

const EPS = Number.EPSILON;

/**
 * Householder's column-wise error: each column of Q T is that of X but for a modest multiple of the number of terms.
 * Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", theorem 19.4. Measured: below 1.
 */
const STABILITY = 4;

const NAMES: readonly KernelsName[] = ["relaxed", "simd", "js"];
const all = await Promise.all(NAMES.map((name) => loadKernels(name)));
const [, simd] = all;

const random = (n: number, d: number, seed: number): Matrix => matrix(n, d, normal(key(seed), n * d));

const factored = (x: Matrix, options?: FactorOptions, kernels: Kernels = simd): Factor =>
  factorOf(kernels, matrixRows(kernels.memory, x), options);

const columnOf = (x: Matrix, j: number) => Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.cols + j]);

/** A matrix from its columns. */
const fromColumns = (columns: readonly ArrayLike<number>[]): Matrix =>
  matrix(
    columns[0].length,
    columns.length,
    Float64Array.from(
      { length: columns[0].length * columns.length },
      (_, at) => columns[at % columns.length][Math.floor(at / columns.length)],
    ),
  );

/** Checks `X[:, kept] = Q T` column by column, the triangle's form, `Q'Q = n I`, and that each cut column is spanned. */
function assertFactor(kernels: Kernels, x: Matrix, factor: Factor, what: string): Matrix {
  const { rows: n, cols: d } = x;
  const { rank, kept, T, dependent, condition } = factor;
  assertEquals([factor.rows, factor.columns, T.rows, T.cols, kept.length], [n, d, rank, rank, rank], what);
  assertEquals(
    [...kept, ...dependent.map(({ column }) => column)].toSorted((a, b) => a - b),
    Array.from({ length: d }, (_, j) => j),
    what,
  );
  T.data.forEach((value, at) => {
    const [i, j] = [Math.floor(at / rank), at % rank];
    assert(j > i || (j === i ? value > 0 : value === 0), `${what}: T at ${i}, ${j} is ${value}`);
  });
  const q = collectRows(kernels.memory, orthonormalRows(kernels, matrixRows(kernels.memory, x), factor));
  kept.forEach((column, j) => {
    const original = columnOf(x, column);
    const [size, most] = [norm(original), Math.max(...original.map(Math.abs))];
    for (let i = 0; i < n; i++) {
      let sum = 0;
      let terms = most;
      for (let k = 0; k <= j; k++) {
        sum += q.data[i * rank + k] * T.data[k * rank + j];
        terms += Math.abs(q.data[i * rank + k] * T.data[k * rank + j]);
      }
      assertAlmostEquals(sum, original[i], STABILITY * (rank + 1) * EPS * terms, `${what}: column ${column} at ${i}`);
    }
    // The scale of T: mean squares, so that its columns have the norms of those of X over the root of n.
    const inT = norm(Float64Array.from({ length: rank }, (_, k) => T.data[k * rank + j]));
    assertAlmostEquals(inT, size / Math.sqrt(n), STABILITY * n * EPS * size, what);
  });
  const bound = STABILITY * (n + d) * EPS * condition;
  for (let j = 0; j < rank; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += q.data[i * rank + j] * q.data[i * rank + k];
      assertAlmostEquals(sum / n, j === k ? 1 : 0, bound, `${what}: q_${j}'q_${k}`);
    }
  }
  for (const { column, on, rest } of dependent) {
    assert(rest >= 0 && rest <= Math.max(n, d) * EPS * 2, `${what}: ${rest} is left of column ${column}`);
    assert(on.every((one) => kept.includes(one)), what);
  }
  return q;
}

for (const kernels of all) {
  Deno.test(`factorOf() with ${kernels.name} is Q T to a few units a column, with Q'Q = n I, on all sizes, and frees its memory`, () => {
    const before = kernels.memory.used;
    const shapes = [[0, 3], [3, 0], [1, 1], [1, 3], [2, 2], [3, 2], [2, 3], [5, 5], [31, 3], [32, 31], [33, 32], [
      61,
      33,
    ]];
    for (const [n, d] of [...shapes, [300, 61], [40, 70], [700, 5]]) {
      const x = random(n, d, n + d);
      const kept = structuredClone(x);
      const factor = factored(x, {}, kernels);
      assertEquals(factor.rank, Math.min(n, d));
      assertFactor(kernels, x, factor, `${n} rows, ${d} columns`);
      assertEquals(x, kept);
    }
    assertEquals(kernels.memory.used, before);
  });

  Deno.test(`factorOf() with ${kernels.name} takes many pieces of rows, and T'T is X'X over n`, () => {
    const [n, d] = [kernels.name === "js" ? 3000 : 20000, 7];
    const x = random(n, d, 5);
    const { T, rank } = factored(x, {}, kernels);
    assertEquals(rank, d);
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < d; k++) {
        let [gram, triangle] = [0, 0];
        for (let i = 0; i < n; i++) gram += x.data[i * d + j] * x.data[i * d + k] / n;
        for (let i = 0; i < d; i++) triangle += T.data[i * d + j] * T.data[i * d + k];
        // Entries near 1: rounding of a sum grows with the root of n here, of which the bound leaves plenty.
        assertAlmostEquals(triangle, gram, n * EPS);
      }
    }
  });
}

Deno.test("factorOf() keeps every column at condition 1e10 and 1e13, in their order or pivoted", () => {
  const n = 60;
  const [a, b, noise] = [1, 2, 3].map((seed) => normal(key(seed), n));
  for (const size of [1e-10, 1e-12, 1e-13]) {
    const near = a.map((value, i) => value + b[i] + size * noise[i]);
    const x = fromColumns([a, b, near]);
    const factor = factored(x);
    assertEquals([factor.rank, factor.dependent.length], [3, 0], `${size}`);
    assert(factor.condition > 0.1 / size && factor.condition < 100 / size, `${size}: ${factor.condition}`);
    assertFactor(simd, x, factor, `${size}`);
  }
});

Deno.test("factorOf() cuts what depends exactly or by rounding, and names on what", () => {
  const n = 60;
  const [a, b, c, other] = [1, 2, 3, 4].map((seed) => normal(key(seed), n));
  const ones = new Float64Array(n).fill(1);
  const sum = a.map((value, i) => value + 1e-3 * b[i]);
  const x = fromColumns([ones, a, b, c, sum, other, ones.map((value) => 3 * value), new Float64Array(n)]);
  const factor = factored(x);
  assertFactor(simd, x, factor, "mixed");
  assertEquals(factor.rank, 5);
  assertEquals(factor.kept[0], 0);
  const [first, second, third] = factor.dependent;
  // a and sum differ by a thousandth of b: whichever of the two is left out depends on the other and on b, which counts less.
  assert(first.column === 1 || first.column === 4);
  assertEquals(first.on, [5 - first.column, 2]);
  assertEquals([second.column, second.on, third.column, third.on, third.rest], [6, [0], 7, [], 0]);
});

Deno.test("factorOf() keeps two of three timestamps whose third is the difference of the others, beside an intercept too", () => {
  const n = 50;
  const start = normal(key(1), n).map((value) => 1.7e12 + Math.round(3e9 * value));
  const took = normal(key(2), n).map((value) => Math.round(1e4 + 2e3 * value));
  const end = start.map((value, i) => value + took[i]);
  const three = factored(fromColumns([start, end, took]));
  assertEquals([three.rank, three.dependent.length, three.dependent[0].on.length], [2, 1, 2]);
  assert(three.dependent[0].rest < 1e-15);
  const four = factored(fromColumns([new Float64Array(n).fill(1), start, end, took]));
  assertEquals([four.rank, four.kept[0], four.dependent.length], [3, 0, 1]);
  assertEquals([...four.dependent[0].on, four.dependent[0].column].toSorted().filter((j) => j > 0), [1, 2, 3]);
});

Deno.test("factorOf() keeps columns with noise of 1e-12 of their size", () => {
  const n = 100;
  const noise = normal(key(9), n);
  const x = fromColumns([new Float64Array(n).fill(1), noise.map((value) => 1 + 1e-12 * value)]);
  assertEquals(factored(x).rank, 2);
  assertEquals(factored(x, { tolerance: 1e-10 }).rank, 1);
});

Deno.test("factorOf() judges each column by its own size, at any scale", () => {
  const [n, d] = [40, 6];
  const x = random(n, d, 3);
  const scales = [1e-300, 1e-160, 1e-5, 1, 1e160, 1e300];
  const scaledX = matrix(n, d, x.data.map((value, at) => value * scales[at % d]));
  const [plain, scaled] = [factored(x), factored(scaledX)];
  assertEquals([scaled.rank, scaled.kept], [d, plain.kept]);
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      const [value, expected] = [scaled.T.data[i * d + j] / scales[j], plain.T.data[i * d + j]];
      assertAlmostEquals(value, expected, STABILITY * n * EPS * plain.condition);
    }
  }
  const tiny = factored(fromColumns([Float64Array.of(5e-324, 0), Float64Array.of(0, Number.MAX_VALUE)]));
  assertEquals(tiny.rank, 2);
  assertEquals(factored(matrix(4, 1, [1, 1, 1, 1].map(() => Number.MAX_VALUE))).rank, 1);
});

Deno.test("factorOf() of zeros, of no rows and of no columns has rank 0, and says which columns are zero", () => {
  for (const [n, d] of [[5, 3], [0, 2], [4, 0]]) {
    const { rank, kept, dependent, T, condition } = factored(matrix(n, d, new Float64Array(n * d)));
    assertEquals([rank, kept, T.data.length, condition], [0, [], 0, 1]);
    assertEquals(dependent, Array.from({ length: d }, (_, column) => ({ column, on: [], weights: [], rest: 0 })));
  }
});

Deno.test("factorOf() does not see the order of the rows, nor a table cut into other pieces, but for rounding", () => {
  const [n, d] = [3000, 12];
  const x = random(n, d, 8);
  const order = permutation(key(2), n);
  const mixed = matrix(n, d, Float64Array.from(x.data, (_, at) => x.data[order[Math.floor(at / d)] * d + at % d]));
  const [one, two] = [factored(x), factored(mixed)];
  assertEquals(one.kept, two.kept);
  one.T.data.forEach((value, at) => assertAlmostEquals(two.T.data[at], value, STABILITY * n * EPS));
});

Deno.test("factorOf() has one rank and one span with every kernel set", () => {
  const [n, d] = [50, 9];
  const x = random(n, d, 4);
  for (let i = 0; i < n; i++) x.data[i * d + 7] = x.data[i * d] - x.data[i * d + 3];
  const [relaxed, ...others] = all.map((kernels) => factored(x, {}, kernels));
  for (const other of others) {
    assertEquals([other.kept, other.dependent.map(({ on }) => on)], [
      relaxed.kept,
      relaxed.dependent.map(({ on }) => on),
    ]);
    other.T.data.forEach((value, at) =>
      assertAlmostEquals(value, relaxed.T.data[at], STABILITY * n * EPS * relaxed.condition)
    );
  }
});

Deno.test("factorOf() refuses NaN and infinity and says where, and a tolerance out of range; memory is given back", () => {
  const before = simd.memory.used;
  for (const bad of [NaN, Infinity, -Infinity]) {
    const x = random(9, 4, 1);
    x.data[4 * 7 + 2] = bad;
    assertThrows(() => factored(x), RangeError, `an entry is NaN or infinite, ${bad} in row 7, column 2`);
  }
  for (const tolerance of [-1, 1, NaN]) {
    assertThrows(() => factored(random(2, 2, 1), { tolerance }), RangeError, `${tolerance}`);
  }
  assertEquals(simd.memory.used, before);
});

Deno.test("factorRows() tells its share of the rows, and can be stopped between pieces without losing memory", () => {
  const before = simd.memory.used;
  const source = matrixRows(simd.memory, random(5000, 60, 1));
  const shares = [];
  const steps = factorRows(simd, source);
  for (let step = steps.next(); !step.done; step = steps.next()) shares.push(step.value);
  assert(shares.length > 2);
  assertEquals([shares.at(-1), shares.toSorted((a, b) => a - b)], [1, shares]);
  const stopped = factorRows(simd, source);
  stopped.next();
  assert(simd.memory.used > before);
  stopped.return(undefined as never);
  assertEquals(simd.memory.used, before);
});

Deno.test("orthonormalRows() gives any window of rows the same bits, with a gap between rows, and refuses another table", () => {
  const [n, d] = [700, 5];
  const x = random(n, d, 6);
  for (let i = 0; i < n; i++) x.data[i * d + 1] = 2 * x.data[i * d];
  const source = matrixRows(simd.memory, x);
  const rows = orthonormalRows(simd, source, factorOf(simd, source));
  const whole = collectRows(simd.memory, rows).data;
  const [r, ld] = [rows.cols, 9];
  const at = simd.memory.allocate(100 * ld * 8);
  const window = simd.memory.view("f64", at, 100 * ld).fill(NaN);
  rows.write(350, 100, at, ld);
  window.forEach((value, i) => {
    assertEquals(value, i % ld < r ? whole[(350 + Math.floor(i / ld)) * r + i % ld] : NaN);
  });
  simd.memory.free(at);
  assertThrows(
    () => orthonormalRows(simd, matrixRows(simd.memory, random(3, d, 1)), factorOf(simd, source)),
    ShapeError,
    "[700, 5], got [3, 5]",
  );
});

Deno.test("solveUpper() and solveUpperTransposed() solve for one and several right sides, and leave them alone", () => {
  for (const r of [1, 2, 5, 33]) {
    const full = normal(key(r), r * r);
    const t = matrix(
      r,
      r,
      full.map((value, at) => at % r < Math.floor(at / r) ? NaN : at % (r + 1) === 0 ? 4 : value / r),
    );
    const b = normal(key(7), 3 * r);
    const kept = b.slice();
    const [x, y] = [solveUpper(t, b), solveUpperTransposed(t, b)];
    for (let side = 0; side < 3; side++) {
      for (let i = 0; i < r; i++) {
        let [sum, other] = [0, 0];
        for (let j = i; j < r; j++) sum += t.data[i * r + j] * x[side * r + j];
        for (let j = 0; j <= i; j++) other += t.data[j * r + i] * y[side * r + j];
        assertAlmostEquals(sum, b[side * r + i], 1e-13);
        assertAlmostEquals(other, b[side * r + i], 1e-13);
      }
    }
    assertEquals(b, kept);
  }
  assertEquals(solveUpper(matrix(0, 0, []), new Float64Array(0)).length, 0);
  assertThrows(() => solveUpper(matrix(2, 2, [1, 0, 0, 1]), new Float64Array(3)), ShapeError, "[any, 2]");
  assertThrows(() => solveUpperTransposed(matrix(1, 2, [1, 0]), new Float64Array(1)), ShapeError);
});

Deno.test("factorOf() with later columns keeps nearly dependent ones before them, and cuts only the later ones by the coarser tolerance", () => {
  const kernels = all[1];
  const n = 40;
  const [noise, base, other] = [1, 2, 3].map((one) => normal(key(one), n));
  // Columns 0 and 1 differ by 1e-9, and so do 2 and 3, which are of the later group.
  const x = matrix(
    n,
    4,
    Array.from(
      { length: n },
      (_, i) => [base[i], base[i] + 1e-9 * noise[i], other[i], other[i] + 1e-9 * base[n - 1 - i]],
    )
      .flat(),
  );
  const source = matrixRows(kernels.memory, x);
  assertEquals(factorOf(kernels, source).rank, 4);
  const { kept, rank, dependent } = factorOf(kernels, source, { later: { from: 2, tolerance: 1e-6 } });
  assertEquals([rank, kept.slice(0, 2).toSorted(), dependent.length], [3, [0, 1], 1]);
  assert(dependent[0].column >= 2);
});

Deno.test("factorOf() of a tall table goes by several triangles, with the same bits on one thread and on two", async () => {
  const memory = createMemory({ shared: true, megabytes: 32 });
  const alone = await loadKernels("relaxed", memory);
  using shared = shareKernels(alone, 2, { now: null });
  const worker = startWorker("kernels");
  worker.postMessage({ plan: shared.plan, part: 1 });
  const [n, d] = [5003, 101];
  const x = { rows: n, cols: d, data: normal(key(11), n * d) };
  const one = factorOf(alone, matrixRows(memory, x));
  const two = factorOf(shared.kernels, matrixRows(memory, x));
  worker.terminate();
  assertEquals(two.T.data, one.T.data);
  // T'T = X'X / n, in plain loops: each entry within some units of rounding of the sizes of its terms.
  const { T } = one;
  let worst = 0;
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      let [own, gram] = [0, 0];
      for (let l = 0; l <= i; l++) own += T.data[l * d + i] * T.data[l * d + j];
      for (let r = 0; r < n; r++) gram += x.data[r * d + i] * x.data[r * d + j] / n;
      worst = Math.max(worst, Math.abs(own - gram));
    }
  }
  assert(worst < 1e-13, String(worst));
});

Deno.test("factorRows() of dependent columns stops in between while it sorts them out", () => {
  // Fewer rows than columns: one piece of rows, and 50 of the columns depend on others.
  const steps = [...factorRows(simd, matrixRows(simd.memory, random(250, 300, 1)))];
  assert(steps.length >= 4, `${steps.length} steps`);
});
