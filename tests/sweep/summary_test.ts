import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { etaSquared, quantiles, summariseSweep, type SweepRow, wilson } from "../../src/sweep/mod.ts";

/** A row with the fields that a summary reads. */
function row(fields: Partial<SweepRow>): SweepRow {
  const { settings = "{}", ...rest } = fields;
  const base = { table: "a", fingerprint: "f", network: "residual", width: 4, seed: 1, value: 1, linear: 2, gap: -1 };
  const end = { standing: "below", stationary: true, stuck: false, verdict: "holds", diverged: false, seconds: 0.5 };
  return { recipe: "check", version: "1", ...base, ...end, settings, ...rest } as unknown as SweepRow;
}

Deno.test("wilson() solves the quadratic (p - q)² = z² q (1 - q) / n that defines its ends", () => {
  const z = 1.959963984540054;
  for (const [count, of] of [[1, 10], [5, 10], [9, 10], [3, 7], [50, 2000]]) {
    const { share, lower, upper } = wilson(count, of);
    assertEquals(share, count / of);
    for (const end of [lower, upper]) {
      assertAlmostEquals((count / of - end) ** 2, z * z * end * (1 - end) / of, 1e-14);
    }
    assert(lower < count / of && count / of < upper);
  }
});

Deno.test("wilson() stays within [0, 1] at both ends, and refuses what is no share", () => {
  assertEquals([wilson(0, 3).lower, wilson(3, 3).upper], [0, 1]);
  assertEquals(wilson(0, 0), { count: 0, of: 0, share: null, lower: 0, upper: 1 });
  for (const [count, of] of [[-1, 3], [4, 3], [NaN, 3]]) assertThrows(() => wilson(count, of), RangeError);
});

Deno.test("etaSquared() is the ratio of sums of squares, by hand", () => {
  // Means 2 and 5, over all 3.5: between 4 (1.5)² = 9, total 2 (0.5)² + ... = 10.
  assertAlmostEquals(etaSquared([[1.5, 2.5], [4.5, 5.5]])!, 9 / 10, 1e-15);
  assertEquals(etaSquared([[3], [3, 3]]), null);
  assertEquals(etaSquared([]), null);
});

Deno.test("quantiles() interpolates between neighbours", () => {
  assertEquals(quantiles([1, 2]), { least: 1, lower: 1.25, median: 1.5, upper: 1.75, greatest: 2 });
  assertEquals(quantiles([]), null);
});

Deno.test("summariseSweep() pairs residual and plain nets that share all else", () => {
  const settings = (network: string, width: number) => JSON.stringify({ width, ...network === "plain" && { network } });
  const rows = [1, 2, 3].flatMap((seed) =>
    [2, 8].flatMap((width) => [
      row({ seed, width, settings: settings("residual", width) }),
      row({
        seed,
        width,
        network: "plain",
        settings: settings("plain", width),
        stuck: width === 2,
        standing: width === 2 ? "above" : "below",
        gap: width === 2 ? 1 : -1,
        value: width === 2 ? 3 : 1,
      }),
    ])
  );
  // A plain net without its residual one makes no pair.
  const summary = summariseSweep([...rows, row({ seed: 9, network: "plain", settings: settings("plain", 2) })]);
  assertEquals(summary.contrast, { pairs: 6, both: 0, plainOnly: 3, residualOnly: 0, neither: 3, plainHigher: 3 });
  assertEquals([summary.runs, summary.stuck.count, summary.verdicts.holds], [13, 3, 6]);
  const width = summary.factors.find(({ name }) => name === "width")!;
  assertEquals(width.levels.map(({ value, stuck }) => [value, stuck.count, stuck.of]), [["2", 3, 6], ["4", 0, 1], [
    "8",
    0,
    6,
  ]]);
  const [byWidth] = summary.byNetwork.filter(({ name }) => name === "width");
  assertEquals(byWidth.plain.map(({ stuck }) => stuck.count), [3, 0, 0]);
  assertEquals(byWidth.residual.map(({ stuck }) => stuck.count), [0, 0, 0]);
});

Deno.test("summariseSweep() orders factors by their effect, cuts many numbers into quarters, and leaves out constants", () => {
  const rows = Array.from(
    { length: 100 },
    (_, at) => row({ rate: (at + 1) / 1000, width: at % 2 === 0 ? 4 : 8, stuck: at >= 75, settings: "{}" }),
  );
  const { factors } = summariseSweep(rows);
  assertEquals(factors.map(({ name }) => name), ["rate", "width"]);
  assertEquals(factors[0].levels.map(({ stuck }) => [stuck.count, stuck.of]), [[0, 25], [0, 25], [0, 25], [25, 25]]);
  assertAlmostEquals(factors[0].effect!, 1, 1e-12);
  assert(factors[1].effect! < 0.01);
});

Deno.test("summariseSweep() leaves null gaps and a linear loss of 0 out of the distributions", () => {
  const { factors, stuck } = summariseSweep([
    row({ width: 1, gap: null }),
    row({ width: 1, gap: 1, linear: 0 }),
    row({ width: 2, gap: -1, linear: 4 }),
  ]);
  assertEquals(factors[0].levels.map(({ gaps }) => gaps?.median ?? null), [null, -0.25]);
  assertEquals(stuck.of, 3);
});
