import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { dense, network } from "../../src/nn/mod.ts";
import { createBatches } from "../../src/objective/mod.ts";
import {
  chain,
  clipByNorm,
  constant,
  cosine,
  createTrainer,
  momentum,
  scaleBy,
  sgd,
  type Transform,
} from "../../src/optim/mod.ts";
import { fold, key, normal, permutation } from "../../src/random/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";

/** A few roundings of numbers near 1. */
const ROUNDING = 1e-15;

/** Three updates of a transform on three gradients. */
function updates<S>(transform: Transform<S>, gradients: readonly Float64Array[]): readonly Float64Array[] {
  const at = new Float64Array(2);
  let state = transform.init(at);
  return gradients.map((gradient) => {
    const kept = gradient.slice();
    const [update, next] = transform.update(gradient, state, at);
    assertEquals(gradient, kept);
    state = next;
    return update;
  });
}

const GRADIENTS = [Float64Array.of(3, 4), Float64Array.of(-1, 0.5), Float64Array.of(0, 0)];

Deno.test("momentum() is the decayed sum of all gradients", () => {
  const found = updates(momentum(0.5), GRADIENTS);
  assertEquals(found, [Float64Array.of(3, 4), Float64Array.of(0.5, 2.5), Float64Array.of(0.25, 1.25)]);
});

Deno.test("clipByNorm() shortens long gradients only, and keeps their direction", () => {
  const found = updates(clipByNorm(2), GRADIENTS);
  assertAlmostEquals(found[0][0], 1.2, ROUNDING);
  assertAlmostEquals(found[0][1], 1.6, ROUNDING);
  assertEquals(found.slice(1), GRADIENTS.slice(1));
});

Deno.test("scaleBy() follows its schedule step by step", () => {
  const found = updates(scaleBy((step) => -(step + 1)), GRADIENTS);
  assertEquals(found.slice(0, 2), [Float64Array.of(-3, -4), Float64Array.of(2, -1)]);
});

Deno.test("chain() does what its transforms do by hand, states threaded apart", () => {
  const [first, second] = [momentum(0.9), scaleBy((step) => -0.1 * (step + 1))];
  const both = updates(chain(first, second), GRADIENTS);
  const byHand = updates(second, updates(first, GRADIENTS));
  assertEquals(both, byHand);
});

Deno.test("sgd() is clip, then momentum, then the rate", () => {
  const recipe = updates(sgd({ learningRate: constant(0.1), momentum: 0.5, clip: 2 }), GRADIENTS);
  const byHand = updates(scaleBy(() => -0.1), updates(momentum(0.5), updates(clipByNorm(2), GRADIENTS)));
  assertEquals(recipe, byHand);
});

Deno.test("transforms refuse settings that make no sense", () => {
  for (const decay of [-0.1, 1, NaN]) assertThrows(() => momentum(decay), RangeError, "from 0 to below 1");
  for (const longest of [0, -1, NaN]) assertThrows(() => clipByNorm(longest), RangeError, "above 0");
  assertThrows(() => cosine(1, 0), RangeError, "1 step or more");
});

Deno.test("cosine() goes from start to end and stays there", () => {
  const schedule = cosine(2, 10, 0.5);
  assertEquals([schedule(0), schedule(10), schedule(99)], [2, 0.5, 0.5]);
  assertAlmostEquals(schedule(5), 1.25, ROUNDING);
  for (let step = 0; step < 10; step++) assert(schedule(step) > schedule(step + 1));
});

const net = network(2, dense(2, 2));
const data = { x: { rows: 10, cols: 2, data: normal(key(1), 20) }, y: normal(key(2), 10) };
const kernels = await loadKernels("simd");
const trainerOf = (batch: number, piece?: number) => {
  const batches = createBatches(kernels, net, squared, data, { batch });
  const transform = sgd({ learningRate: constant(0.05), momentum: 0.9 });
  return { batches, transform, trainer: createTrainer({ batches, transform, batch, key: key(3), piece }) };
};

Deno.test("createTrainer() steps as sgd does by hand on the rows of its key's order", () => {
  const { batches, transform, trainer } = trainerOf(4);
  const start = normal(key(4), net.size);
  let state = trainer.start(start);
  let [point, optimiser] = [start, transform.init(start)];
  for (let step = 0; step < 7; step++) {
    const order = permutation(fold(key(3), Math.floor(step / 3)), 10);
    const from = 4 * (step % 3);
    const { gradient } = batches.gradient(point, order.subarray(from, from + 4));
    const [update, next] = transform.update(gradient, optimiser, point);
    [point, optimiser] = [point.map((value, i) => value + update[i]), next];
    state = trainer.step(state);
    assertEquals([state.params, state.step], [point, step + 1]);
  }
});

