import { type Key, uniform } from "../random/mod.ts";
import { norm, type Vector } from "../tensor/mod.ts";

/** A mean with its standard error. */
export interface Mean {
  readonly mean: number;
  readonly error: number;
}

/** `n` independent signs, +1 or -1 with equal chance. */
export const randomSigns = (key: Key, n: number): Vector => uniform(key, n).map((u) => u < 0.5 ? -1 : 1);

/** The mean of two or more independent numbers, and `sqrt(sum of squared deviations / (n (n - 1)))`. */
export function meanOf(sample: readonly number[]): Mean {
  const n = sample.length;
  const mean = sample.reduce((sum, value) => sum + value, 0) / n;
  // The norm, whose squares do not overflow.
  const spread = norm(Float64Array.from(sample, (value) => value - mean));
  return { mean, error: spread / Math.sqrt(n * (n - 1)) };
}
