import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { createPartialProblem, descend, descentStep, startDescent } from "../../src/landscape/mod.ts";
import { logistic, pseudoHuber, squared } from "../../src/loss/mod.ts";
import { joinColumns, matrix, norm } from "../../src/tensor/mod.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** Means of 30 products of numbers near 1, and roots and eigenvalues of them: hundreds of units of rounding. */
const ROUNDING = 1e-12;

/** A gradient of 1e-10 leaves a gap of its square over the least curvature, here above 1e-8. */
const GAP = 1e-9;

/** The curvature that `descend` is content with. */
const CURVATURE = 1e-8;

for (const loss of [squared, logistic, pseudoHuber]) {
  Deno.test(`descend() goes down to an epsilon-SOPSP at or below the best linear predictor for ${loss.name}, saddles included`, () => {
    for (let seed = 0; seed < 10; seed++) {
      const scaleW = [0, 1e-6, 1, 30][seed % 4];
      const head = randomHead(loss, seed, { n: 60, d: 3, k: 4, scaleW });
      using problem = createPartialProblem(kernels, head);
      const best = bestLinear(kernels, loss, { x: joinColumns(head.x, head.f), y: head.y });
      let state = startDescent(problem, head);
      while (!state.converged && !state.stalled && state.iterations < 500) {
        const next = descentStep(problem, state);
        assert(next.point.value <= state.point.value + ROUNDING * (1 + state.point.value), "F never rises");
        state = next;
      }
      assert(state.converged, `seed ${seed}: gradient ${state.point.gradientNorm}`);
      assertAlmostEquals(state.point.value, best.value, GAP);
      assert(state.spectrum.lambdaMin >= -CURVATURE);
    }
  });
}

Deno.test("descend() leaves an exact strict saddle, and stays at a minimum", () => {
  const head = randomHead(squared, 3, { d: 3, k: 4 });
  using problem = createPartialProblem(kernels, head);
  const { s, r } = problem.at({ w: new Float64Array(3), V: head.V });
  const V = matrix(3, 4, Array.from({ length: 12 }, (_, at) => -s[Math.floor(at / 4)] * r[at % 4] / norm(r) ** 2));
  const saddle = problem.at({ w: new Float64Array(3), V });
  assertLess(saddle.gradientNorm, 1e-15);
  const { point, converged } = descend(problem, saddle);
  assert(converged && point.value < saddle.value - 1e-3);
  assertEquals(descend(problem, point).iterations, 0);
});
