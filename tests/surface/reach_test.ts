import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { chooseReach } from "../../src/surface/mod.ts";

const PLANE = { origin: Float64Array.of(1, 0, 0), a: Float64Array.of(2, 0, 0), b: Float64Array.of(0, 0, 0.5) };

Deno.test("chooseReach() reaches somewhat beyond the contour of the level, from inside and from outside", () => {
  const bowl = ([x, , z]: Float64Array) => (x - 1) ** 2 + z ** 2;
  // From the middle the level 4 is at distance 2: alpha = 1, beta = 4.
  const { a, b } = chooseReach(bowl, PLANE, 4);
  assertAlmostEquals(a[1], 1.6, 0.1);
  assertAlmostEquals(b[1], 6.4, 0.4);
  assertEquals([a[0], b[0]], [-a[1], -b[1]]);
  const outside = chooseReach(bowl, { ...PLANE, origin: Float64Array.of(6, 0, 0) }, 4);
  // The level is at x = 3: 3 away, alpha = -1.5.
  assertAlmostEquals(outside.a[0], -2.4, 0.15);
  const shown = chooseReach(bowl, PLANE, 4, [[0, 0], [50, 1]]);
  assert(shown.a[1] > 50);
});

Deno.test("chooseReach() without a contour reaches to where the loss has risen by as much as the level is away, and of a flat loss to the point's length", () => {
  const bowl = ([x, , z]: Float64Array) => (x - 1) ** 2 + z ** 2;
  // No loss is at -9: the loss 9 is at distance 3.
  assertAlmostEquals(chooseReach(bowl, PLANE, -9).a[1], 1.6 * 1.5, 0.15);
  assertEquals(chooseReach(() => 1, PLANE, 0), { a: [-0.5, 0.5], b: [-2, 2] });
});
