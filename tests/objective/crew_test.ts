import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMemory, type Dtype, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss, logistic, type Loss, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, type Layer, network, residual, residualBlocks } from "../../src/nn/mod.ts";
import { cut } from "../../src/objective/_cut.ts";
import { createBatches } from "../../src/objective/mod.ts";
import { constant, createTrainer, sgd } from "../../src/optim/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { startHelpers } from "../../tasks/workers/crew.ts";

interface Case {
  readonly name: string;
  readonly d: number;
  readonly theta: Layer;
  readonly rows: number;
  readonly batch: number;
  readonly loss: Loss;
  readonly outputs?: number;
}

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
];

async function trained(
  one: Case,
  name: KernelsName,
  dtype: Dtype,
  parts: number,
  sharing: "measured" | "always" = "always",
): Promise<Float64Array> {
  const { d, theta, rows, batch, loss, outputs = 1 } = one;
  const kernels = await loadKernels(name, createMemory({ shared: parts > 1, megabytes: 16 }));
  const net = network(d, theta, { outputs });
  const targets = normal(key(2), rows * outputs);
  const y = loss.target === "class" ? targets.map((value) => value < 0 ? -1 : 1) : targets;
  const data = { x: { rows, cols: d, data: normal(key(1), rows * d) }, y };
  using helpers = startHelpers(parts - 1);
  using batches = createBatches(kernels, net, loss, data, { batch, dtype, parts, sharing });
  if (batches.crew) await helpers.serve(batches.crew);
  const transform = sgd({ learningRate: constant(0.01), momentum: 0.9, clip: 1 });
  const trainer = createTrainer({ batches, transform, batch, key: key(3) });
  let state = trainer.start(normal(key(4), net.size).map((value) => 0.3 * value));
  for (let epoch = 0; epoch < 3; epoch++) state = trainer.epoch(state);
  return state.params;
}

for (const one of CASES) {
  Deno.test(`createBatches() gives the same bits with 1, 2 and 3 threads: ${one.name}`, async () => {
    for (const name of ["simd", "relaxed", "js"] as const) {
      for (const dtype of ["f64", "f32"] as const) {
        const alone = await trained(one, name, dtype, 1);
        assert(alone.every(Number.isFinite));
        for (const parts of [2, 3]) assertEquals(await trained(one, name, dtype, parts), alone, `${name} ${dtype}`);
        assertEquals(await trained(one, name, dtype, 2, "measured"), alone, `${name} ${dtype}, by measure`);
      }
    }
  });
}

Deno.test("createBatches() refuses to share memory that is not shared, and a loss that cannot cross", async () => {
  const net = network(1, dense(1, 1));
  const data = { x: { rows: 1, cols: 1, data: Float64Array.of(1) }, y: Float64Array.of(1) };
  const own = defineLoss({ name: "own", convex: true, value: (p) => p, d1: () => 1, d2: () => 0 });
  const [plain, shared] = [await loadKernels("simd"), await loadKernels("simd", createMemory({ shared: true }))];
  assertThrows(
    () => createBatches(plain, net, squared, data, { batch: 1, parts: 2 }),
    RangeError,
    "the kernels' memory is not shared",
  );
  assertThrows(() => createBatches(shared, net, own, data, { batch: 1, parts: 2 }), RangeError, 'the loss "own"');
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
