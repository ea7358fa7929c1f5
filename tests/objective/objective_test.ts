import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ACTIVATION_CODES, type ActivationName, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss, type Loss, LOSSES, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, type Layer, type Network, network, residual } from "../../src/nn/mod.ts";
import { createBatches, createObjective } from "../../src/objective/mod.ts";
import { key, normal, permutation } from "../../src/random/mod.ts";
import { dot, matrix, norm, ShapeError, type Vector } from "../../src/tensor/mod.ts";
import { centralGradient, naiveFeatures, naiveObjective, naivePrediction } from "../support/naive_network.ts";

const kernelSets: readonly Kernels[] = await Promise.all(
  (["simd", "relaxed", "js"] as const).map((name) => loadKernels(name)),
);
const [simd] = kernelSets;

/** Sums of tens of products of numbers near 1, through a few layers. */
const ROUNDING = 1e-12;

/** Central differences with this step: h² of truncation and 1e-16 / h of rounding, both near 1e-10. */
const STEP = 1e-5;
const DIFFERENCE = 1e-8;

const logCosh = defineLoss({
  name: "log_cosh",
  convex: true,
  value: (p, y) => Math.log(Math.cosh(p - y)),
  d1: (p, y) => Math.tanh(p - y),
  d2: (p, y) => 1 - Math.tanh(p - y) ** 2,
});

/** Layer trees of every kind that reads 3 inputs. */
const TREES: readonly (readonly [name: string, theta: Layer])[] = [
  ...(Object.keys(ACTIVATION_CODES) as ActivationName[]).map((name) =>
    [`4 ${name}`, chain(dense(3, 4), activation(name))] as const
  ),
  ["the identity", chain()],
  ["an activation alone", activation("tanh")],
  ["dense without bias", dense(3, 2, { bias: false })],
  ["two hidden layers", chain(dense(3, 5), activation("gelu"), dense(5, 4), activation("sin"))],
  ["a residual block", chain(dense(3, 4), residual(chain(activation("silu"), dense(4, 4), activation("tanh"))))],
  [
    "a residual in a residual",
    residual(chain(residual(chain(dense(3, 3), activation("softplus"))), activation("sin"), dense(3, 3))),
  ],
  ["activations in a row", chain(dense(3, 3), activation("softplus"), activation("tanh"), activation("sigmoid"))],
];

/** Data of `rows` rows with targets that the loss takes, and a point near which nothing is flat. */
function problem(net: Network, rows: number, loss: Loss = squared) {
  const x = { rows, cols: net.d, data: normal(key(1), rows * net.d) };
  const draws = normal(key(2), rows * net.outputs);
  const y = loss.target === "class"
    ? draws.map((value) => value < 0 ? -1 : 1)
    : loss.name === "poisson"
    ? draws.map((value) => Math.floor(Math.abs(3 * value)))
    : draws;
  return { data: { x, y }, point: normal(key(3), net.size).map((value) => 0.6 * value) };
}

function assertVectors(actual: Vector, expected: Vector, tolerance: number, what: string): void {
  assertEquals(actual.length, expected.length);
  const scale = 1 + norm(expected);
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i], tolerance * scale, `${what}, entry ${i}`));
}

/** Hessian-vector product by central differences of the gradient under test. */
function differencedHvp(gradient: (point: Vector) => Vector, point: Vector, direction: Vector): Float64Array {
  const moved = (by: number) => gradient(point.map((value, i) => value + by * direction[i]));
  const [above, below] = [moved(STEP), moved(-STEP)];
  return above.map((value, i) => (value - below[i]) / (2 * STEP));
}

