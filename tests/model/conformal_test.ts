import { assert, assertEquals, assertThrows } from "@std/assert";
import { conformalWidths } from "../../src/model/mod.ts";
import { fold, key, normal, uniform } from "../../src/random/mod.ts";

Deno.test("conformalWidths() is the smallest error that covers (n + 1) coverage of the rows, for each output", () => {
  const [n, m] = [37, 3];
  const [predicted, actual] = [normal(key(1), n * m), normal(key(2), n * m)];
  for (const coverage of [0.5, 0.8, 0.9, 36 / 38]) {
    const { halfWidths, rows } = conformalWidths(predicted, actual, { outputs: m, coverage });
    assertEquals(rows, n);
    for (const [output, width] of halfWidths.entries()) {
      const errors = Array.from({ length: n }, (_, i) => Math.abs(predicted[i * m + output] - actual[i * m + output]));
      const within = (limit: number) => errors.filter((error) => error <= limit).length;
      const below = errors.filter((error) => error < width!).length;
      assert(errors.includes(width!));
      assert(within(width!) >= (n + 1) * coverage - 1e-9, `${coverage}`);
      assert(below < (n + 1) * coverage - 1e-9, `${coverage}`);
    }
  }
});

Deno.test("conformalWidths() has the finite-sample rank: 9 rows are enough for 90 %, 8 are not", () => {
  const errors = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);
  const widths = (n: number, coverage = 0.9) =>
    conformalWidths(new Float64Array(n), errors(n), { coverage }).halfWidths;
  assertEquals(widths(9), [9]);
  assertEquals(widths(8), [null]);
  assertEquals(widths(99), [90]);
  assertEquals(widths(0), [null]);
  // (19 + 1) 0.95 is 19 exactly, though not in binary.
  assertEquals(widths(19, 0.95), [19]);
});

Deno.test("conformalWidths() gives no width of errors that are not finite, and refuses what does not fit", () => {
  const actual = Float64Array.of(1, 2, NaN, 4, 5, 6, 7, 8, 9, 10);
  assertEquals(conformalWidths(new Float64Array(10), actual, { coverage: 0.5 }).halfWidths, [null]);
  assertThrows(() => conformalWidths(new Float64Array(3), new Float64Array(2)), RangeError, "got 3 predictions of 2");
  assertThrows(
    () => conformalWidths(new Float64Array(3), new Float64Array(3), { outputs: 2 }),
    RangeError,
    "rows of 2",
  );
  for (const coverage of [0, 1, NaN]) {
    assertThrows(() => conformalWidths(actual, actual, { coverage }), RangeError, "the coverage must be");
  }
});

/** The mean share of new rows in the intervals, over 1,000 tables; `noise` draws errors, on another scale in each row. */
function meanCoverage(rows: number, noise: (seed: number, n: number) => Float64Array): number {
  let sum = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const { halfWidths: [width] } = conformalWidths(new Float64Array(rows), noise(2 * seed, rows));
    sum += noise(2 * seed + 1, 100).filter((error) => Math.abs(error) <= width!).length / 100;
  }
  return sum / 1000;
}

Deno.test("conformalWidths() covers 90 +- 2 % of new rows, for normal, skewed and heavy-tailed errors whose scale varies", () => {
  const noises: Readonly<Record<string, (seed: number, n: number) => Float64Array>> = {
    normal: (seed, n) => normal(key(seed), n),
    skewed: (seed, n) => uniform(fold(key(seed), "u"), n).map((u) => -Math.log(1 - u) - 0.2),
    cauchy: (seed, n) => uniform(fold(key(seed), "u"), n).map((u) => Math.tan(Math.PI * (u - 0.5))),
    varying: (seed, n) => {
      const scale = uniform(fold(key(seed), "scale"), n);
      return normal(fold(key(seed), "z"), n).map((z, i) => z * 5 * scale[i]);
    },
  };
  for (const [name, noise] of Object.entries(noises)) {
    for (const rows of [19, 100, 333]) {
      const covered = meanCoverage(rows, noise);
      // The expected coverage is ceil(0.9 (n + 1)) / (n + 1) exactly; three standard errors of the mean of 1,000 are 0.7 points with 19 rows.
      assert(Math.abs(covered - 0.9) <= 0.02, `${name}, ${rows} rows: ${covered}`);
    }
  }
});

Deno.test("conformalWidths() of out-of-fold errors covers 90 +- 2 % of new rows of a least-squares line", () => {
  let sum = 0;
  const rows = 50;
  const slopeOf = (x: Float64Array, y: Float64Array, used: (row: number) => boolean) => {
    let [xx, xy] = [0, 0];
    x.forEach((value, row) => {
      if (used(row)) [xx, xy] = [xx + value * value, xy + value * y[row]];
    });
    return xy / xx;
  };
  for (let seed = 0; seed < 1000; seed++) {
    const x = normal(fold(key(seed), "x"), rows);
    const y = normal(fold(key(seed), "noise"), rows).map((e, row) => 2 * x[row] + e);
    const predicted = x.map((value, row) => value * slopeOf(x, y, (other) => other % 5 !== row % 5));
    const { halfWidths: [width] } = conformalWidths(predicted, y);
    const slope = slopeOf(x, y, () => true);
    const [newX, newE] = [normal(fold(key(seed), "new x"), 100), normal(fold(key(seed), "new noise"), 100)];
    sum += newX.filter((value, row) => Math.abs(2 * value + newE[row] - slope * value) <= width!).length / 100;
  }
  assert(Math.abs(sum / 1000 - 0.9) <= 0.02, `${sum / 1000}`);
});
