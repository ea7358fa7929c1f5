import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { createMemory, loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, logistic, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { collectRows, matrix, ShapeError } from "../../src/tensor/mod.ts";
import {
  type CertifiedFeatures,
  certifyFeatures,
  type FeatureTable,
  type FeatureTask,
  placeFeatures,
  withConstant,
} from "../../src/train/mod.ts";

const kernels = await loadKernels("simd");
const DOUBLE = 2 ** -53;

const table = (rows: number, cols: number, data: Float64Array | Float32Array, precision = DOUBLE): FeatureTable => ({
  rows,
  cols,
  data,
  precision,
});

function certified(task: FeatureTask): CertifiedFeatures {
  const steps = certifyFeatures(kernels, task);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Standard normal inputs [1 x] of n rows. */
function inputs(n: number, d: number, seed: number): { readonly x: Float64Array; readonly rows: Float64Array } {
  const x = normal(key(seed), n * d);
  const rows = Float64Array.from({ length: n * (d + 1) }, (_, at) => {
    const [i, j] = [Math.floor(at / (d + 1)), at % (d + 1)];
    return j === 0 ? 1 : x[i * d + j - 1];
  });
  return { x, rows };
}

/** Solves a small system by elimination with pivoting: shares nothing with the kernels. */
function solve(A: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i]]);
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    const best = rows.slice(c).reduce((at, row, i) => Math.abs(row[c]) > Math.abs(rows[at][c]) ? c + i : at, c);
    [rows[c], rows[best]] = [rows[best], rows[c]];
    for (let r = c + 1; r < n; r++) {
      const factor = rows[r][c] / rows[c][c];
      for (let j = c; j <= n; j++) rows[r][j] -= factor * rows[c][j];
    }
  }
  const out = new Array<number>(n).fill(0);
  for (let r = n - 1; r >= 0; r--) {
    out[r] = (rows[r][n] - out.reduce((sum, value, j) => j > r ? sum + rows[r][j] * value : sum, 0)) / rows[r][r];
  }
  return out;
}

/** Half the mean square that the best linear function of the columns leaves, by the normal equations. */
function leastSquares(
  columns: readonly (readonly number[])[],
  y: ArrayLike<number>,
): { readonly value: number; readonly fit: number[] } {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
  const weights = solve(columns.map((a) => columns.map((b) => dot(a, b))), columns.map((a) => dot(a, y)));
  const fit = Array.from(y, (_, i) => columns.reduce((sum, column, j) => sum + weights[j] * column[i], 0));
  return { value: fit.reduce((sum, p, i) => sum + (p - y[i]) ** 2, 0) / (2 * fit.length), fit };
}

const N = 200;
const { x, rows } = inputs(N, 2, 1);
const [x1, x2] = [0, 1].map((j) => Array.from({ length: N }, (_, i) => x[2 * i + j]));
const noise = normal(key(2), N);
const ones = new Array<number>(N).fill(1);
const y = Float64Array.from({ length: N }, (_, i) => x1[i] - 0.5 * x2[i] + 0.3 * noise[i]);
const training = { x: matrix(N, 3, rows), y, picked: null };
const relu = x1.map((value) => Math.max(0, value));
const square = x2.map((value) => value * value);
const interleaved = (...columns: readonly (readonly number[])[]) =>
  Float64Array.from(
    { length: N * columns.length },
    (_, at) => columns[at % columns.length][Math.floor(at / columns.length)],
  );

Deno.test("certifyFeatures() finds features that help only with a skip: the head alone is above linear, with w'x below, as normal equations say", () => {
  const features = table(N, 2, interleaved(relu, square));
  const { linear, head, skip, constant, model, lastLayer } = certified({
    loss: squared,
    training,
    heldOut: null,
    features,
    predictions: null,
  });
  assertAlmostEquals(constant.training, leastSquares([ones], y).value, 1e-13);
  assertAlmostEquals(linear.training, leastSquares([ones, x1, x2], y).value, 1e-13);
  assertAlmostEquals(head.training, leastSquares([ones, relu, square], y).value, 1e-13);
  assertAlmostEquals(skip.training, leastSquares([ones, relu, square, x1, x2], y).value, 1e-13);
  assert(head.optimum.lowerBound! > linear.training && skip.training < linear.training);
  assertEquals([model, lastLayer], [null, null]);
});

