import { assert, assertAlmostEquals } from "@std/assert";
import { createHeadObjective, seekCritical } from "../../src/landscape/mod.ts";
import { softmax, squared } from "../../src/loss/mod.ts";
import { matrix, norm } from "../../src/tensor/mod.ts";
import { denseGradient } from "../support/dense_hessian.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

for (const [loss, m] of [[squared, 1], [softmax, 2]] as const) {
  Deno.test(`seekCritical() ends where the dense gradient of ${loss.name} with ${m} output(s) vanishes, at saddles and at minima`, () => {
    const seen = { saddles: 0, minima: 0, lost: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const head = randomHead(loss, seed, { d: 3, k: 2, m, scaleW: seed % 2 ? 1 : 0.01 });
      using objective = createHeadObjective(kernels, head);
      const { point, spectrum, found } = seekCritical(objective, head);
      if (!found) {
        seen.lost++;
        continue;
      }
      assertAlmostEquals(norm(denseGradient({ ...head, W: point.W, V: point.V }).gradient), 0, 1e-9);
      if (spectrum.lambdaMin < -1e-8) seen.saddles++;
      else seen.minima++;
    }
    assert(seen.saddles > 3 && (seen.minima > 3 || m > 1), JSON.stringify(seen));
  });
}

Deno.test("seekCritical() stops after its maximum number of steps, not converged", () => {
  const head = randomHead(squared, 1, { d: 3, k: 2 });
  using objective = createHeadObjective(kernels, head);
  const { found, point } = seekCritical(objective, head, { steps: 1 });
  assert(!found && point.gradientNorm > 1e-10);
  using flat = createHeadObjective(kernels, { ...head, y: new Float64Array(head.x.rows) });
  assert(seekCritical(flat, { W: matrix(1, 3, [0, 0, 0]), V: matrix(3, 2, new Array(6).fill(0)) }).found);
});
