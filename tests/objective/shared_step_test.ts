import { assert, assertEquals } from "@std/assert";
import { clock } from "../../src/kernels/_clock.ts";
import {
  createMemory,
  type Dtype,
  type Kernels,
  loadKernels,
  type Repeated,
  shareKernels,
} from "../../src/kernels/mod.ts";
import { type AnyLoss, defineLoss, logistic, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, type Layer, network, residual, residualBlocks } from "../../src/nn/mod.ts";
import { cut } from "../../src/objective/_cut.ts";
import { createBatches, createObjective } from "../../src/objective/mod.ts";
import { constant, createTrainer, sgd } from "../../src/optim/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { placeRows } from "../../src/tensor/mod.ts";
import { startHelpers } from "../../tasks/workers/kernel_threads.ts";
import { scale } from "../support/scale_layer.ts";

interface Case {
  readonly name: string;
  readonly d: number;
  readonly theta: Layer;
  readonly rows: number;
  readonly batch: number;
  readonly loss: AnyLoss;
  readonly outputs?: number;
  readonly weighted?: boolean;
}

/** A step as of a wide table, in small: more inputs than units, and parameters enough for an update of two threads. */
const MANY_INPUTS: Case = {
  name: "many inputs",
  d: 1031,
  theta: chain(dense(1031, 32), activation("tanh")),
  rows: 65,
  batch: 32,
  loss: squared,
};

/** Shapes whose parts are uneven, empty, or would be one row: 33 rows in two parts are 33 and 0, in three 16, 17 and 0. */
const CASES: readonly Case[] = [
  {
    name: "wide layers, an uneven last batch",
    d: 7,
    theta: chain(dense(7, 50), activation("relu"), dense(50, 37), activation("tanh")),
    rows: 150,
    batch: 64,
    loss: squared,
  },
  {
    name: "batches of 33, a residual block",
    d: 5,
    theta: chain(dense(5, 33), residual(chain(dense(33, 33), activation("gelu")))),
    rows: 99,
    batch: 33,
    loss: logistic,
  },
  {
    name: "three residual blocks of different widths",
    d: 5,
    theta: residualBlocks(
      chain(dense(5, 33), activation("tanh")),
      chain(dense(5, 7), activation("relu")),
      chain(dense(5, 18), activation("gelu")),
    ),
    rows: 99,
    batch: 33,
    loss: squared,
  },
  { name: "one row, one column, one unit", d: 1, theta: dense(1, 1), rows: 3, batch: 1, loss: squared },
  {
    name: "no bias, one input to seventeen",
    d: 1,
    theta: chain(dense(1, 17, { bias: false })),
    rows: 49,
    batch: 49,
    loss: squared,
  },
  {
    name: "an activation alone, two outputs",
    d: 18,
    theta: activation("sin"),
    rows: 40,
    batch: 40,
    loss: squared,
    outputs: 2,
  },
  {
    name: "three classes, whose loss is no kernel of a step",
    d: 40,
    theta: chain(dense(40, 17), activation("relu")),
    rows: 70,
    batch: 33,
    loss: softmax,
    outputs: 3,
  },
  {
    name: "a loss that only TypeScript computes",
    d: 18,
    theta: chain(dense(18, 20), activation("tanh")),
    rows: 40,
    batch: 40,
    loss: defineLoss({ name: "own", convex: true, value: (p) => p * p / 2, d1: (p) => p, d2: () => 1 }),
  },
  {
    name: "a custom layer, which one thread computes",
    d: 18,
    theta: chain(dense(18, 3), scale()),
    rows: 40,
    batch: 40,
    loss: squared,
  },
  {
    name: "rows with weights",
    d: 18,
    theta: chain(dense(18, 20), activation("tanh")),
    rows: 70,
    batch: 50,
    loss: squared,
    weighted: true,
  },
];

/** Kernels of one thread that do what several would, each task after the other, the last one first. */
function inParts(alone: Kernels, threads: number): Kernels {
  const run: Kernels["runAll"] = (tasks) => alone.runAll(tasks.toReversed());
  const kept: Repeated["keep"] = (tasks) => () => run(tasks);
  return {
    ...{ ...alone, alone, threads, runAll: run },
    repeat: () => ({ isShared: () => true, run, keep: kept, done() {}, [Symbol.dispose]() {} }),
  };
}

