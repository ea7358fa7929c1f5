import { assertEquals } from "@std/assert";
import { summariseLosses } from "../../src/surface/mod.ts";

Deno.test("summariseLosses() takes the losses of a grid of 360 steps, and says null of what is not finite", () => {
  const many = Float64Array.from({ length: 360 * 360 }, (_, at) => 1 + at % 7);
  assertEquals(summariseLosses(many, 2), {
    lowest: 1,
    highest: 7,
    below: many.filter((value) => value <= 2).length / many.length,
  });
  assertEquals(summariseLosses([Infinity, 3], 2), { lowest: 3, highest: null, below: 0 });
  assertEquals(summariseLosses([Infinity, Infinity], 2), { lowest: null, highest: null, below: 0 });
});
