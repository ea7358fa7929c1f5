import type { Interval } from "./_interval.ts";

/**
 * The curvature of a loss that is quadratic on a band and linear outside: 1 for `left <= t <= right`, else 0, which at
 * both kinks is the larger of the two values; NaN when a number is NaN.
 */
export function bandD2(t: number, left: number, right: number): number {
  if (Number.isNaN(t - left)) return NaN;
  return t >= left && t <= right ? 1 : 0;
}

/** The bounds on d2 (at a kink the larger value) and d3 over the closed interval; no d3 where it contains a kink. */
export function bandBounds(
  { low, high }: Interval,
  left: number,
  right: number,
): { readonly d2: number; readonly d3: number | null } {
  const jumps = [left, right].some((kink) => low <= kink && kink <= high);
  return { d2: high >= left && low <= right ? 1 : 0, d3: jumps ? null : 0 };
}
