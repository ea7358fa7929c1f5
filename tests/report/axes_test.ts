import { assert, assertEquals } from "@std/assert";
import { ticksOf, tickText } from "../../src/report/internal_drawing.ts";

Deno.test("ticksOf() are round, inside, and about as many as asked for", () => {
  assertEquals(ticksOf(0, 10, false, 5), [0, 2, 4, 6, 8, 10]);
  assertEquals(ticksOf(-0.3, 0.3, false, 3).map((tick) => Number(tick.toFixed(12)) + 0), [-0.2, 0, 0.2]);
  assertEquals(ticksOf(0.5, 2000, true, 5), [1, 10, 100, 1000]);
  assertEquals(ticksOf(0.3, 6, true, 5), [0.5, 1, 2, 5]);
  assert(ticksOf(1e-12, 1, true, 5).length <= 6);
  for (const [low, high] of [[0.21, 0.23], [3, 3.5], [1e-9, 1.1e-9]]) {
    const ticks = ticksOf(low, high, true, 5);
    assert(ticks.length >= 2 && ticks.every((tick) => tick >= low * 0.999 && tick <= high * 1.001), `${ticks}`);
  }
  assertEquals([0, 0.25, 1e-5, 2.5e6].map(tickText), ["0", "0.25", "1e-5", "2.5e6"]);
});
