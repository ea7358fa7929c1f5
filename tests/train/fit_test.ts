import { assert, assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import {
  type FitCheckpoint,
  type FitEvent,
  fitNetwork,
  type FitResult,
  type FitSettings,
  type FitTask,
} from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, huber, logistic, poisson, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network, splitParts } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { denseGradient } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { type FittedShape, plainHead, randomFit } from "./_networks.ts";

const kernels = await loadKernels("simd");

/** Means of 60 losses near 1, from two codes. */
const ROUNDING = 1e-12;

const SETTINGS: FitSettings = {
  epochs: 4,
  batch: 8,
  learningRate: 0.02,
  start: "linear",
  seed: 1,
  dtype: "f64",
  epsilon: 1e-6,
  patience: null,
  radius: 100,
  keepPath: false,
};

/** A task on random data; what a test is about goes into the settings. */
function taskOf(loss: AnyLoss, seed: number, shape: FittedShape, settings: Partial<FitSettings> = {}): FitTask {
  const { net, examples } = randomFit(loss, seed, shape);
  return { net, loss, training: examples, heldOut: null, settings: { ...SETTINGS, ...settings } };
}

/** What a fit says on its way, and its result. */
function fitted(task: FitTask): { readonly events: readonly FitEvent[]; readonly result: FitResult } {
  const steps = fitNetwork(kernels, task, bestLinear(kernels, task.loss, task.training));
  const events: FitEvent[] = [];
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { events, result: value };
    events.push(value);
  }
}

/** The loss where theta is so large that plain loops overflow. */
function lossFarOut({ net, loss, training }: FitTask, params: Float64Array): number {
  using objective = createObjective(kernels, net, loss, training);
  return objective.value(params);
}

const lossAt = ({ net, loss, training }: FitTask, params: Float64Array) =>
  denseGradient(plainHead({ net, loss, params, examples: training })).value;

for (const loss of [squared, huber, logistic, poisson, softmax]) {
  for (const start of ["linear", "random"] as const) {
    Deno.test(`fitNetwork() of ${loss.name} from a ${start} start ends at the best of its features, below linear`, () => {
      for (const learningRate of [1e-3, 0.1]) {
        const task = taskOf(loss, 5, {}, { start, learningRate });
        const { result } = fitted(task);
        const { value } = bestLinear(kernels, loss, task.training);
        const own = lossAt(task, result.params);
        const head = plainHead({ net: task.net, loss, params: result.params, examples: task.training });
        assertAlmostEquals(own, plainOptimum(head, task.net.outputs).value, ROUNDING * (1 + Math.abs(own)));
        assertAlmostEquals(own, result.featureOptimum.value, ROUNDING * (1 + Math.abs(own)));
        assertLess(own, value);
        assertEquals([result.epoch, result.history.length, result.diverged], [4, 4, false]);
      }
    });
  }
}

Deno.test("fitNetwork() is never above its linear start, even when SGD diverges or gets worse", () => {
  const rates = [1e-3, 1, 30, 1e4];
  for (
    const [loss, m, d] of [[squared, 1, 4], [squared, 4, 2], [softmax, 4, 2], [poisson, 1, 4], [
      logistic,
      1,
      2,
    ]] as const
  ) {
    for (const learningRate of rates) {
      for (const start of ["linear", "random"] as const) {
        const task = taskOf(loss, 8, { m, d, k: 4 }, { learningRate, start, epochs: 2 });
        const { result } = fitted(task);
        const own = lossFarOut(task, result.params);
        const { value } = bestLinear(kernels, loss, task.training);
        assertLessOrEqual(own, value + ROUNDING * (1 + Math.abs(value)), `${loss.name}, ${learningRate}, ${start}`);
      }
    }
  }
});

Deno.test("fitNetwork() with no epochs settles at its first theta, which runs of one seed share", () => {
  const points = (["linear", "random"] as const).map((start) => {
    const task = taskOf(squared, 2, {}, { start, epochs: 0 });
    return { task, ...fitted(task) };
  });
  const [linear, random] = points.map(({ task, result }) => splitParts(task.net, result.params));
  assertEquals(linear.theta, random.theta);
  for (const { events, result } of points) {
    assertEquals([result.history, result.epoch], [[], 0]);
    assert(events.every(({ kind, share }: FitEvent & { share?: number }) => kind === "settle" && share === 0));
  }
  const other = taskOf(squared, 2, {}, { epochs: 0, seed: 2 });
  assert(splitParts(other.net, fitted(other).result.params).theta.every((value, at) => value !== linear.theta[at]));
});

