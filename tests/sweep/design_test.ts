import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  countPoints,
  type Design,
  designPoints,
  identityText,
  isInShard,
  type JobIdentity,
  makeJob,
  sobol,
} from "../../src/sweep/mod.ts";

/** Points 300 and 511 of scipy.stats.qmc.Sobol(16, scramble=False), in units of 2^-32. */
const SCIPY: Readonly<Record<number, readonly number[]>> = {
  300: [
    ...[1568669696, 192937984, 1233125376, 1468006400, 327155712, 2273312768, 2172649472, 3883925504],
    ...[2776629248, 2491416576, 1082130432, 2071986176, 3632267264, 4269801472, 3481272320, 746586112],
  ],
  511: [
    ...[8388608, 2155872256, 1753219072, 3632267264, 1518338048, 3766484992, 3196059648, 1988100096],
    ...[947912704, 864026624, 1468006400, 3565158400, 260046848, 4051697664, 511705088, 2776629248],
  ],
};

Deno.test("sobol() gives the points of scipy in sixteen dimensions", () => {
  const points = [...sobol(16).take(512)];
  for (const [index, expected] of Object.entries(SCIPY)) {
    assertEquals(points[Number(index)].map((value) => value * 2 ** 32), expected);
  }
});

Deno.test("sobol() has one of the first 64 points in each 64th of every axis, shifted or not", () => {
  for (const shift of [[], Array.from({ length: 16 }, (_, at) => (at * 0.37 + 0.11) % 1)]) {
    const points = [...sobol(16, shift).take(64)];
    for (let dimension = 0; dimension < 16; dimension++) {
      assertEquals(new Set(points.map((point) => Math.floor(point[dimension] * 64))).size, 64);
    }
  }
});

Deno.test("sobol() refuses dimensions that it does not have", () => {
  for (const wrong of [0, 17, 1.5, NaN]) assertThrows(() => sobol(wrong).next(), RangeError, "from 1 to 16");
});

const factors = {
  width: { low: 2, high: 64, whole: true },
  rate: { low: 1e-3, high: 1e-1, scale: "log" },
  activation: ["tanh", "relu", "gelu"],
} as const;

Deno.test("designPoints() stays within every factor, and a longer design begins with the shorter one", () => {
  for (const kind of ["random", "sobol"] as const) {
    const design: Design = { kind, factors, points: 200, seed: 7 };
    const points = [...designPoints(design)];
    assertEquals(points.length, 200);
    assertEquals([...designPoints({ ...design, points: 50 })], points.slice(0, 50));
    for (const { width, rate, activation } of points) {
      assert(Number.isInteger(width) && Number(width) >= 2 && Number(width) <= 64);
      assert(Number(rate) >= 1e-3 && Number(rate) <= 1e-1);
      assert(factors.activation.includes(activation as "tanh"));
    }
    // Each third of a log scale gets its share.
    const low = points.filter(({ rate }) => Number(rate) < 1e-2).length;
    assert(Math.abs(low - 100) < 30, `${kind}: ${low} of 200 below the middle`);
    assert(points.some(({ width }) => width === 2 || width === 64 || Number(width) > 60));
    assert(JSON.stringify([...designPoints({ ...design, seed: 8 })]) !== JSON.stringify(points));
  }
});

Deno.test("designPoints() of a grid has every combination once, ranges with their own ends", () => {
  const design: Design = {
    kind: "grid",
    factors: { rate: { low: 1e-3, high: 1e-1, scale: "log", steps: 3 }, width: [1, 2] },
    points: 0,
    seed: 1,
  };
  const points = [...designPoints(design)];
  assertEquals(points.length, countPoints(design));
  assertEquals(points.map(({ width }) => width), [1, 2, 1, 2, 1, 2]);
  assertEquals([points[0].rate, points[5].rate], [1e-3, 1e-1]);
  assert(Math.abs(Number(points[2].rate) - 1e-2) < 1e-15);
  const bare: Design = { ...design, factors: { rate: { low: 0, high: 1 } } };
  assertThrows(() => [...designPoints(bare)], RangeError, "steps");
  assertEquals([...designPoints({ ...design, factors: {} })], [{}]);
});

Deno.test("makeJob() tells apart every part of a job, and nothing else", async () => {
  const { createHash } = await import("node:crypto");
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const base = { recipe: "check", table: "aa", settings: { width: 4, rate: 0.1 }, seed: 1, version: "1.0.0" } as const;
  const others: readonly JobIdentity[] = [
    { ...base, recipe: "fit" as const },
    { ...base, table: "ab" },
    { ...base, settings: { width: 4 } },
    { ...base, settings: { width: 4, rate: "0.1" } },
    { ...base, seed: 2 },
    { ...base, version: "1.0.1" },
  ];
  const keys = [base, ...others].map((one) => makeJob(one, hash).key);
  assertEquals(new Set(keys).size, keys.length);
  assertEquals(keys[0], makeJob({ ...base, settings: { rate: 0.1, width: 4 } }, hash).key);
  assertEquals(keys[0].length, 32);
  // Texts that join to the same characters are different jobs.
  assert(identityText({ ...base, settings: { a: '","b' } }) !== identityText({ ...base, settings: { a: "", b: "b" } }));
});

Deno.test("isInShard() puts each of 10,000 keys into exactly one of 16 parts, about equally", async () => {
  const { createHash } = await import("node:crypto");
  const counts = new Array(16).fill(0);
  for (let at = 0; at < 10_000; at++) {
    const key = createHash("sha256").update(String(at)).digest("hex").slice(0, 32);
    const parts = counts.map((_, index) => index + 1).filter((index) => isInShard(key, { index, count: 16 }));
    assertEquals(parts.length, 1);
    counts[parts[0] - 1]++;
  }
  assert(Math.min(...counts) > 500 && Math.max(...counts) < 750, String(counts));
});
