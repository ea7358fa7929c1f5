import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { customBlock, fourier, logCosh, parts } from "../../examples/custom_block.ts";
import { InputError } from "../../src/data/mod.ts";
import { certifyPoint } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { decodeModel } from "../../src/model/mod.ts";
import { chain, dense, forward, residual } from "../../src/nn/mod.ts";
import { createObjective, predictRows } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { checkGradient } from "../support/check_gradient.ts";

const { training, model, bytes, read, certificate } = await customBlock();

Deno.test("fourier() has the gradient that differences confirm, alone and inside a residual", () => {
  const x = matrix(4, 3, normal(key(1), 12));
  checkGradient(fourier(5), normal(key(2), 15), x);
  const block = residual(chain(fourier(2), dense(4, 3)));
  checkGradient(block, normal(key(3), 6 + 15), x);
});

Deno.test("logCosh has the derivatives and conjugate that differences confirm", () => {
  const step = 1e-5;
  for (const p of [-2, -0.3, 0, 0.7, 3]) {
    const central = (f: (p: number, y: number) => number) => (f(p + step, 0.2) - f(p - step, 0.2)) / (2 * step);
    assertAlmostEquals(logCosh.d1(p, 0.2), central(logCosh.value), 1e-9);
    assertAlmostEquals(logCosh.d2(p, 0.2), central(logCosh.d1), 1e-9);
    const s = logCosh.d1(p, 0.2);
    // Fenchel's equality at the slope.
    assertAlmostEquals(logCosh.value(p, 0.2) + logCosh.conjugate!(s, 0.2), s * p, 1e-12);
  }
});

Deno.test("the example's model is read back to the bit where its layer and loss are supplied", () => {
  assertEquals(read.params, model.params);
  assertEquals(read.net.body.toJson(), model.net.body.toJson());
  assert(read.loss === logCosh);
  assertEquals(forward(read.net, read.params, training.x), forward(model.net, model.params, training.x));
});

Deno.test("the example's model is refused in one sentence where its layer or loss is not supplied, or does not fit", () => {
  const { layers, losses } = parts;
  assertThrows(
    () => decodeModel(bytes, "wave.safetensors", { losses }),
    InputError,
    'wave.safetensors: the metadata "architecture" must be a tree of layers (cannot read a layer of type "fourier": known are dense, ' +
      "activation, residual, chain, parallel, blocks; supply a layer of your own by its type)",
  );
  assertThrows(
    () => decodeModel(bytes, "m", { layers }),
    InputError,
    'm: the metadata "loss" must be the name of a loss (cannot find the loss "log_cosh": known are squared, logistic, huber, ' +
      "pseudo_huber, smooth_hinge, poisson, softmax; supply a loss of your own by its name)",
  );
  const broken = { fourier: () => fourier(Number.NaN) };
  assertThrows(() => decodeModel(bytes, "m", { losses, layers: broken }), InputError, "cannot make Fourier features");
});

Deno.test("the example's model fits the wave, which no linear predictor does, and its certificate holds", async () => {
  assertEquals(certificate.verdict, "holds");
  assertEquals([certificate.point.standing, certificate.point.stationary], ["below", true]);
  assert(certificate.point.value < certificate.linear.value / 10);
  const kernels = await loadKernels("simd");
  const predictions = predictRows(kernels, read.net, read.params, training.x).data;
  const mean = predictions.reduce((sum, p, i) => sum + logCosh.value(p, training.y[i]), 0) / predictions.length;
  assertAlmostEquals(mean, certificate.point.value, 1e-12);
  using objective = createObjective(kernels, read.net, logCosh, training);
  assertAlmostEquals(objective.value(read.params), mean, 1e-12);
});

Deno.test("the example's certificate is of the point: with w set to 0 it is above the best linear predictor, and not stationary", async () => {
  const kernels = await loadKernels("simd");
  const params = model.params.map((value, i) => i < 3 ? 0 : value);
  const { point: found } = certifyPoint(kernels, { ...read, params, examples: training });
  assertEquals([found.standing, found.stationary], ["above", false]);
});
