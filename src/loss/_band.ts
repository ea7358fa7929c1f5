import type { Interval } from "./_interval.ts";

/**
 * The curvature of a loss that is quadratic on a band and linear outside: 1 for `left < t <= right`, else 0, which at
 * both kinks is the value from the left; NaN when
 * a number is NaN.
 */
export function bandCurvature(t: number, left: number, right: number): number {
  if (Number.isNaN(t - left)) return NaN;
  return t > left && t <= right ? 1 : 0;
}

/** The least of {@linkcode bandCurvature} over `|s - t| <= radius`. */
export function bandFloor(t: number, radius: number, left: number, right: number): number {
  return Math.min(bandCurvature(t - radius, left, right), bandCurvature(t + radius, left, right));
}

/** Curvature and jerk over the interval; no jerk where the curvature changes inside, the left end included. */
export function bandBounds(
  { low, high }: Interval,
  left: number,
  right: number,
): { readonly curvature: number; readonly jerk: number | null } {
  const jumps = [left, right].some((kink) => low <= kink && kink < high);
  return { curvature: high > left && low <= right ? 1 : 0, jerk: jumps ? null : 0 };
}
