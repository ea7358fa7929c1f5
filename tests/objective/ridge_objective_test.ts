import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective } from "../../src/landscape/mod.ts";
import { LOSSES } from "../../src/loss/mod.ts";
import { activation, chain, dense, network, splitParts } from "../../src/nn/mod.ts";
import { createObjective, createRidgeObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, ShapeError } from "../../src/tensor/mod.ts";
import { centralGradient } from "../support/naive_network.ts";

const kernels = await loadKernels("simd");
const [rows, d, k, m] = [9, 3, 4, 2];
const loss = LOSSES.find(({ name }) => name === "squared")!;
const net = network(d, chain(dense(d, k), activation("tanh")), { outputs: m });
const examples = {
  x: matrix(rows, d, normal(key(1), rows * d).map((value, at) => at % d === 0 ? 1 : value)),
  y: normal(key(2), rows * m),
};
const params = normal(key(3), net.size);

for (const intercept of [false, true]) {
  const ridge = { x: 0.3, f: 0.7, intercept };

  Deno.test(`createRidgeObjective() has the value of F_theta with the same ridge, and of the formula, intercept ${intercept}`, () => {
    using plain = createObjective(kernels, net, loss, examples);
    using objective = createRidgeObjective(createObjective(kernels, net, loss, examples), net, ridge);
    const { w, V } = splitParts(net, params);
    using head = createHeadObjective(kernels, { ...examples, f: plain.features(params), loss, ridge });
    const { value } = head.at({ W: matrix(m, d, w), V: matrix(d, k, V) });
    assertAlmostEquals(objective.value(params), value, 1e-12);
    let sum = 0;
    for (let a = 0; a < m; a++) {
      for (let i = intercept ? 1 : 0; i < d; i++) sum += 0.3 / 2 * w[a * d + i] ** 2;
      for (let j = 0; j < k; j++) {
        let entry = 0;
        for (let i = 0; i < d; i++) entry += w[a * d + i] * V[i * k + j];
        sum += 0.7 / 2 * entry ** 2;
      }
    }
    assertAlmostEquals(objective.value(params) - plain.value(params), sum, 1e-12);
  });

  Deno.test(`createRidgeObjective() has the gradient of its value, and the product of its gradient, by differences, intercept ${intercept}`, () => {
    using objective = createRidgeObjective(createObjective(kernels, net, loss, examples), net, ridge);
    const { gradient, value } = objective.valueAndGradient(params);
    assertAlmostEquals(value, objective.value(params), 1e-12);
    // Differences of step h are off by h² times a third derivative, and by eps / h: both near 1e-10.
    const h = 1e-5;
    const expected = centralGradient((at) => objective.value(at), params, h);
    gradient.forEach((entry, at) => assertAlmostEquals(entry, expected[at], 1e-7));
    const direction = normal(key(4), net.size);
    const product = objective.hvp(params, direction);
    const [up, down] = [1, -1].map((sign) =>
      objective.valueAndGradient(params.map((entry, at) => entry + sign * h * direction[at])).gradient
    );
    product.forEach((entry, at) => assertAlmostEquals(entry, (up[at] - down[at]) / (2 * h), 1e-6));
    const other = normal(key(5), net.size);
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, entry, at) => sum + entry * b[at], 0);
    const [left, right] = [dot(other, product), dot(direction, objective.hvp(params, other))];
    assert(Math.abs(left - right) <= 1e-12 * (1 + Math.abs(left)));
  });
}

Deno.test("createRidgeObjective() refuses a network without the skip, whose (W, V) it is not", () => {
  const plain = network(d, chain(dense(d, k), activation("tanh")), { kind: "plain", outputs: m });
  using objective = createObjective(kernels, plain, loss, examples);
  assertThrows(() => createRidgeObjective(objective, plain, { x: 1, f: 1, intercept: true }), ShapeError);
});
