import { assert, assertEquals, assertThrows } from "@std/assert";
import { fold, key, split, uniform } from "../../src/random/mod.ts";
import { chiSquare, correlation, DEVIATIONS, MANY, meanOf } from "./_statistics.ts";

Deno.test("uniform() gives pinned numbers, the same for the same key", () => {
  assertEquals([...uniform(key(1), 3)], [0.7932745868707733, 0.8001112496317846, 0.8323788838882574]);
  assertEquals(uniform(key(1), 1000), uniform(key(1), 1000));
  assertEquals(uniform(key(1), 10), uniform(key(1), 1000).slice(0, 10));
});

Deno.test("uniform() has the moments of the uniform distribution", () => {
  const u = uniform(key(1), MANY);
  for (const power of [1, 2, 3, 4]) {
    const expected = 1 / (power + 1);
    const deviation = Math.sqrt((1 / (2 * power + 1) - expected ** 2) / MANY);
    const mean = meanOf(u, (x) => x ** power);
    assert(Math.abs(mean - expected) < DEVIATIONS * deviation, `power ${power}: ${mean}`);
  }
});

Deno.test("uniform() fills 256 equal cells evenly", () => {
  const counts = Array.from({ length: 256 }, () => 0);
  for (const u of uniform(key(2), MANY)) counts[Math.floor(256 * u)]++;
  const chi = chiSquare(counts);
  assert(Math.abs(chi - 255) < DEVIATIONS * Math.sqrt(2 * 255), `chi-square ${chi}`);
});

Deno.test("uniform() stays in [low, high), tiny and huge widths included", () => {
  for (const [low, high] of [[0, 1], [-3, -2], [1, 1 + 2 ** -52], [-1e308, 0.7e308], [0, 5e-324]]) {
    const u = uniform(key(3), 1000, { low, high });
    assert(u.every((x) => x >= low && x < high), `${low} to ${high}`);
  }
});

Deno.test("uniform() of sibling keys, of parent and child, and of neighbouring draws is uncorrelated", () => {
  const parent = key(4);
  const [a, b] = split(parent, 2);
  const draws = [parent, a, b, fold(parent, 0), fold(parent, 1), fold(parent, "a"), fold(parent, "b"), key(5)]
    .map((k) => uniform(k, MANY / 10));
  const budget = DEVIATIONS / Math.sqrt(MANY / 10);
  draws.forEach((x, i) => {
    assert(Math.abs(correlation(x.subarray(1), x.subarray(0, -1))) < budget, `lag 1 of ${i}`);
    draws.slice(0, i).forEach((y, j) => assert(Math.abs(correlation(x, y)) < budget, `${i} with ${j}`));
  });
});

Deno.test("uniform() across the first draw of many sibling keys is uniform and uncorrelated with the next sibling", () => {
  const first = Float64Array.from(split(key(6), 20_000), (k) => uniform(k, 1)[0]);
  const deviation = Math.sqrt(1 / 12 / first.length);
  assert(Math.abs(meanOf(first, (x) => x) - 0.5) < DEVIATIONS * deviation);
  assert(Math.abs(correlation(first.subarray(1), first.subarray(0, -1))) < DEVIATIONS / Math.sqrt(first.length));
});

Deno.test("uniform() draws none and one, and refuses bad counts and bounds", () => {
  assertEquals(uniform(key(1), 0).length, 0);
  assertEquals(uniform(key(1), 1).length, 1);
  assertThrows(() => uniform(key(1), -1), RangeError, "Cannot draw uniform numbers: the count must be");
  assertThrows(() => uniform(key(1), 0.5), RangeError, "got 0.5");
  assertThrows(() => uniform(key(1), 1, { low: 1, high: 1 }), RangeError, "low must be below high");
  assertThrows(() => uniform(key(1), 1, { low: NaN }), RangeError, "got NaN and 1");
  assertThrows(() => uniform(key(1), 1, { low: -1e308, high: 1e308 }), RangeError, "finite width");
});

Deno.test("uniform() draws from a key whose bits are all 0", () => {
  assert(new Set(uniform({ lanes: [0, 0, 0, 0] }, 10)).size > 1);
});
