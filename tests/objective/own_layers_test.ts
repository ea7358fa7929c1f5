import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import {
  activation,
  chain,
  dense,
  features,
  forward,
  initialise,
  type Layer,
  network,
  residual,
  residualBlocks,
} from "../../src/nn/mod.ts";
import { createBatches, createObjective, featureRows, predictRows, stepOperations } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { collectRows, matrix, norm, ShapeError, type Vector } from "../../src/tensor/mod.ts";
import { scale } from "../support/scale_layer.ts";

const kernelSets: readonly Kernels[] = await Promise.all(
  (["simd", "relaxed", "js"] as const).map((name) => loadKernels(name)),
);
const [simd] = kernelSets;

/** Sums of tens of products of numbers near 1, in another order. */
const ROUNDING = 1e-12;

/** Central differences with this step, and what they may miss. */
const [STEP, DIFFERENCE] = [1e-5, 1e-8];

/** A built-in layer as a custom layer: the same functions, but the kernels do not know it. */
function disguised(layer: Layer): Layer {
  const { outputWidth, parameters, forward, pushforward, toJson } = layer;
  return {
    type: "disguised",
    outputWidth,
    parameters,
    initialise: (key, width) => layer.initialise(key, width),
    forward,
    pushforward,
    toJson,
  };
}

const hidden = chain(dense(3, 5), activation("gelu"));
const block = residual(chain(dense(5, 5), activation("tanh")));
/** What reads three columns: bodies of blocks, of different widths. */
const [units, narrow] = [chain(dense(3, 4), activation("tanh")), residual(chain(dense(3, 3), activation("gelu")))];

/** Trees with custom layers in every place, and the same trees that the kernels know. */
const TWINS: readonly (readonly [name: string, own: Layer, known: Layer])[] = [
  ["the whole of f", disguised(chain(hidden, block)), chain(hidden, block)],
  ["the first layer", chain(disguised(hidden), block), chain(hidden, block)],
  ["the last layer", chain(hidden, disguised(block)), chain(hidden, block)],
  ["a residual body", chain(hidden, residual(disguised(block.body))), chain(hidden, block)],
  [
    "an activation behind a dense layer",
    chain(dense(3, 5), disguised(activation("silu")), dense(5, 2)),
    chain(dense(3, 5), activation("silu"), dense(5, 2)),
  ],
  ["several blocks", disguised(residualBlocks(units, narrow, units)), residualBlocks(units, narrow, units)],
  [
    "several blocks behind a layer",
    chain(dense(3, 3), disguised(residualBlocks(units, narrow))),
    chain(dense(3, 3), residualBlocks(units, narrow)),
  ],
  ["one of several blocks", residualBlocks(disguised(units), narrow), residualBlocks(units, narrow)],
];

function assertVectors(actual: Vector, expected: Vector, tolerance: number, what: string): void {
  assertEquals(actual.length, expected.length);
  const size = 1 + norm(expected);
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i], tolerance * size, `${what}, entry ${i}`));
}

/** Rows of more than one pass, and one target per output. */
function examples(rows: number, outputs = 1) {
  return { x: matrix(rows, 3, normal(key(1), 3 * rows)), y: normal(key(2), outputs * rows) };
}

for (const [place, own, known] of TWINS) {
  for (const kind of ["residual-to-output", "plain"] as const) {
    Deno.test(`createObjective() with a custom layer as ${place} of a ${kind} network is that of its built-in twin`, () => {
      const [a, b] = [own, known].map((theta) => network(3, theta, { kind, outputs: 2 }));
      const data = examples(1500, 2);
      const [params, direction] = [initialise(b, key(3)), normal(key(4), b.size)];
      for (const kernels of kernelSets) {
        using one = createObjective(kernels, a, squared, data);
        using other = createObjective(kernels, b, squared, data);
        const [left, right] = [one.valueAndGradient(params), other.valueAndGradient(params)];
        assertAlmostEquals(left.value, right.value, ROUNDING * right.value);
        assertVectors(left.gradient, right.gradient, ROUNDING, "gradient");
        assertVectors(one.hvp(params, direction), other.hvp(params, direction), 10 * ROUNDING, "hvp");
        assertVectors(one.features(params).data, other.features(params).data, ROUNDING, "features");
        assertVectors(one.predict(params), other.predict(params), ROUNDING, "predictions");
        using rows = featureRows(kernels, a, params, data.x);
        assertVectors(collectRows(kernels.memory, rows).data, other.features(params).data, ROUNDING, "feature rows");
      }
    });
  }
}

Deno.test("createBatches() with a custom layer trains in either precision as its built-in twin", () => {
  const [, own, known] = TWINS[2];
  const [a, b] = [network(3, own), network(3, known)];
  const data = examples(40);
  const params = initialise(b, key(3));
  const order = Uint32Array.from({ length: 40 }, (_, i) => (7 * i) % 40);
  for (const [dtype, tolerance] of [["f64", ROUNDING], ["f32", 1e-5]] as const) {
    using one = createBatches(simd, a, squared, data, { batch: 16, dtype });
    using other = createBatches(simd, b, squared, data, { batch: 16, dtype });
    const [left, right] = [one, other].map((batches) => batches.gradient(params, order.subarray(16, 32)));
    assertAlmostEquals(left.value, right.value, tolerance * (1 + right.value));
    assertVectors(left.gradient, right.gradient, tolerance, dtype);
  }
});

