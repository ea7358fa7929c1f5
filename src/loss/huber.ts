import { LOSS_CODES } from "../kernels/mod.ts";
import { bandBounds, bandD2 } from "./_band.ts";
import { checkedDelta } from "./_delta.ts";
import { checkedInterval, largestD1 } from "./_interval.ts";
import { numberProblem } from "./_target.ts";
import { numberMetrics } from "./metrics.ts";
import type { Loss } from "./types.ts";

/**
 * A {@linkcode huber} loss with another width. With `r = p - y`:
 * `l = r^2 / 2` for `|r| <= delta`, else `delta (|r| - delta / 2)`.
 *
 * @param delta The residual at which the loss turns from quadratic to linear; above 0.
 * @returns The loss; its `parameter` is delta.
 * @throws {RangeError} If delta is not a finite number above 0.
 * @example Linear from 2 on
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const loss = createHuber(2);
 * assertEquals(loss.value(2, 0), 2);
 * assertEquals(loss.value(5, 0), 8);
 * assertEquals(loss.d1(5, 0), 2);
 * ```
 */
export function createHuber(delta: number): Loss {
  checkedDelta("huber", delta);
  const d1 = (p: number, y: number): number => Math.min(Math.max(p - y, -delta), delta);
  return Object.freeze<Loss>({
    name: "huber",
    convex: true,
    attains: true,
    target: "standardised",
    link: (p) => p,
    metrics: numberMetrics,
    secondDerivative: "steps",
    code: LOSS_CODES.huber,
    parameter: delta,
    value(p, y) {
      const size = Math.abs(p - y);
      return size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
    },
    d1,
    d2: (p, y) => bandD2(p - y, -delta, delta),
    bounds(y, low, high) {
      const interval = checkedInterval(low, high);
      const residuals = { low: low - y, high: high - y };
      return Object.freeze({
        d1: largestD1((p) => d1(p, y), interval),
        ...bandBounds(residuals, -delta, delta),
      });
    },
    conjugate: (s, y) => Math.abs(s) > delta ? Infinity : s * (0.5 * s + y),
    margin: null,
    infimum: () => 0,
    targetProblem: numberProblem,
  });
}

/**
 * The Huber loss with delta 1: with `r = p - y`, `l = r^2 / 2` for `|r| <= 1`, else `|r| - 1/2`;
 * `l' = max(-1, min(r, 1))`, `l'' = 1` for `|r| <= 1`, else 0; `l*(s) = s^2 / 2 + s y` for `|s| <= 1`, else infinite.
 * {@linkcode createHuber} makes other widths.
 *
 * Convex, not strictly; l' has Lipschitz constant 1 (and `|l'| <= delta`), l'' jumps at `|r| = delta` and has none, so
 * the theorems that ask for a Lipschitz Hessian apply only where no residual crosses delta.
 * The infimum over a linear predictor is always attained: l grows without end on both sides.
 * Source: P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35 (1964).
 *
 * @example A small and a large residual
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(huber.value(0.5, 0), 0.125);
 * assertEquals(huber.value(3, 0), 2.5);
 * assertEquals(huber.bounds(0, -3, 3).d3, null);
 * ```
 */
export const huber: Loss = createHuber(1);