Deno.test("certifyFeatures() tells a converged last layer from one that stopped early, and how much is left", () => {
  const features = table(N, 2, interleaved(relu, square));
  const best = leastSquares([ones, relu, square], y);
  const at = (share: number) => {
    const predictions = table(N, 1, Float64Array.from(best.fit, (p, i) => p + share * relu[i]));
    return certified({ loss: squared, training, heldOut: null, features, predictions });
  };
  const [done, early] = [at(0), at(0.1)];
  assertEquals([done.lastLayer!.converged, early.lastLayer!.converged], [true, false]);
  assertLess(done.lastLayer!.gradientNorm, 1e-12);
  // Half the mean square of 0.1 relu, since the best fit leaves nothing along the features.
  const expected = relu.reduce((sum, value) => sum + (0.1 * value) ** 2, 0) / (2 * N);
  assertAlmostEquals(early.lastLayer!.excess, expected, 1e-13);
  // Convexity: the bound from slopes at the model is not below what is left.
  assert(early.lastLayer!.bound >= early.lastLayer!.excess);
  assertAlmostEquals(early.lastLayer!.bound, 2 * expected, 1e-12);
  const gradient = [ones, relu, square].map((c) => c.reduce((sum, value, i) => sum + value * 0.1 * relu[i], 0) / N);
  assertAlmostEquals(early.lastLayer!.gradientNorm, Math.hypot(...gradient), 1e-12);
  assert(early.lastLayer!.isLinear && early.lastLayer!.lambda.exact && early.lastLayer!.lambda.lower > 0);
});

Deno.test("certifyFeatures() cannot tell convergence where the predictions are no linear function of the features", () => {
  const features = table(N, 1, Float64Array.from(relu));
  const predictions = table(N, 1, Float64Array.from(square));
  const { lastLayer } = certified({ loss: squared, training, heldOut: null, features, predictions });
  assertEquals([lastLayer!.isLinear, lastLayer!.converged], [false, null]);
  assert(lastLayer!.residual > 0.5);
});

Deno.test("certifyFeatures() finds dead, collinear, rare and saturated units, in float32 to its own precision", () => {
  const dead = new Array<number>(N).fill(0);
  const sum = relu.map((value, i) => 0.1 * value + 0.7 * square[i]);
  const rare = ones.map((_, i) => i === 7 ? 3 : 0);
  const saturated = x1.map((value) => Math.tanh(400 * value));
  const data = Float32Array.from(interleaved(relu, dead, square, sum, rare, saturated));
  const { units } = certified({
    loss: squared,
    training,
    heldOut: null,
    features: table(N, 6, data, 2 ** -24),
    predictions: null,
  });
  assertEquals(units.constant, [{ unit: 1, value: 0 }]);
  assertEquals(units.collinear.length, 1);
  assertEquals([units.collinear[0].unit, ...units.collinear[0].on].sort(), [0, 2, 3]);
  assertEquals([units.rare.map(({ unit }) => unit), units.saturated.map(({ unit }) => unit), units.rank], [
    [4],
    [5],
    4,
  ]);
  // The same numbers as if they were exact: what rounding left over makes the sum independent.
  const exact = certified({ loss: squared, training, heldOut: null, features: table(N, 6, data), predictions: null });
  assertEquals([exact.units.collinear, exact.units.rank], [[], 5]);
});

Deno.test("certifyFeatures() measures held-out rows with what it fitted on the others, whatever the order of the rows", () => {
  const held = Uint32Array.from({ length: 60 }, (_, i) => 3 * i);
  const isHeld = new Set(held);
  const first = Uint32Array.from(Array.from({ length: N }, (_, i) => i).filter((i) => !isHeld.has(i)));
  const part = (picked: Uint32Array) => ({
    x: matrix(picked.length, 3, Array.from(picked).flatMap((i) => [1, x1[i], x2[i]])),
    y: Float64Array.from(picked, (i) => y[i]),
    picked,
  });
  const features = table(N, 2, interleaved(relu, square));
  const { head, model } = certified({
    loss: squared,
    training: part(first),
    heldOut: part(held),
    features,
    predictions: table(N, 1, Float64Array.from(y, (value) => value + 1)),
  });
  const pick = (column: readonly number[], of: Uint32Array) => Array.from(of, (i) => column[i]);
  const [a, b, c] = [ones, relu, square].map((column) => pick(column, first));
  const target = pick([...y], first);
  const dot = (p: readonly number[], q: readonly number[]) => p.reduce((sum, value, i) => sum + value * q[i], 0);
  const weights = solve([a, b, c].map((p) => [a, b, c].map((q) => dot(p, q))), [a, b, c].map((p) => dot(p, target)));
  const losses = Array.from(held, (i) => (weights[0] + weights[1] * relu[i] + weights[2] * square[i] - y[i]) ** 2 / 2);
  assertAlmostEquals(head.heldOut!, losses.reduce((sum, one) => sum + one, 0) / 60, 1e-12);
  assertAlmostEquals(model!.heldOut!, 0.5, 1e-12);
});

