import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { createPartialProblem, escapePath, type HeadPoint } from "../../src/landscape/mod.ts";
import { logistic, squared } from "../../src/loss/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** The end of a path is the linear predictor itself, but for the rounding of its sums. */
const ROUNDING = 1e-10;

Deno.test("escapePath() goes down all the way to the best linear predictor from random points, w = 0 and w against w* too", () => {
  for (let seed = 0; seed < 60; seed++) {
    const loss = seed % 2 ? squared : logistic;
    const head = randomHead(loss, seed, { d: 2 + seed % 4, k: 3, scaleW: [1, 30, 0][seed % 3], scaleV: 3 });
    const linear = bestLinear(kernels, loss, { x: head.x, y: head.y });
    using problem = createPartialProblem(kernels, head);
    const against: HeadPoint = { w: linear.weights.map((value) => -2 * value), V: head.V };
    for (const start of [{ w: head.w, V: head.V }, against]) {
      const path = escapePath(problem, start, linear);
      assert(path !== null, `seed ${seed}`);
      for (let i = 1; i < path.length; i++) {
        assert(path[i].point.value <= path[i - 1].point.value, `seed ${seed}, step ${i}`);
      }
      const end = path.at(-1)!.point.value;
      assert(
        end <= linear.value + ROUNDING * Math.max(1, path[0].point.value),
        `seed ${seed}: ${end} above ${linear.value}`,
      );
    }
  }
});

Deno.test("escapePath() begins with negative curvature at w = 0, with Lemma 1 elsewhere, and stays where it is below linear", () => {
  const head = randomHead(squared, 3, { d: 3, k: 2, scaleW: 0 });
  const linear = bestLinear(kernels, squared, { x: head.x, y: head.y });
  using problem = createPartialProblem(kernels, head);
  assertEquals(escapePath(problem, { w: head.w, V: head.V }, linear)![0].order, "start");
  const saddle = matrix(3, 2, [0, 0, 0, 0, 0, 0]);
  const orders = escapePath(problem, { w: head.w, V: saddle }, linear)!.map(({ order }) => order);
  assert(orders.length > 2 && orders.at(-1) === "first");
  const there = escapePath(problem, { w: linear.weights, V: saddle }, { ...linear, value: linear.value + 1 })!;
  assertEquals(there.length, 1);
});

Deno.test("escapePath() follows the interpolation of the two losses from above, as convexity says", () => {
  const head = randomHead(logistic, 11, { d: 4, k: 3, scaleW: 5, scaleV: 2 });
  const linear = bestLinear(kernels, logistic, { x: head.x, y: head.y });
  using problem = createPartialProblem(kernels, head);
  const path = escapePath(problem, { w: head.w, V: head.V }, linear, 10)!;
  assertEquals(path.length, 11);
  const [first, last] = [path[0].point.value, linear.value];
  path.forEach(({ point }, i) => assert(point.value <= first + (last - first) * i / 10 + ROUNDING * first));
});

Deno.test("escapePath() with one input may find no way: w would have to pass 0", () => {
  const one = matrix(1, 1, [1]);
  using problem = createPartialProblem(kernels, { x: one, f: matrix(1, 1, [0]), y: Float64Array.of(1), loss: squared });
  const path = escapePath(problem, { w: Float64Array.of(-1), V: one }, { weights: Float64Array.of(1), value: 0 });
  assert(path === null || path.at(-1)!.point.value >= 0);
  const found = escapePath(problem, { w: Float64Array.of(0.5), V: one }, { weights: Float64Array.of(1), value: 0 })!;
  assertAlmostEquals(found.at(-1)!.point.value, 0, ROUNDING);
});
