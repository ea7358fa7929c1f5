import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createPartialProblem, descend, escape, headSpectrum, towardsLinear } from "../../src/landscape/mod.ts";
import { logistic, squared } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { bentData } from "../support/small_problem.ts";

const kernels = await loadKernels("simd");
const [d, k] = [3, 5];

function problemFor(loss = squared) {
  const { x, y } = bentData(60, d, 3);
  const target = loss === logistic ? y.map((value) => value > 0 ? 1 : -1) : y;
  const f = { rows: 60, cols: k, data: normal(key(9), 60 * k).map(Math.tanh) };
  const linear = bestLinear(kernels, loss, { x, y: target });
  return { problem: createPartialProblem(kernels, { x, f, y: target, loss }), linear };
}

/** Random heads over scales from 0.01 to 100. */
function heads(count: number) {
  return split(key(4), count).map((one, i) => {
    const scale = 10 ** (i % 5 - 2);
    const draws = normal(one, d + d * k).map((value) => scale * value);
    return { w: draws.slice(0, d), V: { rows: d, cols: k, data: draws.slice(d) } };
  });
}

Deno.test("escape() leads down from w = V = 0 too, where only the gradient shows the way", () => {
  const { problem, linear } = problemFor();
  const point = problem.at({ w: new Float64Array(d), V: { rows: d, cols: k, data: new Float64Array(d * k) } });
  assertEquals(towardsLinear(point, linear.weights), null);
  const found = escape(problem, point, headSpectrum(problem, point), linear)!;
  assertEquals(found.u, point.gradientW.map((value) => -value));
  assertAlmostEquals(found.slope, -(point.gradientNorm ** 2), 1e-14 * point.gradientNorm ** 2);
  assert(found.reached.value < point.value);
  problem[Symbol.dispose]();
});

for (const loss of [squared, logistic]) {
  Deno.test(`escape() lowers F from every ${loss.name} point above the linear predictor`, () => {
    const { problem, linear } = problemFor(loss);
    let above = 0;
    for (const head of heads(40)) {
      const point = problem.at(head);
      if (point.value <= linear.value) continue;
      above++;
      const found = escape(problem, point, headSpectrum(problem, point), linear)!;
      assert(found.drop > 0 && found.reached.value < point.value);
      assertAlmostEquals(found.drop, point.value - found.reached.value, 1e-15 * point.value);
    }
    assert(above > 20);
    problem[Symbol.dispose]();
  });

  Deno.test(`towardsLinear() falls at least as fast as the ${loss.name} gap, by central differences of F`, () => {
    const { problem, linear } = problemFor(loss);
    for (const head of heads(20).slice(0, 15)) {
      const point = problem.at(head);
      const { u, D } = towardsLinear(point, linear.weights)!;
      // F is smooth along the line; a step of 1e-6 of its length leaves an error of about 1e-9 of the values.
      const step = 1e-6;
      const at = (t: number) =>
        problem.at({
          w: head.w.map((value, i) => value + t * u[i]),
          V: { ...head.V, data: head.V.data.map((value, i) => value + t * D.data[i]) },
        }).value;
      const slope = (at(step) - at(-step)) / (2 * step);
      const gap = point.value - linear.value;
      assert(-slope >= gap - 1e-6 * (1 + Math.abs(slope) + point.value), `slope ${slope}, gap ${gap}`);
    }
    problem[Symbol.dispose]();
  });
}

Deno.test("escape() leaves the exact saddle of Example 1 along negative curvature, to the bottom", () => {
  const one = matrix(1, 1, [1]);
  for (const epsilon of [1, 0.1, 1e-3]) {
    const f = matrix(1, 1, [epsilon]);
    using problem = createPartialProblem(kernels, { x: one, f, y: Float64Array.of(1), loss: squared });
    const point = problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [-1 / epsilon]) });
    const comparator = { weights: Float64Array.of(1), value: 0 };
    const found = escape(problem, point, headSpectrum(problem, point), comparator)!;
    assertEquals(found.order, "second");
    assertAlmostEquals(found.curvature, -epsilon, 1e-12);
    assert(found.drop > 0);
    const { point: end } = descend(problem, found.reached);
    assert(end.value < 1e-15, `F = ${end.value} at the end`);
  }
});

Deno.test("escape() finds no way down from the best point that the features allow", () => {
  const { problem, linear } = problemFor();
  const { point, spectrum } = descend(problem, heads(3)[2]);
  assert(point.value < linear.value);
  assertEquals(escape(problem, point, { ...spectrum, witness: null }, linear), null);
  problem[Symbol.dispose]();
});

Deno.test("towardsLinear() has nothing to say at w = 0", () => {
  const { problem, linear } = problemFor();
  const point = problem.at({ w: new Float64Array(d), V: { rows: d, cols: k, data: new Float64Array(d * k) } });
  assertEquals(towardsLinear(point, linear.weights), null);
  problem[Symbol.dispose]();
});
