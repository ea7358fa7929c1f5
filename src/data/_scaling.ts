/** The mean and scale of one column. */
export interface ColumnScaling {
  /** The mean; the value itself for a constant column. */
  readonly mean: number;
  /** The population standard deviation; 1 for a constant column. */
  readonly scale: number;
}

/** The mean of f(0) .. f(n-1), summed twice: the second sum takes back what the first one rounded away. */
function carefulMean(n: number, entry: (at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < n; at++) sum += entry(at);
  const mean = sum / n;
  let rest = 0;
  for (let at = 0; at < n; at++) rest += entry(at) - mean;
  return mean + rest / n;
}

/** The normal power of two nearest below `size`; dividing by it is exact. */
function powerOfTwoBelow(size: number): number {
  return 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(size))));
}

/**
 * Mean and population standard deviation of a column, in two passes and in units of a power of two, so that neither
 * the sums nor the squares overflow or vanish for any finite numbers.
 */
export function scalingOf(values: Float64Array): ColumnScaling {
  const n = values.length;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // Not left to rounding: the mean of 0.1, 0.1, 0.1 would not be 0.1, nor its deviation 0.
  if (low === high) return { mean: values[0], scale: 1 };
  const unit = powerOfTwoBelow(Math.max(-low, high));
  // Held between the extremes, which rounding may pass.
  const mean = Math.min(high / unit, Math.max(low / unit, carefulMean(n, (at) => values[at] / unit)));
  const variance = carefulMean(n, (at) => (values[at] / unit - mean) ** 2);
  const scale = Math.sqrt(variance) * unit;
  // Numbers next to 0 may be so close together that their deviation rounds to 0.
  return { mean: mean * unit, scale: scale > 0 ? scale : 1 };
}

/** `(value - mean) / scale`, halved on the way where the difference alone would overflow. */
export function standardise(value: number, { mean, scale }: ColumnScaling): number {
  const difference = value - mean;
  return Number.isFinite(difference) ? difference / scale : (value / 2 - mean / 2) / scale * 2;
}