for (const [name, theta] of TREES) {
  const net = network(3, theta);
  Deno.test(`createObjective() through ${name} has the naive value, features and predictions`, () => {
    const { data, point } = problem(net, 7);
    const rows = Array.from({ length: 7 }, (_, i) => [...data.x.data.slice(3 * i, 3 * i + 3)]);
    for (const kernels of kernelSets) {
      using objective = createObjective(kernels, net, squared, data);
      assertAlmostEquals(objective.value(point), naiveObjective(net, squared, data, point), ROUNDING);
      const features = Float64Array.from(rows.flatMap((row) => naiveFeatures(net, point, row)));
      assertVectors(objective.features(point).data, features, ROUNDING, "features");
      const predictions = Float64Array.from(rows.flatMap((row) => naivePrediction(net, point, row)));
      assertVectors(objective.predict(point), predictions, ROUNDING, "predictions");
    }
  });

  Deno.test(`createObjective() through ${name} has the gradient of central differences of the naive value`, () => {
    const { data, point } = problem(net, 5);
    const expected = centralGradient((at) => naiveObjective(net, squared, data, at), point, STEP);
    for (const kernels of kernelSets) {
      using objective = createObjective(kernels, net, squared, data);
      const { value, gradient } = objective.valueAndGradient(point);
      assertAlmostEquals(value, objective.value(point), ROUNDING);
      assertVectors(gradient, expected, DIFFERENCE, "gradient");
    }
  });

  Deno.test(`createObjective() through ${name} has a symmetric, linear hvp that differences of the gradient confirm`, () => {
    const { data, point } = problem(net, 6);
    const [u, v] = [normal(key(8), net.size), normal(key(9), net.size)];
    for (const kernels of kernelSets) {
      using objective = createObjective(kernels, net, squared, data);
      const [hu, hv] = [objective.hvp(point, u), objective.hvp(point, v)];
      assertVectors(hu, differencedHvp((at) => objective.valueAndGradient(at).gradient, point, u), DIFFERENCE, "hvp");
      assertAlmostEquals(dot(v, hu), dot(u, hv), ROUNDING * (1 + norm(u) * norm(hv)));
      const sum = objective.hvp(point, u.map((value, i) => 2 * value - 3 * v[i]));
      assertVectors(sum, hu.map((value, i) => 2 * value - 3 * hv[i]), ROUNDING * 10, "linearity");
    }
  });
}

for (const loss of [...LOSSES, logCosh]) {
  Deno.test(`createObjective() differentiates ${loss.name} twice`, () => {
    const net = network(3, chain(dense(3, 4), activation("tanh")));
    const { data, point } = problem(net, 6, loss);
    const expected = centralGradient((at) => naiveObjective(net, loss, data, at), point, STEP);
    const u = normal(key(8), net.size);
    for (const kernels of kernelSets) {
      using objective = createObjective(kernels, net, loss, data);
      assertVectors(objective.valueAndGradient(point).gradient, expected, DIFFERENCE, "gradient");
      const differenced = differencedHvp((at) => objective.valueAndGradient(at).gradient, point, u);
      assertVectors(objective.hvp(point, u), differenced, 10 * DIFFERENCE, "hvp");
    }
  });
}

Deno.test("createObjective() handles several outputs: W of two rows", () => {
  const net = network(3, chain(dense(3, 4), activation("tanh")), { outputs: 2 });
  const { data, point } = problem(net, 5);
  using objective = createObjective(simd, net, squared, data);
  assertAlmostEquals(objective.value(point), naiveObjective(net, squared, data, point), ROUNDING);
  const expected = centralGradient((at) => naiveObjective(net, squared, data, at), point, STEP);
  assertVectors(objective.valueAndGradient(point).gradient, expected, DIFFERENCE, "gradient");
  const u = normal(key(8), net.size);
  const differenced = differencedHvp((at) => objective.valueAndGradient(at).gradient, point, u);
  assertVectors(objective.hvp(point, u), differenced, DIFFERENCE, "hvp");
});

Deno.test("createObjective() differentiates softmax twice through a network of three outputs, and batches agree", () => {
  const net = network(3, chain(dense(3, 4), activation("tanh")), { outputs: 3 });
  const { data: { x }, point } = problem(net, 6);
  const data = { x, y: Float64Array.from({ length: 18 }, (_, at) => Math.floor(at / 3) % 3 === at % 3 ? 1 : 0) };
  const everyRow = Uint32Array.from({ length: 6 }, (_, i) => 5 - i);
  for (const kernels of kernelSets) {
    using objective = createObjective(kernels, net, softmax, data);
    // The mean cross-entropy from the predictions, straight from its definition.
    const naive = (at: Vector) => {
      const p = objective.predict(at);
      let sum = 0;
      for (let i = 0; i < 6; i++) {
        const row = Array.from(p.subarray(3 * i, 3 * i + 3), Math.exp);
        sum -= Math.log(row[i % 3] / (row[0] + row[1] + row[2])) / 6;
      }
      return sum;
    };
    const { value, gradient } = objective.valueAndGradient(point);
    assertAlmostEquals(value, naive(point), ROUNDING);
    assertVectors(gradient, centralGradient(naive, point, STEP), DIFFERENCE, "gradient");
    const u = normal(key(8), net.size);
    const differenced = differencedHvp((at) => objective.valueAndGradient(at).gradient, point, u);
    assertVectors(objective.hvp(point, u), differenced, 10 * DIFFERENCE, "hvp");
    using batches = createBatches(kernels, net, softmax, data, { batch: 6 });
    assertVectors(batches.gradient(point, everyRow).gradient, gradient, ROUNDING, "batch");
  }
});

