import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { JOINT_LOSSES, logistic, LOSSES, poisson, softmax } from "../../src/loss/mod.ts";

/** Far enough that every exponential of a falling loss is below 1e-30. */
const FAR = 1e3;

Deno.test("margin() exists exactly for the losses that need not attain their infimum", () => {
  for (const loss of [...LOSSES, ...JOINT_LOSSES]) assertEquals(loss.margin === null, loss.attains, loss.name);
});

Deno.test("margin() of logistic and poisson says by its sign what the loss does far out", () => {
  for (const loss of [logistic, poisson]) {
    for (const y of loss === logistic ? [-1, 1] : [0, 0.5, 7]) {
      for (const direction of [-2, -1, 0, 1, 2]) {
        for (const start of [-3, 0, 2]) {
          const margin = loss.margin!(direction, y);
          const where = `${loss.name}, y = ${y}, direction ${direction}: ${margin}`;
          const far = loss.value(start + FAR * direction, y);
          if (margin > 0) assertAlmostEquals(far, loss.infimum!(y), 1e-30, where);
          else if (margin === 0) assertEquals(far, loss.value(start, y), where);
          else assert(far > 400, where);
        }
      }
      // No -0, which would read as a sign in a table.
      for (const none of [0, -0]) assert(Object.is(loss.margin!(none, y), 0), `${loss.name} ${y}`);
    }
  }
  assertEquals([logistic.margin!(3, -1), poisson.margin!(-3, 0), poisson.margin!(-3, 2)], [-3, 3, -3]);
});

Deno.test("margin() of softmax says by its sign what the loss does far out", () => {
  const directions = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [2, 2, 2], [-1, 3, 0], [0, -1, -2], [5, 5, 4]];
  for (const direction of directions) {
    for (let at = 0; at < 3; at++) {
      const y = [0, 0, 0].with(at, 1);
      const start = [0.3, -0.2, 1];
      const value = (t: number) =>
        softmax.evaluate({ n: 1, m: 3, p: start.map((p, j) => p + t * direction[j]), y }, 1, []);
      const margin = softmax.margin!(direction, y);
      const where = `class ${at}, direction ${direction}: ${margin}`;
      if (margin > 0) assertAlmostEquals(value(FAR), softmax.infimum(y), 1e-30, where);
      else if (margin < 0) assert(value(FAR) > 400, where);
      else {
        // Neither: it stays where it is, or falls to a value above the infimum.
        assert(value(FAR) <= value(0) + 1e-12, where);
        assertAlmostEquals(value(FAR), value(2 * FAR), 1e-12, where);
        assert(value(FAR) > 0.1, where);
      }
    }
  }
  assertEquals(softmax.margin!([4, 1, 3], [1, 0, 0]), 1);
  assertEquals(softmax.margin!([4, 1, 3], [0, 0, 1]), -1);
  assertEquals(softmax.margin!([4], [1]), 0);
});

Deno.test("margin() and infimum() of softmax know targets of several classes", () => {
  const y = [0.5, 0.5, 0];
  assertAlmostEquals(softmax.infimum(y), Math.LN2, 1e-15);
  assertAlmostEquals(softmax.evaluate({ n: 1, m: 3, p: [0, 0, -800], y }, 1, []), Math.LN2, 1e-15);
  assertEquals(softmax.infimum([0, 1, 0]), 0);
  // Along (1, 1, 0) the third class dies out: the loss does not grow; along (1, 0, 0) it grows by half a unit per unit.
  assertEquals([softmax.margin!([1, 1, 0], y), softmax.margin!([1, 0, 0], y)], [0, -0.5]);
});