Deno.test("certifyFeatures() proves both heads the best for logistic and softmax losses: tangents of another point are not above them", () => {
  const two = Float64Array.from(y, (value) => value > 0 ? 1 : -1);
  const three = Float64Array.from({ length: 3 * N }, (_, at) => {
    const value = y[Math.floor(at / 3)];
    return at % 3 === (value < -0.4 ? 0 : value > 0.4 ? 2 : 1) ? 1 : 0;
  });
  const cases: readonly (readonly [AnyLoss, Float64Array, number])[] = [[logistic, two, 1], [softmax, three, 3]];
  for (const [loss, targets, m] of cases) {
    const predictions = table(N, m, normal(key(9), N * m));
    const { model, linear, head, skip, modelBound, lastLayer } = certified({
      loss,
      training: { ...training, y: targets },
      heldOut: null,
      features: table(N, 2, interleaved(relu, square)),
      predictions,
    });
    // Convexity at the model: its lead over linear is at most the bound.
    assert(model!.training - linear.training <= modelBound! + 1e-12);
    for (const { optimum, training: value } of [linear, head, skip]) {
      assert(optimum.lowerBound! <= value && value - optimum.lowerBound! < 1e-8, `${loss.name} ${value}`);
    }
    assert(skip.training <= head.training && skip.training <= linear.training);
    assertEquals(lastLayer!.converged, null);
  }
});

Deno.test("certifyFeatures() takes the predictions for the features where these are not known", () => {
  const { featuresAre, head, units, lastLayer } = certified({
    loss: squared,
    training,
    heldOut: null,
    features: null,
    predictions: table(N, 1, Float64Array.from(relu)),
  });
  assertEquals([featuresAre, units.count, lastLayer], ["predictions", 1, null]);
  assertAlmostEquals(head.training, leastSquares([ones, relu], y).value, 1e-13);
});

Deno.test("certifyFeatures() bounds lambda_min from 0 to a Rayleigh quotient near it where the Hessian is large", () => {
  const k = 450;
  const n = 600;
  const data = normal(key(5), n * k);
  const { rows: X } = inputs(n, 2, 6);
  const { lastLayer } = certified({
    loss: squared,
    training: { x: matrix(n, 3, X), y: normal(key(7), n), picked: null },
    heldOut: null,
    features: table(n, k, data),
    predictions: table(n, 1, Float64Array.from({ length: n }, (_, i) => data[i * k])),
  });
  const { lower, upper, exact } = lastLayer!.lambda;
  assertEquals([lower, exact], [0, false]);
  // Random features: the least eigenvalue is near (1 - sqrt(k/n))², 0.018, and a Rayleigh quotient is not below it.
  assert(upper > 0.01 && upper < 0.03);
});

Deno.test("certifyFeatures() knows without products that lambda_min is 0 where a feature is 0 everywhere, or of a softmax", () => {
  const [n, k] = [600, 450];
  const data = normal(key(5), n * k);
  const { rows: X } = inputs(n, 2, 6);
  const of = (loss: AnyLoss, m: number, dead: boolean) => {
    const own = data.slice();
    if (dead) { for (let i = 0; i < n; i++) own[i * k + 3] = 0; }
    const y = Float64Array.from({ length: n * m }, (_, at) => at % m === Math.floor(at / m) % m ? 1 : 0);
    return certified({
      loss,
      training: { x: matrix(n, 3, X), y, picked: null },
      heldOut: null,
      features: table(n, k, own),
      predictions: table(n, m, normal(key(8), n * m)),
    }).lastLayer!.lambda;
  };
  assertEquals(of(squared, 1, true), { lower: 0, upper: 0, exact: true });
  assertEquals(of(softmax, 3, false), { lower: 0, upper: 0, exact: true });
  assert(of(squared, 1, false).upper > 0.01);
});

