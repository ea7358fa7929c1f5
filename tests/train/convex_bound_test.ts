import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { isEvaluated } from "../../src/claims/mod.ts";
import { certifyPoint, convexBound } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { logistic, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { createLinearObjective, createObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, ShapeError } from "../../src/tensor/mod.ts";

const [ROWS, D] = [40, 3];

/** Two sums over 40 rows in another order. */
const ROUNDING = 1e-13;

const x = matrix(ROWS, D, normal(key(1), ROWS * D));
const CASES = [
  ["squared", squared, 1, normal(key(2), ROWS)],
  ["logistic", logistic, 1, normal(key(3), ROWS).map((value) => value > 0 ? 1 : -1)],
  [
    "softmax",
    softmax,
    3,
    Float64Array.from({ length: 3 * ROWS }, (_, at) => at % 3 === Math.floor(at / 3) % 3 ? 1 : 0),
  ],
  ["squared, two outputs", squared, 2, normal(key(4), 2 * ROWS)],
] as const;

for (const [name, loss, outputs, y] of CASES) {
  Deno.test(`convexBound() is the certificate <S, W - W*> + <R, W V> of certifyPoint(): ${name}`, async () => {
    const kernels = await loadKernels("simd");
    const net = network(D, chain(dense(D, 4), activation("tanh")), { outputs });
    const params = normal(key(5), net.size);
    const examples = { x, y };
    const linear = bestLinear(kernels, loss, examples);
    using objective = createObjective(kernels, net, loss, examples);
    using linearly = createLinearObjective(kernels, loss, examples);
    const q = linearly.project(linear.weights);
    const { training, bound } = convexBound(loss, { y, outputs }, objective.predict(params), q);
    const found = certifyPoint(kernels, { net, params, loss, examples }, { linear });
    const certificate = found.point.inequalities["convex-certificate"];
    assert(isEvaluated(certificate));
    const scale = 1 + Math.abs(certificate.left);
    assertAlmostEquals(bound, certificate.left, ROUNDING * scale);
    assertAlmostEquals(training, found.point.value, ROUNDING * scale);
    assert(training - linear.value <= bound);
  });
}

Deno.test("convexBound() is 0 against the predictions themselves and refuses others than one a target", () => {
  const y = Float64Array.of(1, 2);
  assertEquals(convexBound(squared, { y, outputs: 1 }, y, y), { training: 0, bound: 0 });
  assertThrows(() => convexBound(squared, { y, outputs: 1 }, y, Float64Array.of(1)), ShapeError);
});