/** The parameters after three epochs; every step is shared where the kernels are. */
function trained(kernels: Kernels, one: Case, dtype: Dtype): Float64Array {
  const { d, theta, rows, batch, loss, outputs = 1, weighted = false } = one;
  const net = network(d, theta, { outputs });
  const targets = normal(key(2), rows * outputs);
  const y = loss.target === "class"
    ? targets.map((value) => value < 0 ? -1 : 1)
    : loss.target === "classes"
    ? targets.map((_, at) => at % outputs === at % 7 % outputs ? 1 : 0)
    : targets;
  const weights = normal(key(5), rows).map((value) => 1 + value ** 2);
  const data = { x: { rows, cols: d, data: normal(key(1), rows * d) }, y, ...weighted && { weights } };
  const used = kernels.memory.used;
  const batches = createBatches(kernels, net, loss, data, { batch, dtype, least: 0 });
  const transform = sgd({ learningRate: constant(0.01), momentum: 0.9, clip: 1 });
  const trainer = createTrainer({ batches, transform, batch, key: key(3) });
  let state = trainer.start(normal(key(4), net.size).map((value) => 0.3 * value));
  for (let epoch = 0; epoch < 3; epoch++) state = trainer.epoch(state);
  // In the order of the data too, where rows stand one after another.
  const inOrder = createTrainer({ batches, transform, batch, key: null });
  const { params } = inOrder.epoch(inOrder.start(state.params));
  batches[Symbol.dispose]();
  assertEquals(kernels.memory.used, used);
  return params;
}

for (const one of CASES) {
  Deno.test(`createBatches() gives the same bits in 1, 2 and 3 parts, in any order: ${one.name}`, async () => {
    for (const name of ["simd", "relaxed", "js"] as const) {
      const kernels = await loadKernels(name);
      for (const dtype of ["f64", "f32"] as const) {
        const alone = trained(kernels, one, dtype);
        assert(alone.every(Number.isFinite));
        for (const parts of [2, 3]) {
          assertEquals(trained(inParts(kernels, parts), one, dtype), alone, `${name} ${dtype} ${parts}`);
        }
      }
    }
  });
}

Deno.test("createBatches() gives the same bits with a second thread, by measure or without, and where it does not come", async () => {
  const memory = createMemory({ shared: true, megabytes: 64 });
  const kernels = await loadKernels("relaxed", memory);
  const alone = [...CASES, MANY_INPUTS].map((one) => trained(kernels, one, "f32"));
  for (const now of [null, clock]) {
    using shared = shareKernels(kernels, 2, { now });
    const lonely = [...CASES, MANY_INPUTS].map((one) => trained(shared.kernels, one, "f32"));
    assertEquals(lonely, alone);
    using _helpers = startHelpers(shared.plan);
    const [members, orders] = [() => Atomics.load(state, 4), () => Atomics.load(state, 2)];
    const state = new Int32Array(shared.plan.control);
    for (const end = performance.now() + 10_000; members() === 0 && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals([members(), orders()], [1, 0]);
    assertEquals([...CASES, MANY_INPUTS].map((one) => trained(shared.kernels, one, "f32")), alone);
    // Two orders of each gradient, and of MANY_INPUTS one of each update.
    if (now === null) assert(orders() > 100, String(orders()));
  }
});

Deno.test("createObjective() and createBatches() give the same bits where threads take the rows, which lie in kernel memory", async () => {
  const kernels = await loadKernels("relaxed", createMemory({ shared: true, megabytes: 64 }));
  const net = network(300, chain(dense(300, 33), activation("tanh")), { outputs: 2 });
  const [rows, params] = [1801, normal(key(4), net.size)];
  const x = placeRows(kernels.memory, rows, 300);
  x.set(normal(key(1), x.length));
  const weights = normal(key(3), rows).map((value) => 1 + value ** 2);
  const examples = { x: { rows, cols: 300, data: x }, y: normal(key(2), 2 * rows), weights };
  let tasks = 0;
  const several = inParts(kernels, 2);
  const counted: Kernels = {
    ...several,
    runAll(given) {
      tasks += given.length;
      several.runAll(given);
    },
  };
  const [alone, shared] = [kernels, counted].map((on) => {
    using objective = createObjective(on, net, squared, examples);
    using batches = createBatches(on, net, squared, examples, { batch: rows, dtype: "f32" });
    const { gradient } = batches.gradient(params, Uint32Array.from({ length: rows }, (_, row) => rows - 1 - row));
    return { predictions: objective.predict(params), value: objective.value(params), gradient };
  });
  assertEquals(shared, alone);
  // Twice 15 tasks of predictions, and four of a copy in single precision.
  assert(tasks >= 34, String(tasks));
});

Deno.test("cut() shares everything out, in order, in whole grains, and leaves no part a single thing", () => {
  for (let length = 0; length < 200; length++) {
    for (let parts = 1; parts < 6; parts++) {
      const cuts = Array.from({ length: parts + 1 }, (_, part) => cut(length, part, parts));
      assertEquals([cuts[0], cuts[parts]], [0, length]);
      for (let part = 0; part < parts; part++) {
        const size = cuts[part + 1] - cuts[part];
        assert(size >= 0 && (size !== 1 || length === 1), `${length} in ${parts}: ${cuts}`);
        assert(cuts[part + 1] === length || cuts[part + 1] % 16 === 0, `${length} in ${parts}: ${cuts}`);
      }
    }
  }
});
