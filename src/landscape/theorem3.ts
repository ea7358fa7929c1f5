import type { Smoothness } from "./smoothness.ts";

/** The explicit bound of Theorem 3 at a point. */
export interface Theorem3 {
  /** The epsilon that the bound was computed for. */
  readonly epsilon: number;
  /** `F - F_lin(w*)` is at most this. */
  readonly bound: number;
  /** The delta that makes the bound smallest. */
  readonly delta: number;
}

/**
 * The explicit Theorem 3: an epsilon-SOPSP with `||w||, ||V|| <= b` is at most `max(A, B)` above any `w*` with `||w*|| <= radius`, where
 * `A = eps sqrt(2 b² + radius² (2 + b²/delta²))`, `B = mu0 delta + radius (eps + mu1 delta + b sqrt(e mu1 + e²))`,
 * `e = sqrt(mu2 eps) + mu2 delta`, for any delta > 0; the best one is found by golden sections on log delta. The definition
 * gives `lambda_min >= -sqrt(mu2 eps)`; where lambda_min is known, `-lambda_min` in its place makes the bound tighter.
 *
 * @param constants The smoothness on the segment from (w, V) to (0, V).
 * @param epsilon `||grad|| <= epsilon` at the point.
 * @param options `b`: bounds `||w||` and `||V||`. `radius`: bounds `||w*||`. `curvature`: `lambda_min >= -curvature` at the
 * point (default `sqrt(mu2 epsilon)`).
 * @returns The bound with its delta; null when mu2 is null (the loss is not smooth enough for the theorem).
 * @example At an exactly stationary point the bound is 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(theorem3({ mu0: 1, mu1: 1, mu2: 1 }, 0, { b: 1, radius: 1 })?.bound, 0);
 * ```
 */
export function theorem3(
  constants: Smoothness,
  epsilon: number,
  options: { readonly b: number; readonly radius: number; readonly curvature?: number },
): Theorem3 | null {
  const { mu0, mu1, mu2 } = constants;
  if (mu2 === null) return null;
  const { b, radius, curvature = Math.sqrt(mu2 * epsilon) } = options;
  if (epsilon === 0 && curvature === 0) return { epsilon, bound: 0, delta: 0 };
  const boundAt = (delta: number) => {
    const e = curvature + mu2 * delta;
    const a = epsilon * Math.hypot(Math.SQRT2 * b, radius * Math.hypot(Math.SQRT2, b / delta));
    return Math.max(a, mu0 * delta + radius * (epsilon + mu1 * delta + b * Math.sqrt(e * mu1 + e * e)));
  };
  // A falls and B rises with delta, so their maximum has one minimum: golden sections close in on it.
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-100, 50];
  for (let step = 0; step < 100; step++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (boundAt(Math.exp(left)) <= boundAt(Math.exp(right))) high = right;
    else low = left;
  }
  const delta = Math.exp((low + high) / 2);
  return { epsilon, bound: boundAt(delta), delta };
}