Deno.test("fitNetwork() has, after every epoch, the losses and a bound on the lead of linear", () => {
  const task = taskOf(squared, 3, {}, { epochs: 6, learningRate: 0.1, keepPath: true });
  const heldOut = randomFit(squared, 30).examples;
  const { result, events } = fitted({ ...task, heldOut });
  const { value } = bestLinear(kernels, squared, task.training);
  assertEquals(result.path.length, 7);
  result.history.forEach(({ epoch, training, bound, heldOut: held }, at) => {
    assertEquals(epoch, at + 1);
    const own = lossAt(task, result.path[epoch]);
    assertAlmostEquals(training!, own, ROUNDING);
    assertAlmostEquals(held!, lossAt({ ...task, training: heldOut }, result.path[epoch]), ROUNDING);
    assert(own - value <= bound! + ROUNDING);
  });
  const epochs = events.filter(({ kind }) => kind === "epoch");
  assertEquals(epochs.length, 6);
  // Training starts at the linear predictor.
  assertAlmostEquals(lossAt(task, result.path[0]), value, ROUNDING);
});

Deno.test("fitNetwork() measures large tables after epochs 1, 2, 4 and the last", () => {
  const task = taskOf(squared, 4, { n: 20_001, d: 2, k: 1 }, { epochs: 7, batch: 4096 });
  const { history } = fitted(task).result;
  assertEquals(history.map(({ training }) => training !== null), [true, true, false, true, false, false, true]);
  assertEquals(history.map(({ bound }) => bound !== null), [true, true, false, true, false, false, true]);
});

Deno.test("fitNetwork() with patience keeps the epoch with the least held-out loss, and settles there", () => {
  const task = taskOf(squared, 6, { n: 30, d: 5, k: 8 }, {
    epochs: 60,
    learningRate: 0.2,
    patience: 3,
    keepPath: true,
  });
  const heldOut = randomFit(squared, 60, { n: 30, d: 5 }).examples;
  const { epoch, history, path, params } = fitted({ ...task, heldOut }).result;
  const losses = history.map(({ heldOut: loss }) => loss!);
  assertEquals(losses.indexOf(Math.min(...losses)) + 1, epoch);
  assertEquals(history.length, epoch + 3);
  assertEquals(splitParts(task.net, params).theta, splitParts(task.net, path[epoch]).theta);
});

Deno.test("fitNetwork() says that SGD diverged, keeps the last finite point, and ends at or below linear all the same", () => {
  const task = taskOf(poisson, 7, { n: 40 }, { epochs: 8, learningRate: 1e6, batch: 4 });
  const { result } = fitted(task);
  assert(result.diverged);
  assert(result.history.length < 8 && result.params.every(Number.isFinite));
  const { value } = bestLinear(kernels, poisson, task.training);
  assertLessOrEqual(lossFarOut(task, result.params), value + ROUNDING * (1 + Math.abs(value)));
});

Deno.test("fitNetwork() resumes from any checkpoint to the same bits as an uninterrupted run", () => {
  const task = taskOf(logistic, 9, {}, { epochs: 5, keepPath: true, patience: 4 });
  const heldOut = randomFit(logistic, 90).examples;
  const { events, result } = fitted({ ...task, heldOut });
  const checkpoints = events.flatMap((event) => event.kind === "epoch" ? [event.checkpoint] : []);
  for (const resume of checkpoints) assertEquals(fitted({ ...task, heldOut, resume: [resume] }).result, result);
});

Deno.test("fitNetwork() that diverged resumes from its last checkpoint to its end, and trains no further", () => {
  const task = taskOf(poisson, 7, { n: 40 }, { epochs: 8, learningRate: 1e6, batch: 4 });
  const { events, result } = fitted(task);
  const last = events.findLast((event) => event.kind === "epoch")!;
  const again = fitted({ ...task, resume: [last.checkpoint] });
  assertEquals(again.events.filter(({ kind }) => kind === "epoch"), []);
  assertEquals(again.result, result);
});

Deno.test("fitNetwork() of several seeds resumes from where any of them was to the same bits, and trains none again", () => {
  const task = taskOf(squared, 9, {}, { epochs: 2, seeds: 3, start: "constant" });
  const { events, result } = fitted(task);
  const epochs = events.filter((event) => event.kind === "epoch");
  assertEquals(epochs.map(({ member }) => member), [0, 0, 1, 1, 2, 2]);
  const resume: FitCheckpoint[] = [];
  for (const [at, { member, checkpoint }] of epochs.entries()) {
    resume[member] = checkpoint;
    const again = fitted({ ...task, resume });
    assertEquals(again.events.filter(({ kind }) => kind === "epoch").length, epochs.length - at - 1);
    assertEquals(again.result, result);
  }
});

Deno.test("fitNetwork() of a network without features that help is the linear predictor", () => {
  const net = network(3, chain(dense(3, 2), activation("identity")));
  const task = { ...taskOf(squared, 1, { d: 3, net }), net };
  const { result } = fitted(task);
  const { value } = bestLinear(kernels, squared, task.training);
  assertAlmostEquals(lossAt(task, result.params), value, ROUNDING);
  assertEquals(result.featureOptimum.rank, 3);
  const { x } = task.training;
  assertEquals(matrix(x.rows, x.cols, x.data), x);
});