Deno.test("createObjective() names the layer that returns a wrong shape", () => {
  const wide: Layer = { ...scale(), forward: (params, x) => scale().forward(params, { ...x, rows: x.rows + 1 }) };
  const net = network(3, wide);
  using objective = createObjective(simd, net, squared, examples(4));
  assertThrows(() => objective.value(initialise(net, key(1))), ShapeError, "take the output of a scale layer");
  const short: Layer = {
    ...scale(),
    forward: (params, x) => ({
      ...scale().forward(params, x),
      pullback: (dy) => ({ dParams: new Float64Array(2), dx: dy }),
    }),
  };
  using other = createObjective(simd, network(3, short), squared, examples(4));
  assertThrows(
    () => other.valueAndGradient(initialise(net, key(1))),
    ShapeError,
    "gradient in the parameters of a scale layer",
  );
});

for (const theta of [chain(dense(3, 4), activation("tanh")), chain(scale(), dense(3, 2), scale())]) {
  for (const loss of [squared, softmax]) {
    const name = `a plain network${theta.layers.length > 2 ? " with custom layers" : ""} under ${loss.name}`;
    Deno.test(`createObjective() of ${name} has the gradient and hvp of differences`, () => {
      const net = network(3, theta, { kind: "plain", outputs: 3 });
      const rows = 6;
      const y = Float64Array.from({ length: 3 * rows }, (_, i) => i % 3 === Math.floor(i / 3) % 3 ? 1 : 0);
      const data = { x: matrix(rows, 3, normal(key(1), 3 * rows)), y };
      const [params, direction] = [initialise(net, key(2)), normal(key(3), net.size)];
      for (const kernels of kernelSets) {
        using objective = createObjective(kernels, net, loss, data);
        const { gradient } = objective.valueAndGradient(params);
        gradient.forEach((value, at) => {
          const moved = (by: number) => objective.value(params.map((entry, i) => i === at ? entry + by : entry));
          assertAlmostEquals(value, (moved(STEP) - moved(-STEP)) / (2 * STEP), DIFFERENCE * 10, `entry ${at}`);
        });
        const along = (by: number) =>
          objective.valueAndGradient(params.map((entry, i) => entry + by * direction[i])).gradient;
        const [high, low] = [along(STEP), along(-STEP)];
        assertVectors(
          objective.hvp(params, direction),
          high.map((value, i) => (value - low[i]) / (2 * STEP)),
          DIFFERENCE,
          "hvp",
        );
      }
    });
  }
}

Deno.test("predictRows() and featureRows() are forward() and features() of the network, for any number of rows", () => {
  for (const kind of ["residual-to-output", "plain"] as const) {
    const net = network(3, chain(hidden, scale()), { kind, outputs: 2 });
    const params = initialise(net, key(5));
    for (const rows of [0, 1, 1025]) {
      const { x } = examples(rows);
      for (const kernels of kernelSets) {
        const predictions = predictRows(kernels, net, params, x);
        assertEquals([predictions.rows, predictions.cols], [rows, 2]);
        assertVectors(predictions.data, forward(net, params, x).data, ROUNDING, "predictions");
        using source = featureRows(kernels, net, params, x);
        assertVectors(collectRows(kernels.memory, source).data, features(net, params, x).data, ROUNDING, "features");
      }
    }
    assertThrows(() => predictRows(simd, net, params, matrix(1, 2, [1, 2])), ShapeError, "expected shape [rows, 3]");
    assertThrows(() => predictRows(simd, net, params.slice(1), examples(1).x), ShapeError, "predict");
  }
});

Deno.test("featureRows() of built-in layers has the same bits however many rows are written at once, on whatever thread", () => {
  const [net, rows] = [network(3, chain(hidden, residual(dense(5, 5)), activation("tanh"))), 10_000];
  const params = initialise(net, key(6));
  const { x } = examples(rows);
  const backwards: Kernels = { ...simd, runAll: (tasks) => simd.runAll(tasks.toReversed()) };
  const [whole, reversed] = [simd, backwards].map((kernels) => {
    using source = featureRows(kernels, net, params, x);
    return collectRows(kernels.memory, source).data;
  });
  assertEquals(reversed, whole);
  assertVectors(whole, features(net, params, x).data, ROUNDING, "features");
  // Beside other columns, and from the middle on.
  using source = featureRows(simd, net, params, x);
  const at = simd.memory.allocate(8 * 6 * 1500);
  source.write(1000, 1500, at, 6);
  const written = simd.memory.view("f64", at, 6 * 1500);
  const own = Float64Array.from({ length: 5 * 1500 }, (_, entry) => written[6 * Math.floor(entry / 5) + entry % 5]);
  assertEquals(own, whole.slice(5 * 1000, 5 * 2500) as Float64Array<ArrayBuffer>);
  simd.memory.free(at);
});

Deno.test("predictRows() frees what it takes, also where a layer fails", () => {
  const failing: Layer = {
    ...scale(),
    forward() {
      throw new Error("my own");
    },
  };
  const [net, bad] = [network(3, scale()), network(3, failing)];
  const params = initialise(net, key(1));
  const { x } = examples(2000);
  predictRows(simd, net, params, x);
  const before = simd.memory.used;
  predictRows(simd, net, params, x);
  assertThrows(() => predictRows(simd, bad, params, x), Error, "my own");
  assertEquals(simd.memory.used, before);
});

Deno.test("stepOperations() counts a custom layer by its matrices, and a plain head", () => {
  const twin = (theta: Layer) => stepOperations(network(3, theta), 10);
  assertEquals(twin(disguised(dense(3, 5))), twin(dense(3, 5)));
  assertEquals(twin(chain(dense(3, 5), disguised(dense(5, 4)))), twin(chain(dense(3, 5), dense(5, 4))));
  const plain = stepOperations(network(3, dense(3, 5), { kind: "plain" }), 10);
  assertEquals(plain, 4 * 10 * 3 * 5 + 6 * 10 * 5);
});
