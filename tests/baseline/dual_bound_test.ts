import { assert, assertAlmostEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { dualBound } from "../../src/baseline/dual_bound.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, createHuber, isJoint, lossByName, LOSSES, softmax, squared } from "../../src/loss/mod.ts";
import { createLinearObjective, type LinearExamples } from "../../src/objective/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix, norm } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

/** Columns 1, cos, sin, cos 2, ... of a full turn: orthogonal, of mean square 1. */
function orthonormal(n: number, r: number) {
  const column = (i: number, j: number) => {
    const turn = 2 * Math.PI * Math.ceil(j / 2) * i / n;
    return j === 0 ? 1 : Math.SQRT2 * (j % 2 ? Math.cos(turn) : Math.sin(turn));
  };
  return matrix(n, r, Array.from({ length: n * r }, (_, at) => column(Math.floor(at / r), at % r)));
}

const [N, R] = [40, 3];

function examplesFor(loss: AnyLoss): LinearExamples {
  const x = orthonormal(N, R);
  const draws = normal(key(11), N);
  if (isJoint(loss)) {
    const classes = Array.from(draws, (draw) => draw < -0.5 ? 0 : draw < 0.5 ? 1 : 2);
    return { x, y: Float64Array.from({ length: 3 * N }, (_, at) => Number(classes[Math.floor(at / 3)] === at % 3)) };
  }
  const target = (draw: number) =>
    loss.target === "class" ? (draw < 0 ? -1 : 1) : loss.name === "poisson" ? Math.floor(2 * Math.abs(draw)) : draw;
  return { x, y: Float64Array.from(draws, target) };
}

/** Sums of 40 numbers near 1. */
const SUM = 1e-13;

Deno.test("dualBound() of the squared loss is the minimum itself, for any start of the Newton step", () => {
  const { x, y } = examplesFor(squared);
  using objective = createLinearObjective(kernels, squared, { x, y });
  // min E[(Q u - y)²]/2 = (E[y²] - |E[y q]|²)/2.
  const least = (y.reduce((sum, one) => sum + one * one, 0) / N - norm(objective.correlate(y)) ** 2) / 2;
  for (const draw of split(key(12), 5)) {
    const u = normal(draw, R);
    const sums = objective.at(u);
    const { value } = dualBound(objective, u, sums, sums.gradient.map((slope) => -slope));
    assertAlmostEquals(value, least, SUM);
  }
});

for (const loss of [...LOSSES, softmax]) {
  Deno.test(`dualBound() of ${loss.name} is below the loss of every predictor within its reach, for any step`, () => {
    const examples = examplesFor(loss);
    using objective = createLinearObjective(kernels, loss, examples);
    const m = objective.outputs;
    for (const [turn, draw] of split(key(13), 40).entries()) {
      const [forStart, forStep, forOthers] = split(draw, 3);
      const u = normal(forStart, m * R).map((value) => value * 10 ** (turn % 4 - 2));
      const steps = [null, new Float64Array(m * R), normal(forStep, m * R).map((value) => 0.1 * value)];
      for (const step of steps) {
        const { value, reach } = dualBound(objective, u, objective.at(u), step);
        assertGreater(reach, norm(u));
        for (const other of split(forOthers, 6)) {
          const direction = normal(other, m * R);
          const v = direction.map((one) => one * reach / norm(direction));
          for (const share of [0.01, 0.3, 1]) {
            assertLessOrEqual(value, objective.at(v.map((one) => share * one)).value + SUM);
          }
        }
        // Down the slope is where a bound that leaves something out is too high.
        const { gradient } = objective.at(u);
        const down = gradient.map((one) => -one * Math.min(1, reach / norm(gradient)));
        assertLessOrEqual(value, objective.at(down).value + SUM);
      }
    }
  });
}

for (const loss of [...LOSSES, softmax]) {
  Deno.test(`dualBound() of ${loss.name} after a Newton step is as near to the minimum as the square of the distance from it`, () => {
    const { x, y } = examplesFor(loss);
    using objective = createLinearObjective(kernels, loss, { x, y });
    const m = objective.outputs;
    const best = bestLinear(kernels, loss, { x, y });
    const away = normal(key(14), m * R);
    for (const distance of [1e-3, 1e-4, 1e-5]) {
      const u = best.weights.map((value, at) => value + distance * away[at]);
      const sums = objective.at(u);
      // To first order the Newton step goes back to the minimum.
      const { value } = dualBound(objective, u, sums, away.map((one) => -distance * one));
      // Slopes that jump to second order leave what the kinks between take.
      assertLessOrEqual(best.value - value, 200 * distance ** 2 + SUM);
    }
  });
}

Deno.test("dualBound() without a step is the tangent where it is lowest: tight for a straight loss", () => {
  // Every residual is beyond delta, above: F(u) = u + 1000 - 1/2, a straight line down to -999.
  const straight = { x: matrix(4, 1, [1, 1, 1, 1]), y: new Float64Array(4).fill(-1000) };
  using objective = createLinearObjective(kernels, createHuber(1), straight);
  for (const start of [-2, 0, 2]) {
    const u = Float64Array.of(start);
    const { value, reach } = dualBound(objective, u, objective.at(u), null);
    assertAlmostEquals(value, objective.at(Float64Array.of(-reach)).value, 1e-12);
  }
});

Deno.test("dualBound() falls back on the tangent where the slopes after a step leave the conjugate's domain", () => {
  const examples = examplesFor(lossByName("logistic"));
  using objective = createLinearObjective(kernels, lossByName("logistic"), examples);
  const u = new Float64Array(R);
  const sums = objective.at(u);
  const tangent = dualBound(objective, u, sums, null).value;
  const { value } = dualBound(objective, u, sums, Float64Array.of(1e3, -1e3, 1e3));
  assert(Number.isFinite(tangent) && value === tangent);
});
