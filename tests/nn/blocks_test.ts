import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import {
  activation,
  blockNetwork,
  blocksOf,
  blockStates,
  chain,
  dense,
  feedForward,
  initialise,
  joinParts,
  layerFromJson,
  network,
  residualBlocks,
} from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { layerText } from "../../src/report/mod.ts";
import { joinColumns, matrix, ShapeError } from "../../src/tensor/mod.ts";
import { FIT_DEFAULTS, fitNetwork } from "../../src/train/mod.ts";

const kernels = await loadKernels("simd");
const [ROWS, D, UNITS] = [30, 3, 2];
const body = chain(dense(D, UNITS), activation("tanh"));
const x = matrix(ROWS, D, normal(key(1), ROWS * D));
const y = normal(key(2), ROWS);

/** Sums of a dozen products, the order of which may differ. */
const ROUNDING = 1e-13;

/** The chain written out by hand: p, and the features of each block. */
function byHand(params: Float64Array, blocks: number, row: number) {
  let h = [...x.data.subarray(row * D, (row + 1) * D)];
  const features: number[][] = [];
  let at = D;
  for (let block = 0; block < blocks; block++) {
    const [U, b, V] = [at, at + UNITS * D, at + UNITS * D + UNITS];
    const f = Array.from(
      { length: UNITS },
      (_, c) => Math.tanh(h.reduce((sum, value, j) => sum + params[U + c * D + j] * value, params[b + c])),
    );
    features.push(f);
    h = h.map((value, j) => f.reduce((sum, feature, c) => sum + params[V + j * UNITS + c] * feature, value));
    at = V + D * UNITS;
  }
  return { p: h.reduce((sum, value, j) => sum + params[j] * value, 0), features };
}

Deno.test("blockNetwork() predicts w'h_L, and blockStates() has the features, the weights and h_L of a chain written out by hand", () => {
  const net = blockNetwork(D, [body, body, body]);
  const params = initialise(net, key(3), { scale: 2 });
  using objective = createObjective(kernels, net, squared, { x, y });
  const predictions = objective.predict(params);
  const states = blockStates(net, params, x);
  for (let row = 0; row < ROWS; row++) {
    const { p, features } = byHand(params, 3, row);
    assertAlmostEquals(predictions[row], p, ROUNDING * (1 + Math.abs(p)));
    const output = states.output.data.subarray(row * D, (row + 1) * D);
    assertAlmostEquals(output.reduce((sum, h, j) => sum + params[j] * h, 0), p, ROUNDING * (1 + Math.abs(p)));
    features.forEach((f, block) =>
      f.forEach((value, c) => assertAlmostEquals(states.features[block].data[row * UNITS + c], value, ROUNDING))
    );
  }
  assertEquals(states.U.map((U) => [U!.rows, U!.cols]), [[UNITS, D], [UNITS, D], [UNITS, D]]);
});

Deno.test("residualBlocks() with V = [V_1 ... V_L] at the output is the chain, and names its parameters by block", () => {
  const net = blockNetwork(D, [body, body, body]);
  const params = initialise(net, key(4), { scale: 2 });
  const states = blockStates(net, params, x);
  const own = network(D, residualBlocks(body, body, body));
  // All but the last V_l, which is in the network's V alone.
  const theta = params.slice(D, params.length - D * UNITS);
  const joined = joinParts(own, { w: params.slice(0, D), V: states.V.reduce(joinColumns).data, theta });
  using chained = createObjective(kernels, net, squared, { x, y });
  using beside = createObjective(kernels, own, squared, { x, y });
  const [expected, actual] = [chained.predict(params), beside.predict(joined)];
  actual.forEach((p, row) => assertAlmostEquals(p, expected[row], ROUNDING * (1 + Math.abs(p))));
  assertEquals(own.parameters.map(({ name }) => name).slice(2, 6), [
    "theta.0.0.0.weight",
    "theta.0.0.0.bias",
    "theta.0.1.weight",
    "theta.1.0.0.weight",
  ]);
});

Deno.test("residualBlocks() has the gradient and the Hessian-vector product of central differences", () => {
  const net = network(D, residualBlocks(body, body, body));
  using objective = createObjective(kernels, net, squared, { x, y });
  const params = initialise(net, key(5));
  const direction = normal(key(6), net.size);
  const { gradient } = objective.valueAndGradient(params);
  const moved = (share: number) => params.map((value, at) => value + share * direction[at]);
  // Truncation h² and rounding eps / h: both near 1e-10 for numbers of size 1 to 10.
  const h = 1e-5;
  const slope = gradient.reduce((sum, value, at) => sum + value * direction[at], 0);
  const rise = (objective.value(moved(h)) - objective.value(moved(-h))) / (2 * h);
  assertAlmostEquals(slope, rise, 1e-7 * (1 + Math.abs(slope)));
  const product = objective.hvp(params, direction);
  const [up, down] = [h, -h].map((share) => objective.valueAndGradient(moved(share)).gradient);
  product.forEach((value, at) => {
    const expected = (up[at] - down[at]) / (2 * h);
    assertAlmostEquals(value, expected, 1e-6 * (1 + Math.abs(expected)), `${at}`);
  });
});

Deno.test("residualBlocks() comes back from its JSON, is named in a text, refuses no blocks and widths that do not fit", () => {
  const layer = feedForward(D, { width: 4, blocks: 3 });
  assertEquals(layerFromJson(JSON.parse(JSON.stringify(layer.toJson()))), layer);
  assertEquals(layerText(layer.toJson()), "3 → residual blocks 3 x {4 tanh}");
  assertThrows(() => residualBlocks(), RangeError, "there must be one or more");
  assertThrows(() => network(2, residualBlocks(body, body)), ShapeError);
  assertThrows(() => blockNetwork(D, []), RangeError, "got no block");
  assertEquals(blocksOf(network(D, body)), null);
});

Deno.test("residualBlocks() settle at min H over [x f_1 ... f_L], at or below linear on x, when fit trains them", () => {
  const net = network(D, feedForward(D, { width: 2, blocks: 3 }));
  const training = { x, y };
  const linear = bestLinear(kernels, squared, training);
  const settings = { ...FIT_DEFAULTS, epochs: 5, batch: 10, start: "constant" } as const;
  const steps = fitNetwork(kernels, { net, loss: squared, training, heldOut: null, settings }, linear);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { params } = step.value;
  using objective = createObjective(kernels, net, squared, training);
  const best = bestLinear(kernels, squared, { ...training, beside: objective.features(params) });
  assertAlmostEquals(objective.value(params), best.value, 1e-9 * linear.value);
  assert(best.value < linear.value);
});
