import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { feedForward, initialise, network, splitParts } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { plainRun } from "../../src/sweep/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { CHECK_DEFAULTS } from "../../src/train/mod.ts";

const kernels = await loadKernels("simd");
const [rows, d] = [40, 4];
const x = matrix(rows, d, normal(key(1), rows * d).map((value, at) => at % d === 0 ? 1 : value));
const y = normal(key(2), rows).map((noise, i) => 1 + x.data[i * d + 1] - 2 * x.data[i * d + 2] + 0.1 * noise);
const linear = bestLinear(kernels, squared, { x, y });

function run(width: number, settings: Partial<typeof CHECK_DEFAULTS> = {}, seed = 1) {
  const net = network(d, feedForward(d, { width }));
  const task = {
    net,
    loss: squared,
    examples: { x, y },
    linear,
    settings: { ...CHECK_DEFAULTS, epochs: 3, ...settings },
    intercept: true,
  };
  const steps = plainRun(kernels, task, seed);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { net, end: value };
  }
}

Deno.test("plainRun() without training predicts w'V f(x): a naive forward pass gives its value", () => {
  const { net, end } = run(3, { epochs: 0, descend: false });
  const { w, V, theta } = splitParts(net, initialise(net, key(1)));
  const [A, b] = [theta.subarray(0, 3 * d), theta.subarray(3 * d)];
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let p = 0;
    for (let unit = 0; unit < 3; unit++) {
      let z = b[unit];
      for (let j = 0; j < d; j++) z += A[unit * d + j] * x.data[i * d + j];
      for (let j = 0; j < d; j++) p += w[j] * V[j * 3 + unit] * Math.tanh(z);
    }
    sum += (p - y[i]) ** 2 / 2;
  }
  assertAlmostEquals(end.value, sum / rows, 1e-12);
  assertEquals(end.descent, { steps: 0, end: "none" });
});

Deno.test("plainRun() of one unit ends above linear, second-order stationary; its descent reaches least squares on [f 1]", () => {
  const { end } = run(1);
  assertEquals([end.standing, end.stationary], ["above", true]);
  assert(end.gap > 0.1 * linear.value);
  assertAlmostEquals(end.gap, end.value - linear.value, 1e-15);
});

Deno.test("plainRun() of many units fits better than linear, and repeats to the bit", () => {
  const { end } = run(64);
  assert(end.value < linear.value);
  assertEquals(run(64).end, end);
  assert(run(64, {}, 2).end.value !== end.value);
});

Deno.test("plainRun() refuses a penalty and a ball", () => {
  assertThrows(() => run(2, { penalty: 1 }), RangeError, "penalty or a ball");
  assertThrows(() => run(2, { ball: 1 }), RangeError, "penalty or a ball");
});
