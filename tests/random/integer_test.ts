import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertThrows } from "@std/assert";
import { integer, key, split } from "../../src/random/mod.ts";
import { chiSquare, DEVIATIONS } from "./_statistics.ts";

Deno.test("integer() gives pinned integers", () => {
  assertEquals(integer(key(1), 0, 100), 28);
  assertEquals(integer(key(1), -(2 ** 52), 2 ** 52 - 1), -1037749949074490);
});

Deno.test("integer() is even over a range that does not divide a power of two", () => {
  const counts = Array.from({ length: 7 }, () => 0);
  for (const k of split(key(2), 70_000)) counts[integer(k, -3, 4) + 3]++;
  assert(Math.abs(chiSquare(counts) - 6) < DEVIATIONS * Math.sqrt(12));
});

Deno.test("integer() stays in range, the largest included", () => {
  for (const [low, high] of [[0, 1], [5, 7], [-1, 2 ** 32], [0, 2 ** 53 - 1], [-(2 ** 53 - 1), 0]]) {
    for (const k of split(key(3), 200)) {
      const i = integer(k, low, high);
      assert(Number.isSafeInteger(i), `${i} of ${low} to ${high}`);
      assertGreaterOrEqual(i, low, `${i} of ${low} to ${high}`);
      assertLess(i, high, `${i} of ${low} to ${high}`);
    }
  }
});

Deno.test("integer() refuses an empty, fractional or too wide range", () => {
  assertThrows(() => integer(key(1), 3, 3), RangeError, "Cannot draw an integer");
  assertThrows(() => integer(key(1), 0, 1.5), RangeError, "got 0 and 1.5");
  assertThrows(() => integer(key(1), -(2 ** 52), 2 ** 52), RangeError, "Cannot draw an integer");
  assertThrows(() => integer(key(1), NaN, 1), RangeError, "got NaN and 1");
});