Deno.test("createTrainer() makes an epoch of its steps, resumes in the middle, and repeats to the bit", () => {
  const { trainer } = trainerOf(3);
  const start = trainer.start(normal(key(4), net.size));
  const { diverged, ...whole } = trainer.epoch(start);
  assertEquals([diverged, trainer.stepsPerEpoch, whole.step], [false, 4, 4]);
  const half = trainer.step(trainer.step(start));
  assertEquals(trainer.epoch(half).params, whole.params);
  assertEquals(trainerOf(3).trainer.epoch(start).params, whole.params);
});

Deno.test("createTrainer() in pieces yields between them, and ends an epoch with the same bits", () => {
  const start = trainerOf(3).trainer.start(normal(key(4), net.size));
  for (const [piece, yields] of [[1, 3], [2, 1], [3, 1], [4, 0], [undefined, 0]] as const) {
    const pieces = trainerOf(3, piece).trainer.epochInPieces(start);
    let count = 0;
    let step = pieces.next();
    for (; !step.done; step = pieces.next()) count++;
    assertEquals(count, yields);
    assertEquals(step.value, trainerOf(3).trainer.epoch(start));
  }
});

Deno.test("createTrainer() refuses a point of another network, and keeps the data's order without a key", () => {
  const { batches, transform, trainer } = trainerOf(4);
  assertThrows(() => trainer.step(trainer.start(new Float64Array(net.size + 1))), ShapeError, `[${net.size}]`);
  const inOrder = createTrainer({ batches, transform, batch: 4, key: null });
  const start = normal(key(4), net.size);
  const { gradient } = batches.gradient(start, Uint32Array.of(0, 1, 2, 3));
  const expected = start.map((value, i) => value - 0.05 * gradient[i]);
  inOrder.step(inOrder.start(start)).params.forEach((value, i) => assertAlmostEquals(value, expected[i], ROUNDING));
});

Deno.test("placed transforms do what the pure ones do: clipping, momentum, a rate that changes, and one that is only pure", () => {
  const { batches } = trainerOf(4);
  const pureOnly = <State>({ init, update }: Transform<State>): Transform<State> => ({ init, update });
  const recipes = [
    sgd({ learningRate: (step) => 0.1 / (step + 1) }),
    sgd({ learningRate: constant(0.05), momentum: 0.9, clip: 0.1 }),
    sgd({ learningRate: constant(0.05), clip: 1e9 }),
    chain(scaleBy(() => 2), chain(clipByNorm(0.2), momentum(0.5)), scaleBy(() => -0.1)),
  ] as readonly Transform<unknown>[];
  for (const transform of recipes) {
    const run = (one: Transform<unknown>) => {
      const trainer = createTrainer({ batches, transform: one, batch: 4, key: key(3) });
      let state = trainer.start(normal(key(4), net.size));
      for (let epoch = 0; epoch < 4; epoch++) state = trainer.epoch(state);
      return state;
    };
    const [placed, pure] = [run(transform), run(pureOnly(transform))];
    placed.params.forEach((value, i) => assertAlmostEquals(value, pure.params[i], 1e-12));
    const numbers = (state: unknown) => JSON.stringify(state).match(/-?[\d.]+(e-?\d+)?/g)!.map(Number);
    const [left, right] = [numbers(placed.optimiser), numbers(pure.optimiser)];
    assertEquals(left.length, right.length, "either can go on from the other's state");
    left.forEach((value, i) => assertAlmostEquals(value, right[i], 1e-12));
  }
});

Deno.test("createTrainer() stops at the last finite point when a step is not finite", () => {
  const { batches } = trainerOf(5);
  const bomb: Transform<number> = {
    init: () => 0,
    update: (gradient, step) => [gradient.map(() => step === 1 ? NaN : 0.25), step + 1],
  };
  const trainer = createTrainer({ batches, transform: bomb, batch: 5, key: key(1) });
  const { diverged, params, step } = trainer.epoch(trainer.start(new Float64Array(net.size)));
  assertEquals([diverged, step], [true, 1]);
  assert(params.every((value) => value === 0.25));
});
