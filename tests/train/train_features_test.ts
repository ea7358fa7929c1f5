import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network, splitParts } from "../../src/nn/mod.ts";
import { predictRows, ridgeOnColumns } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { certifyPoint, FIT_DEFAULTS, fitNetwork, trainFeatures, trainNetwork } from "../../src/train/mod.ts";

const kernels = await loadKernels();

const run = <T>(steps: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value as T;
  }
};

const [n, d] = [40, 3];
const x = matrix(n, d, normal(key(1), n * d).map((value, at) => at % d === 0 ? 1 : value));
const training = { x, y: Float64Array.from({ length: n }, (_, i) => Math.abs(x.data[i * d + 1]) - x.data[i * d + 2]) };
const net = network(d, chain(dense(d, 4), activation("tanh")));
const settings = { ...FIT_DEFAULTS, epochs: 4, seed: 7 };
const task = { net, loss: squared, training, heldOut: null, settings };
const linear = bestLinear(kernels, squared, training);

Deno.test("trainFeatures() of three seeds predicts the average of networks trained by themselves, theta beside theta", () => {
  const joined = run(trainFeatures(kernels, { ...task, settings: { ...settings, seeds: 3 } }, linear));
  // Partitions of a cross-validation take the seeds in between.
  const alone = [7, 10, 13].map((seed) =>
    run(trainNetwork(kernels, { ...task, settings: { ...settings, seed } }, linear))
  );
  const thetas = alone.flatMap(({ params }) => [...splitParts(net, params).theta]);
  assertEquals([...splitParts(joined.net, joined.params).theta], thetas);
  const predictions = alone.map(({ params }) => predictRows(kernels, net, params, x).data);
  predictRows(kernels, joined.net, joined.params, x).data.forEach((value, row) =>
    assertAlmostEquals(value, predictions.reduce((sum, p) => sum + p[row] / 3, 0), 1e-12)
  );
  assertEquals(joined.history, alone[0].history);
});

Deno.test("fitNetwork() of three seeds settles over all features: its certificate holds, no higher than any seed alone", () => {
  const ridge = { x: 0.1, f: 0.05, intercept: true };
  const fitted = run(fitNetwork(kernels, { ...task, ridge, settings: { ...settings, seeds: 3 } }, linear));
  const { params, net: joined } = fitted;
  const found = certifyPoint(kernels, { net: joined, params, loss: squared, examples: training }, { ridge });
  assertEquals([found.verdict, found.point.stationary], ["holds", true]);
  assertAlmostEquals(found.point.value, found.featureOptimum.value, 1e-12);
  for (const seed of [7, 10, 13]) {
    const alone = run(fitNetwork(kernels, { ...task, ridge, settings: { ...settings, seed } }, linear));
    assert(fitted.evaluation.value <= alone.evaluation.value + 1e-12);
  }
  assertEquals(ridgeOnColumns(ridge, d, joined.k).length, d + 12);
});

Deno.test("trainFeatures() goes on where no (W, V) has the average: with more outputs than inputs", () => {
  const classes = {
    x: matrix(6, 1, [1, 2, 3, 4, 5, 6]),
    y: Float64Array.from({ length: 18 }, (_, at) => at % 3 === Math.floor(at / 3) % 3 ? 1 : 0),
  };
  const small = network(1, dense(1, 2), { outputs: 3 });
  const own = { net: small, loss: softmax, training: classes, heldOut: null, settings: { ...settings, seeds: 2 } };
  const { net: joined, params } = run(trainFeatures(kernels, own, bestLinear(kernels, softmax, classes)));
  assertEquals([joined.k, params.length], [4, joined.size]);
  assert(params.every(Number.isFinite));
});
