import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { key, permutation, split } from "../../src/random/mod.ts";
import { chiSquare, DEVIATIONS } from "./_statistics.ts";

Deno.test("permutation() gives a pinned order, the same for the same key", () => {
  assertEquals([...permutation(key(1), 8)], [6, 7, 2, 1, 0, 5, 3, 4]);
  assertEquals(permutation(key(1), 1000), permutation(key(1), 1000));
  assertNotEquals(permutation(key(1), 1000), permutation(key(2), 1000));
});

Deno.test("permutation() holds each integer once", () => {
  for (const n of [0, 1, 2, 3, 4, 5, 16, 17, 997, 100_000]) {
    assertEquals(permutation(key(n), n).toSorted(), Uint32Array.from({ length: n }, (_, i) => i));
  }
});

Deno.test("permutation() gives each of the 24 orders of 4 equally often", () => {
  const counts = new Map<string, number>();
  for (const k of split(key(3), 48_000)) {
    const order = permutation(k, 4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  const chi = chiSquare([...counts.values()]);
  assert(Math.abs(chi - 23) < DEVIATIONS * Math.sqrt(46), `chi-square ${chi}`);
});

Deno.test("permutation() refuses bad counts", () => {
  assertThrows(() => permutation(key(1), 2.5), RangeError, "Cannot draw a permutation: the count must be");
  assertThrows(() => permutation(key(1), -1), RangeError, "got -1");
});
