import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { createHeadObjective, descend, descentStep, type Head, startDescent } from "../../src/landscape/mod.ts";
import { huber, logistic, poisson, pseudoHuber, softmax, squared } from "../../src/loss/mod.ts";
import { matrix, norm } from "../../src/tensor/mod.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** Means of 60 products of numbers near 1, and roots and eigenvalues of them: hundreds of units of rounding. */
const ROUNDING = 1e-12;

/** A gradient of 1e-10 leaves a gap of its square over the least curvature, here above 1e-8. */
const GAP = 1e-9;

/** The curvature that `descend` is content with. */
const CURVATURE = 1e-8;

for (
  const [loss, m] of [[squared, 1], [logistic, 1], [pseudoHuber, 1], [squared, 2], [softmax, 3], [huber, 3], [
    poisson,
    1,
  ]] as const
) {
  Deno.test(`descend() goes down to min H for ${loss.name} with ${m} output(s), saddles and every rank of W included`, () => {
    for (let seed = 0; seed < 8; seed++) {
      const scaleW = loss === poisson ? 0.5 : [0, 1e-6, 1, 30][seed % 4];
      const head = randomHead(loss, seed, { n: 60, d: 4, k: 3, m, scaleW, rank: seed % (m + 1) });
      using objective = createHeadObjective(kernels, head);
      const { value: best } = plainOptimum(head, m);
      let state = startDescent(objective, head);
      while (!state.converged && !state.stalled && state.iterations < 500) {
        const next = descentStep(objective, state);
        assert(next.point.value <= state.point.value + ROUNDING * (1 + state.point.value), "F never rises");
        state = next;
      }
      const what = `seed ${seed}: gradient ${state.point.gradientNorm}, lambda ${state.lambda.lower}`;
      assert(state.converged, what);
      assertAlmostEquals(state.point.value, best, GAP, what);
      assert(state.lambda.lower >= -CURVATURE, what);
    }
  });
}

for (const [loss, m] of [[squared, 2], [softmax, 3], [logistic, 1]] as const) {
  Deno.test(`descend() without a matrix goes down to min H for ${loss.name} with ${m} output(s), from W = 0 too`, () => {
    for (const [seed, rank] of [m, 1, 0].entries()) {
      const head = randomHead(loss, seed + 3, { n: 60, d: 4, k: 3, m, rank });
      using objective = createHeadObjective(kernels, head);
      const { value: best } = plainOptimum(head, m);
      let state = startDescent(objective, head, { order: 0, gradient: 1e-8 });
      while (!state.converged && !state.stalled && state.iterations < 500) {
        const next = descentStep(objective, state, { order: 0, gradient: 1e-8 });
        assert(next.point.value <= state.point.value + ROUNDING * (1 + state.point.value), "F never rises");
        assertEquals(next.model, null);
        state = next;
      }
      assertAlmostEquals(
        state.point.value,
        best,
        GAP,
        `rank ${rank}, ${state.iterations} steps, ${JSON.stringify({ ...state, point: state.point.gradientNorm })}`,
      );
    }
  });
}

/** (0, V) with grad_w = s + V r = 0: an exact strict saddle. */
function saddleOf(head: ReturnType<typeof randomHead>): Head {
  const zero = matrix(1, 3, [0, 0, 0]);
  using objective = createHeadObjective(kernels, head);
  const { S: { data: s }, R: { data: r } } = objective.at({ W: zero, V: head.V });
  const V = Array.from({ length: 12 }, (_, at) => -s[Math.floor(at / 4)] * r[at % 4] / norm(r) ** 2);
  return { W: zero, V: matrix(3, 4, V) };
}

for (const order of [400, 0]) {
  Deno.test(`descend() leaves an exact strict saddle, and stays at a minimum, ${order === 0 ? "without" : "with"} a matrix`, () => {
    const head = randomHead(squared, 3, { d: 3, k: 4 });
    using objective = createHeadObjective(kernels, head);
    const saddle = objective.at(saddleOf(head));
    assertLess(saddle.gradientNorm, 1e-15);
    const { point, converged } = descend(objective, saddle, { order, gradient: 1e-9 });
    assert(converged && point.value < saddle.value - 1e-3);
    assertEquals(descend(objective, point, { order, gradient: 1e-9 }).iterations, 0);
  });
}

Deno.test("descend() says when its steps ran out, and why it ended otherwise", () => {
  const head = randomHead(logistic, 1, { d: 3, k: 4 });
  using objective = createHeadObjective(kernels, head);
  const few = descend(objective, head, { iterations: 2 });
  assertEquals([few.converged, few.stalled, few.outOfSteps, few.iterations], [false, false, true, 2]);
  const whole = descend(objective, head);
  assertEquals([whole.converged, whole.outOfSteps], [true, false]);
  // No point has a gradient below 0: it ends where rounding leaves nothing to gain.
  const never = descend(objective, head, { gradient: -1, iterations: 2000 });
  assertEquals([never.converged, never.stalled, never.outOfSteps], [false, true, false]);
});

Deno.test("descend() stays finite and says that it did not converge where m = d keeps it from the optimum, as in Example 1", () => {
  const one = matrix(1, 1, [1]);
  using objective = createHeadObjective(kernels, { x: one, f: one, y: Float64Array.of(1), loss: squared });
  const { point, converged, lambda } = descend(objective, { W: one, V: matrix(1, 1, [-3]) }, { iterations: 60 });
  assert(Number.isFinite(point.value) && lambda.lower <= lambda.upper);
  assert(converged === (point.gradientNorm <= 1e-10 && lambda.lower >= -CURVATURE));
});
