import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { penalty, projectToBall } from "../../src/optim/mod.ts";
import { norm } from "../../src/tensor/mod.ts";

/** (w, V) are the first two numbers, theta the other two. */
const HEAD = { length: 2 };
const POINT = Float64Array.of(3, -1, 5, 7);
const GRADIENT = Float64Array.of(0.5, 2, -1, 4);

/** A few roundings of numbers near 1. */
const ROUNDING = 1e-15;

Deno.test("penalty() adds its gradient to that of (w, V), and leaves theta alone", () => {
  const [update] = penalty(0.5, HEAD).update(GRADIENT, null, POINT);
  assertEquals(update, Float64Array.of(2, 1.5, -1, 4));
  assertEquals(penalty(0, HEAD).update(GRADIENT, null, POINT)[0], GRADIENT);
  assertEquals([GRADIENT, POINT], [Float64Array.of(0.5, 2, -1, 4), Float64Array.of(3, -1, 5, 7)]);
  for (const strength of [-1, NaN, Infinity]) assertThrows(() => penalty(strength, HEAD), RangeError, "0 or more");
});

Deno.test("projectToBall() ends a step that leaves the ball on its surface, towards where it went", () => {
  for (const radius of [0.1, 1, 3]) {
    const [update] = projectToBall(radius, HEAD).update(GRADIENT, null, POINT);
    const reached = POINT.map((value, at) => value + update[at]);
    assertAlmostEquals(norm(reached.subarray(0, 2)), radius, 10 * ROUNDING);
    // (3.5, 1) is where the step itself leads.
    assertAlmostEquals(reached[1] / reached[0], 1 / 3.5, 10 * ROUNDING);
    assertEquals([update[2], update[3]], [-1, 4]);
  }
});

Deno.test("projectToBall() leaves a step alone that stays within", () => {
  for (const radius of [4, 100, Infinity]) {
    assertEquals(projectToBall(radius, HEAD).update(GRADIENT, null, POINT)[0], GRADIENT);
  }
  for (const radius of [0, -1, NaN]) assertThrows(() => projectToBall(radius, HEAD), RangeError, "above 0");
});
