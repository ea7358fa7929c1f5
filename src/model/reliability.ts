/** Rows whose probabilities are alike. */
export interface ReliabilityBin {
  /** How many rows. */
  readonly rows: number;
  /** The mean of their probabilities. */
  readonly predicted: number;
  /** The share of them in which the event came about. */
  readonly observed: number;
}

/** Probabilities beside what came about. */
export interface Reliability {
  /** The bins that hold rows, by probability. */
  readonly bins: readonly ReliabilityBin[];
  /** The mean of `|predicted - observed|` over the bins, weighted by their rows. */
  readonly expectedCalibrationError: number;
}

/**
 * Probabilities beside shares: rows in bins of equal widths by their probability, and the expected calibration error, the mean distance between the
 * mean probability and the share of events of a bin. With several classes the event is that the most likely class is right. Source: C. Guo et al., "On
 * calibration of modern neural networks", ICML 2017. With few rows the error of perfect probabilities is above 0 too: about
 * `0.4 sqrt(bins / rows)` at probabilities near 1/2.
 *
 * @param probabilities The probability of the event in each row.
 * @param happened Whether it came about.
 * @param bins How many bins (default 10).
 * @returns The bins and the error.
 * @throws {RangeError} If there are no rows, not as many of each, or a probability is not from 0 to 1.
 * @example Half of the sure rows are wrong
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { expectedCalibrationError } = reliability([1, 1, 0, 0], [true, false, false, false]);
 * assertEquals(expectedCalibrationError, 0.25);
 * ```
 */
export function reliability(probabilities: ArrayLike<number>, happened: ArrayLike<boolean>, bins = 10): Reliability {
  const n = probabilities.length;
  if (n === 0 || n !== happened.length || !(Number.isInteger(bins) && bins > 0)) {
    const got = `${n} probabilities of ${happened.length} rows in ${bins} bins`;
    throw new RangeError(`Cannot measure calibration: as many of each, and one or more of all, got ${got}`);
  }
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  for (let row = 0; row < n; row++) {
    const probability = probabilities[row];
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`Cannot measure calibration: a probability must be from 0 to 1, got ${probability}`);
    }
    const sum = sums[Math.min(bins - 1, Math.floor(probability * bins))];
    sum.rows++;
    sum.predicted += probability;
    sum.observed += Number(happened[row]);
  }
  const used = sums.filter(({ rows }) => rows > 0);
  return {
    bins: used.map(({ rows, predicted, observed }) => ({
      rows,
      predicted: predicted / rows,
      observed: observed / rows,
    })),
    expectedCalibrationError: used.reduce((sum, { predicted, observed }) => sum + Math.abs(predicted - observed), 0) /
      n,
  };
}
