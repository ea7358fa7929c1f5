import { assert, assertGreaterOrEqual, assertLess } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createHuber, squared } from "../../src/loss/mod.ts";
import { REFERENCE_SETS, type ReferenceSet } from "../support/nist.ts";
import { standardisedSet } from "./_exact_columns.ts";

const kernels = await loadKernels("simd");

/** Beyond every residual of a standardised target of at most 82 rows: huber is then half the square. */
const FAR = 1e3;

/**
 * Digits of the residual standard deviation. The rounding of a standardised column (1e-16 of it) moves the residuals by
 * that times the weights: 2e7 for Filip, whose residuals are 0.06 of the target, and at most 3 for the rest, whose
 * residuals are at least 3e-4 of it. For Filip even the sums `X w` at the best weights round off all but 7.5 digits.
 */
const DIGITS = 12;
const DIGITS_OF_FILIP = 8;

/** Residual standard deviation of an exact fit, relative to the target's spread: some hundreds of roundings. */
const EXACT = 1e-12;

/** Digits of the slopes: those of the residuals less the condition of the columns, of up to 1e3 where they are asked for. */
const SLOPE_DIGITS = 9;
const WELL_CONDITIONED = ["Norris", "Pontius", "NoInt1", "NoInt2", "Longley"];

/** How many decimal digits of `certified` are in `found`. */
const digits = (found: number, certified: number): number => -Math.log10(Math.abs(found / certified - 1));

/** `sqrt(RSS / (n - p))` in the target's units, from the value `F = RSS / (2 n)` of a standardised target. */
function residualDeviation(set: ReferenceSet, value: number, targetScale: number): number {
  const n = set.y.length;
  return targetScale * Math.sqrt(2 * value * n / (n - set.coefficients.length));
}

for (const loss of [squared, createHuber(FAR)]) {
  for (const set of REFERENCE_SETS) {
    Deno.test(`bestLinear() has the certified residual standard deviation of ${set.name} for ${loss.name}`, () => {
      const { x, y, targetScale, columnScales } = standardisedSet(set);
      const { value, weights, attained } = bestLinear(kernels, loss, { x, y });
      assert(attained);
      const found = residualDeviation(set, value, targetScale);
      if (set.residualDeviation === 0) assertLess(found, EXACT * targetScale);
      else {
        const least = set.name === "Filip" ? DIGITS_OF_FILIP : DIGITS;
        assertGreaterOrEqual(digits(found, set.residualDeviation), least, `found ${found}`);
      }
      if (!WELL_CONDITIONED.includes(set.name)) return;
      // The intercept of the standardised columns is 0: the slopes say all.
      for (let j = set.intercept ? 1 : 0; j < weights.length; j++) {
        const slope = weights[j] * targetScale / columnScales[j];
        assertGreaterOrEqual(digits(slope, set.coefficients[j]), SLOPE_DIGITS, `coefficient ${j} is ${slope}`);
      }
    });
  }
}
