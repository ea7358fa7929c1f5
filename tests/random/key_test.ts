import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { fold, type Key, key, split } from "../../src/random/mod.ts";

const text = (k: Key): string => k.lanes.join();

const differingBits = (a: Key, b: Key): number =>
  a.lanes.reduce((sum, lane, i) => {
    const bits = (lane ^ b.lanes[i]) >>> 0;
    return sum + bits.toString(2).replaceAll("0", "").length;
  }, 0);

Deno.test("key(), fold() and split() give pinned bits", () => {
  assertEquals(key(0).lanes, [0x0ea1080e, 0x4e907b4f, 0xaf7a91e6, 0xb981c42e]);
  assertEquals(key(-1).lanes, [0x414f33aa, 0x984f72f5, 0x0d250e96, 0x44320133]);
  assertEquals(fold(key(1), 0.5).lanes, [0x488c185e, 0xba8cac37, 0xaa8d9185, 0x41fac645]);
  assertEquals(fold(key(1), "initialisation").lanes, [0xf661fc23, 0xbcdbed64, 0xe74c96cb, 0x7734c642]);
  assertEquals(split(key(1), 2)[1].lanes, [0x9ba7891e, 0x73aec975, 0x3d1de229, 0xd3024043]);
});

Deno.test("key() makes a frozen value that is equal for equal seeds", () => {
  assertEquals(key(5), key(5));
  assertEquals(key(0), key(-0));
  assert(Object.isFrozen(key(5)) && Object.isFrozen(key(5).lanes));
  assert(key(5).lanes.every((lane) => Number.isInteger(lane) && lane >= 0 && lane < 2 ** 32));
});

Deno.test("fold() and split() leave the parent alone", () => {
  const parent = key(3);
  const before = text(parent);
  fold(parent, "x");
  split(parent, 5);
  assertEquals(text(parent), before);
});

Deno.test("seeds, indices, numbers and texts never meet", () => {
  const parent = key(1);
  const labels = [
    "",
    "0",
    "1",
    "a",
    "b",
    "ab",
    "ba",
    "a\0",
    "abcdefgh",
    "abcdefghi",
    "abcdefgh\0",
    "\ud800",
    "é",
    "e\u0301",
  ];
  const numbers = [0, 1, -1, 2, 0.5, 1e-300, Number.MAX_VALUE, 2 ** 32, 2 ** 53, 3, 4, 5];
  const keys = [
    parent,
    ...[0, 2, -1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map(key),
    ...labels.map((label) => fold(parent, label)),
    ...numbers.map((label) => fold(parent, label)),
    ...split(parent, 1000),
    ...split(key(2), 1000),
    ...split(split(parent, 1)[0], 1000),
  ];
  assertEquals(new Set(keys.map(text)).size, keys.length);
  assertEquals(fold(parent, 0), fold(parent, -0));
});

Deno.test("split() gives children that do not depend on how many there are", () => {
  assertEquals(split(key(9), 3), split(key(9), 10).slice(0, 3));
  assertEquals(split(key(9), 0), []);
  assertEquals(split(key(9)).length, 2);
});

Deno.test("key(), fold() and split() flip half of the bits when one bit of the input flips", () => {
  // 128 fair bits: mean 64, deviation 5.66. Each mean is over 2000 pairs, so its deviation is 0.13 when pairs are
  // independent; single pairs stay within 7 deviations.
  const pairs = Array.from({ length: 2000 }, (_, i): readonly (readonly [Key, Key])[] => [
    [key(2 * i), key(2 * i + 1)],
    [fold(key(0), 2 * i), fold(key(0), 2 * i + 1)],
    [fold(key(0), `step ${2 * i}`), fold(key(0), `step ${2 * i + 1}`)],
    [fold(key(2 * i), "same"), fold(key(2 * i + 1), "same")],
    [split(key(i), 2)[0], split(key(i), 2)[1]],
  ]);
  for (const kind of pairs[0].keys()) {
    const counts = pairs.map((row) => differingBits(...row[kind]));
    const mean = counts.reduce((a, b) => a + b) / counts.length;
    assert(Math.abs(mean - 64) < 0.13 * 5, `kind ${kind}: mean ${mean}`);
    assert(Math.min(...counts) > 24 && Math.max(...counts) < 104, `kind ${kind}: ${Math.min(...counts)}`);
  }
});

Deno.test("key(), fold() and split() refuse what is out of range", () => {
  assertThrows(() => key(0.5), RangeError, "Cannot make a key: the seed must be a safe integer, got 0.5");
  assertThrows(() => key(NaN), RangeError, "got NaN");
  assertThrows(() => key(2 ** 53), RangeError, "Cannot make a key");
  assertThrows(() => fold(key(0), Infinity), RangeError, "Cannot fold a key: the label must be finite, got Infinity");
  assertThrows(() => split(key(0), -1), RangeError, "Cannot split a key");
  assertThrows(() => split(key(0), 1.5), RangeError, "got 1.5");
  assertNotEquals(text(fold(key(0), 1)), text(fold(key(0), "1")));
});
