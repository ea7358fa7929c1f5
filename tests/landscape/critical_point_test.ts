import { assert, assertAlmostEquals } from "@std/assert";
import { createPartialProblem, seekCritical } from "../../src/landscape/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { kernels, randomHead } from "../support/random_heads.ts";
import { denseGradient } from "../support/dense_hessian.ts";
import { norm } from "../../src/tensor/mod.ts";

Deno.test("seekCritical() ends where the dense gradient vanishes, at saddles and at minima", () => {
  const seen = { saddles: 0, minima: 0, lost: 0 };
  for (let seed = 0; seed < 40; seed++) {
    const head = randomHead(squared, seed, { d: 3, k: 2, scaleW: seed % 2 ? 1 : 0.01 });
    using problem = createPartialProblem(kernels, head);
    const { point, spectrum, found } = seekCritical(problem, { w: head.w, V: head.V });
    if (!found) {
      seen.lost++;
      continue;
    }
    const { gradient } = denseGradient({ ...head, w: point.w, V: point.V });
    assertAlmostEquals(norm(gradient), 0, 1e-9);
    if (spectrum.lambdaMin < -1e-8) seen.saddles++;
    else seen.minima++;
  }
  assert(seen.saddles > 3 && seen.minima > 3, JSON.stringify(seen));
});

Deno.test("seekCritical() gives up after the steps it is allowed, and says so", () => {
  const head = randomHead(squared, 1, { d: 3, k: 2 });
  using problem = createPartialProblem(kernels, head);
  const { found, point } = seekCritical(problem, { w: head.w, V: head.V }, { steps: 1 });
  assert(!found && point.gradientNorm > 1e-10);
  using flat = createPartialProblem(kernels, { ...head, y: new Float64Array(head.x.rows) });
  const zero = { w: new Float64Array(3), V: matrix(3, 2, new Array(6).fill(0)) };
  assert(seekCritical(flat, zero).found);
});
