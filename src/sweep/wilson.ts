/** The 97.5 % quantile of the normal distribution: two-sided intervals of 95 %. */
const Z = 1.959963984540054;

/** A share with its interval. */
export interface Share {
  /** How many. */
  readonly count: number;
  /** Out of how many. */
  readonly of: number;
  /** `count / of`; null of none. */
  readonly share: number | null;
  /** The lower end of the interval. */
  readonly lower: number;
  /** The upper end. */
  readonly upper: number;
}

/**
 * A share with Wilson's 95 % interval, `(p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)`: it stays within [0, 1], and is right for shares
 * near 0 too. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
 *
 * @param count How many.
 * @param of Out of how many.
 * @returns The share and its interval; from 0 to 1 of none.
 * @throws {RangeError} If not 0 <= count <= of.
 * @example None of ten is no proof that there are none
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * const { lower, upper } = wilson(0, 10);
 * assertEquals(lower, 0);
 * assertAlmostEquals(upper, 0.2775, 1e-4);
 * ```
 */
export function wilson(count: number, of: number): Share {
  if (!(count >= 0 && count <= of)) throw new RangeError(`Cannot take the share of ${count} of ${of}`);
  if (of === 0) return { count, of, share: null, lower: 0, upper: 1 };
  const p = count / of;
  const whole = 1 + Z * Z / of;
  const middle = (p + Z * Z / (2 * of)) / whole;
  const half = Z * Math.sqrt(p * (1 - p) / of + Z * Z / (4 * of * of)) / whole;
  return {
    count,
    of,
    share: p,
    lower: count === 0 ? 0 : Math.max(0, middle - half),
    upper: count === of ? 1 : Math.min(1, middle + half),
  };
}