Deno.test("createObjective() sums over any number of chunks of rows, and gives the same bits twice", () => {
  const net = network(3, chain(dense(3, 4), activation("tanh")));
  for (const rows of [1, 1023, 1024, 1025, 2500]) {
    const { data, point } = problem(net, rows);
    using objective = createObjective(simd, net, squared, data);
    assertAlmostEquals(objective.value(point), naiveObjective(net, squared, data, point), ROUNDING);
    assertEquals(objective.valueAndGradient(point), objective.valueAndGradient(point));
    assertEquals(objective.features(point).rows, rows);
  }
});

Deno.test("createObjective() leaves its inputs alone, keeps its results, and gives its memory back", () => {
  const net = network(3, chain(dense(3, 4), activation("tanh")));
  const { data, point } = problem(net, 9);
  const [copy, kept] = [point.slice(), structuredClone(data)];
  const before = simd.memory.used;
  {
    using objective = createObjective(simd, net, squared, data);
    const first = objective.valueAndGradient(point);
    const gradient = first.gradient.slice();
    objective.valueAndGradient(point.map((value) => -value));
    objective.hvp(point, point);
    assertEquals(first.gradient, gradient);
  }
  assertEquals([point, data], [copy, kept]);
  assertEquals(simd.memory.used, before);
});

Deno.test("createObjective() refuses data and points that do not fit, by class and words", () => {
  const net = network(3, dense(3, 2));
  const x = matrix(2, 3, [1, 2, 3, 4, 5, 6]);
  const make = (data: { x: ReturnType<typeof matrix>; y: Float64Array }) => () =>
    createObjective(simd, net, squared, data);
  assertThrows(
    make({ x: matrix(2, 1, [1, 2]), y: new Float64Array(2) }),
    ShapeError,
    "expected shape [rows, 3], got [2, 1]",
  );
  assertThrows(make({ x, y: new Float64Array(3) }), ShapeError, "expected shape [2], got [3]");
  using objective = createObjective(simd, net, squared, { x, y: new Float64Array(2) });
  assertThrows(() => objective.value(new Float64Array(4)), ShapeError, `[${net.size}], got [4]`);
});

Deno.test("createBatches() has the naive gradient of the rows that the order names, in f64 and within rounding in f32", () => {
  const net = network(3, chain(dense(3, 4), activation("tanh")));
  const { data, point } = problem(net, 11);
  const order = permutation(key(5), 11);
  for (const kernels of kernelSets) {
    for (const dtype of ["f64", "f32"] as const) {
      using batches = createBatches(kernels, net, squared, data, { batch: 4, dtype });
      for (const [from, count] of [[0, 4], [4, 4], [8, 3], [10, 1]]) {
        const rows = Array.from(order.slice(from, from + count));
        const part = {
          x: matrix(count, 3, rows.flatMap((row) => [...data.x.data.slice(3 * row, 3 * row + 3)])),
          y: Float64Array.from(rows, (row) => data.y[row]),
        };
        const expected = centralGradient((at) => naiveObjective(net, squared, part, at), point, STEP);
        const { value, gradient } = batches.gradient(point, order.subarray(from, from + count));
        const tolerance = dtype === "f64" ? DIFFERENCE : 1e-5;
        assertAlmostEquals(value, naiveObjective(net, squared, part, point), tolerance);
        assertVectors(gradient, expected, tolerance, `${dtype} rows ${from} to ${from + count}`);
      }
    }
  }
});

Deno.test("createBatches() refuses rows that are not there", () => {
  const net = network(3, dense(3, 2));
  const { data, point } = problem(net, 5);
  using batches = createBatches(simd, net, squared, data, { batch: 2 });
  for (const [rows, got] of [[[], "0 of them"], [[0, 1, 2], "3 of them"], [[4, 5], "row 5 of 5"]] as const) {
    assertThrows(() => batches.gradient(point, Uint32Array.from(rows)), RangeError, got);
  }
  assertThrows(() => batches.gradient(point.slice(1), Uint32Array.of(0)), ShapeError, `[${net.size}]`);
});

Deno.test("createBatches() reads the rows anew at each gradient, also from an array that has changed", () => {
  const net = network(3, dense(3, 2));
  const { data, point } = problem(net, 5);
  using batches = createBatches(simd, net, squared, data, { batch: 2 });
  const rows = Uint32Array.of(0, 1);
  const first = batches.gradient(point, rows);
  rows.set([3, 4]);
  const second = batches.gradient(point, rows);
  assertEquals(second, batches.gradient(point, Uint32Array.of(3, 4)));
  assert(second.value !== first.value);
});

Deno.test("createObjective() carries NaN of a point to the value and the gradient", () => {
  const net = network(3, chain(dense(3, 4), activation("relu")));
  const { data, point } = problem(net, 5);
  point[net.size - 1] = NaN;
  using objective = createObjective(simd, net, squared, data);
  const { value, gradient } = objective.valueAndGradient(point);
  assert(Number.isNaN(value) && gradient.some(Number.isNaN));
});
