import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { key, normal, split } from "../../src/random/mod.ts";
import { chiSquare, correlation, DEVIATIONS, MANY, meanOf } from "./_statistics.ts";

/** The runtime's logarithm may differ in the last bits between machines. */
const LOGARITHM = 1e-14;

Deno.test("normal() gives pinned numbers, the same bits for the same key", () => {
  const pinned = [0.5852047152621808, 0.5988466994759852, 1.2456698226840306, -0.18946370050539763];
  normal(key(1), 4).forEach((z, i) => assertAlmostEquals(z, pinned[i], LOGARITHM));
  assertEquals(normal(key(1), 1001), normal(key(1), 1001));
  assertEquals(normal(key(1), 7), normal(key(1), 1001).slice(0, 7));
});

Deno.test("normal() has the first six moments of the normal distribution", () => {
  const z = normal(key(1), MANY);
  // Moment by power, and the variance of the power, E z^(2 power) - moment^2.
  const moments = [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96], [5, 0, 945], [6, 15, 10170]];
  for (const [power, moment, variance] of moments) {
    const mean = meanOf(z, (x) => x ** power);
    assert(Math.abs(mean - moment) < DEVIATIONS * Math.sqrt(variance / MANY), `power ${power}: ${mean}`);
  }
});

Deno.test("normal() fills the quartiles evenly and has the right tails", () => {
  const z = normal(key(2), MANY);
  const quartile = 0.6744897501960817;
  const counts = [0, 0, 0, 0];
  for (const x of z) counts[x < -quartile ? 0 : x < 0 ? 1 : x < quartile ? 2 : 3]++;
  assert(chiSquare(counts) < 3 + DEVIATIONS * Math.sqrt(6));
  for (const [at, chance] of [[2, 0.0455002638963584], [3, 0.002699796063260189], [4, 6.334248366623996e-5]]) {
    const deviation = Math.sqrt(chance * (1 - chance) / MANY);
    const share = meanOf(z, (x) => Math.abs(x) > at ? 1 : 0);
    assert(Math.abs(share - chance) < DEVIATIONS * deviation, `beyond ${at}: ${share}`);
  }
});

Deno.test("normal() gives uncorrelated pairs, also in their squares, and uncorrelated siblings", () => {
  const [a, b] = split(key(3), 2).map((k) => normal(k, MANY));
  const squares = a.map((x) => x * x);
  const budget = DEVIATIONS / Math.sqrt(MANY);
  const even = a.filter((_, i) => i % 2 === 0);
  const odd = a.filter((_, i) => i % 2 === 1);
  assert(Math.abs(correlation(a, b)) < budget);
  assert(Math.abs(correlation(even, odd)) < budget * Math.SQRT2);
  assert(Math.abs(correlation(squares.subarray(1), squares.subarray(0, -1))) < budget);
});

Deno.test("normal() draws none, one and odd counts, all finite, and refuses bad counts", () => {
  for (const n of [0, 1, 2, 3, 17]) {
    const z = normal(key(4), n);
    assertEquals(z.length, n);
    assert(z.every((x) => Number.isFinite(x) && x !== 0));
  }
  assertThrows(() => normal(key(1), NaN), RangeError, "Cannot draw normal numbers: the count must be");
});
