import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { logistic, softmax } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { createLinearObjective, createObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { joinColumns, type Matrix, matrix, ShapeError, type Vector } from "../../src/tensor/mod.ts";

/** More rows than kernel memory holds at a time: 30 or 37 columns of them take 5.6 and 6.9 MiB, a window 4. */
const [ROWS, D, K] = [24_500, 30, 7];

/** Sums of 24,500 terms near 1, in another order. */
const ROUNDING = 1e-11;

const kernels = await loadKernels("simd");
const x = matrix(ROWS, D, normal(key(1), ROWS * D));
const f = matrix(ROWS, K, normal(key(2), ROWS * K));
const y = normal(key(3), ROWS).map((value) => value < 0 ? -1 : 1);

/** Rows `from` to `to`, few enough to stay. */
const part = ({ cols, data }: Matrix, from: number, to: number): Matrix =>
  matrix(to - from, cols, data.slice(from * cols, to * cols));
const PARTS = [[0, 9000], [9000, 18_000], [18_000, ROWS]] as const;

function assertClose(found: Vector, wanted: Vector): void {
  assertEquals(found.length, wanted.length);
  found.forEach((value, at) => assertAlmostEquals(value, wanted[at], ROUNDING * (1 + Math.abs(wanted[at]))));
}

/** The sum of vectors that are means over parts, each weighed by its share of the rows. */
function overParts(each: (from: number, to: number) => Vector): Vector {
  return PARTS.map(([from, to]) => each(from, to).map((value) => value * (to - from) / ROWS))
    .reduce((a, b) => a.map((value, at) => value + b[at]));
}

Deno.test("createLinearObjective() on data that pass through kernel memory is the mean over parts that stay there", () => {
  using large = createLinearObjective(kernels, logistic, { x, beside: f, y });
  const w = normal(key(4), D + K);
  const sums = large.at(w);
  const { value, gradient, predictions } = sums;
  const weights = normal(key(5), ROWS);
  const found = [value, ...gradient, ...large.hessian(predictions).data];
  const wanted = overParts((from, to) => {
    using small = createLinearObjective(kernels, logistic, {
      x: joinColumns(part(x, from, to), part(f, from, to)),
      y: y.slice(from, to),
    });
    const own = small.at(w);
    return Float64Array.of(own.value, ...own.gradient, ...small.hessian(own.predictions).data);
  });
  assertClose(Float64Array.from(found), wanted);
  assertClose(large.project(w), predictions);
  // Twice the same pass, other rows having been brought in between, is the same to the bit.
  assertEquals(large.gram(weights), large.gram(weights));
  assertEquals(large.at(w), sums);
});

Deno.test("createLinearObjective() with several outputs passes large data through as it does with one", () => {
  const classes = Float64Array.from({ length: 3 * ROWS }, (_, at) => at % 3 === Math.floor(at / 3) % 3 ? 1 : 0);
  using large = createLinearObjective(kernels, softmax, { x, y: classes });
  const w = normal(key(6), 3 * D);
  const { value, gradient, predictions } = large.at(w);
  const wanted = overParts((from, to) => {
    using small = createLinearObjective(kernels, softmax, { x: part(x, from, to), y: classes.slice(3 * from, 3 * to) });
    const own = small.at(w);
    return Float64Array.of(own.value, ...own.gradient);
  });
  assertClose(Float64Array.of(value, ...gradient), wanted);
  assertEquals(predictions.length, 3 * ROWS);
});

Deno.test("createObjective() on data that pass through kernel memory is the mean over parts that stay there", () => {
  const net = network(D, chain(dense(D, K), activation("tanh")));
  const [point, direction] = [normal(key(7), net.size), normal(key(8), net.size)];
  using large = createObjective(kernels, net, logistic, { x, y });
  const { value, gradient } = large.valueAndGradient(point);
  const found = Float64Array.of(value, large.value(point), ...gradient, ...large.hvp(point, direction));
  const wanted = overParts((from, to) => {
    using small = createObjective(kernels, net, logistic, { x: part(x, from, to), y: y.slice(from, to) });
    const own = small.valueAndGradient(point);
    return Float64Array.of(own.value, small.value(point), ...own.gradient, ...small.hvp(point, direction));
  });
  assertClose(found, wanted);
  const [features, predictions] = [large.features(point), large.predict(point)];
  using last = createObjective(kernels, net, logistic, { x: part(x, 18_000, ROWS), y: y.slice(18_000) });
  assertClose(features.data.slice(18_000 * K), last.features(point).data);
  assertClose(predictions.slice(18_000), last.predict(point));
});

Deno.test("objectives hold less of large data in kernel memory than the data take", () => {
  const before = kernels.memory.used;
  using _large = createLinearObjective(kernels, logistic, { x, beside: f, y });
  assert(kernels.memory.used - before < 0.8 * 8 * ROWS * (D + K));
});

Deno.test("createLinearObjective() refuses inputs beside others that have not as many rows", () => {
  const [a, b] = [matrix(2, 1, [1, 2]), matrix(3, 1, [1, 2, 3])];
  assertThrows(
    () => createLinearObjective(kernels, logistic, { x: a, beside: b, y: Float64Array.of(1, -1) }),
    ShapeError,
    "[2, any]",
  );
});