Deno.test("certifyFeatures() refuses shapes that do not fit, and neither features nor predictions", () => {
  const features = table(N - 1, 1, new Float64Array(N - 1));
  const task = { loss: squared, training, heldOut: null, features, predictions: null };
  assertThrows(() => certified(task), ShapeError);
  assertThrows(() => certified({ ...task, features: null }), ShapeError, "features or predictions");
  assertThrows(
    () => certified({ ...task, features: null, predictions: table(N, 2, new Float64Array(2 * N)) }),
    ShapeError,
  );
  assertThrows(() => certified({ ...task, features: table(N, 2, new Float64Array(N)) }), ShapeError);
});

Deno.test("certifyFeatures() takes constant predictions for a linear function of any features, and no more features than rows for independent", () => {
  const k = N + 50;
  const { lastLayer, units, head } = certified({
    loss: squared,
    training,
    heldOut: null,
    features: table(N, k, normal(key(11), N * k)),
    predictions: table(N, 1, new Float64Array(N).fill(0.1)),
  });
  assertEquals([lastLayer!.residual, lastLayer!.isLinear, units.rank], [0, true, N - 1]);
  assertLess(head.training, 1e-20);
  // Below 0 by no more than rounding: no bound is above the loss.
  assertEquals(head.optimum.lowerBound, 0);
});

Deno.test("withConstant() writes the same rows from kernel memory as from elsewhere, in runs and one by one", async () => {
  const shared = await loadKernels("simd", createMemory({ shared: true, megabytes: 8 }));
  const [rows, k] = [9, 6];
  const saved = table(rows, k, Float32Array.from(normal(key(4), rows * k)));
  const placed = placeFeatures(shared.memory, saved);
  assert(placed.data !== saved.data && placed.data.buffer === shared.memory.wasm.buffer);
  for (const picked of [null, Uint32Array.of(1, 2, 3, 5), Uint32Array.of(8, 0, 1, 0)]) {
    const [here, there] = [saved, placed].map((one) => withConstant(shared, one, picked));
    assertEquals(collectRows(shared.memory, there), collectRows(shared.memory, here));
    const [ld, at] = [k + 3, shared.memory.allocate(8 * 2 * (k + 3))];
    there.write(1, 2, at, ld);
    const view = shared.memory.view("f64", at, 2 * ld);
    const second = picked === null ? 2 : picked[2];
    assertEquals([...view.subarray(ld, ld + 1 + k)], [1, ...saved.data.subarray(second * k, (second + 1) * k)]);
  }
});

Deno.test("placeFeatures() leaves float64 and memory of one thread alone", () => {
  const single = table(1, 1, Float32Array.of(1));
  assertEquals(placeFeatures(kernels.memory, single), single);
  const double = table(1, 1, Float64Array.of(1));
  assertEquals(placeFeatures(createMemory({ shared: true, megabytes: 1 }), double), double);
});

Deno.test("certifyFeatures() counts units near an end in 99% of the rows, however late the others come", () => {
  const n = 1000;
  // Between the ends in so many rows, the last or the first ones.
  const between = [9, 10, 11, 400];
  const column = (count: number, late: boolean) => (i: number) =>
    (late ? i >= n - count : i < count) ? 0.5 : i % 3 === 0 ? 1 : 0;
  const columns = between.flatMap((count) => [column(count, true), column(count, false)]);
  const data = Float64Array.from({ length: n * columns.length }, (_, at) => {
    const [i, j] = [Math.floor(at / columns.length), at % columns.length];
    return columns[j](i);
  });
  const { x, rows: X } = inputs(n, 1, 6);
  const { units } = certified({
    loss: squared,
    training: { x: matrix(n, 2, X), y: x, picked: null },
    heldOut: null,
    features: table(n, columns.length, data),
    predictions: null,
  });
  assertEquals(units.saturated, [0, 1, 2, 3].map((unit) => ({ unit, share: unit < 2 ? 0.991 : 0.99 })));
});
