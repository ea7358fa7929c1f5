import { LOSS_CODES } from "../kernels/mod.ts";
import { checkedDelta } from "./_delta.ts";
import { checkedInterval, distances, largestD1, nearest } from "./_interval.ts";
import { numberProblem } from "./_target.ts";
import { numberMetrics } from "./metrics.ts";
import type { Loss } from "./types.ts";

// Functions of t = (p - y) / delta, with 1/t in place of t beyond 1, so that no square overflows.

/** `tan(atan(t) / 2) = t / (1 + sqrt(1 + t^2))`. */
function halfTangent(t: number): number {
  if (Math.abs(t) <= 1) return t / (1 + Math.sqrt(1 + t * t));
  const u = 1 / Math.abs(t);
  return Math.sign(t) / (u + Math.sqrt(1 + u * u));
}

/** `sin(atan(t)) = t / sqrt(1 + t^2)`. */
function sine(t: number): number {
  return Math.abs(t) <= 1 ? t / Math.sqrt(1 + t * t) : Math.sign(t) / Math.sqrt(1 + 1 / (t * t));
}

/** `cos(atan(t)) = 1 / sqrt(1 + t^2)`; a square that overflows gives the limit 0. */
const cosine = (t: number): number => 1 / Math.sqrt(1 + t * t);

/** `|l'''| delta = 3 |t| / (1 + t^2)^(5/2)`, largest at `|t| = 1/2`. */
const d3 = (t: number): number => 3 * sine(t) * cosine(t) ** 4;

/**
 * A {@linkcode pseudoHuber} loss with another width: `l = delta^2 (sqrt(1 + t^2) - 1)` with `t = (p - y) / delta`.
 *
 * @param delta About where the loss turns from quadratic to linear; above 0.
 * @returns The loss; its `parameter` is delta.
 * @throws {RangeError} If delta is not a finite number above 0.
 * @example The slope tends to delta
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * const loss = createPseudoHuber(3);
 * assertAlmostEquals(loss.value(4, 0), 6);
 * assertAlmostEquals(loss.d1(1e9, 0), 3);
 * ```
 */
export function createPseudoHuber(delta: number): Loss {
  checkedDelta("pseudo_huber", delta);
  const d1 = (p: number, y: number): number => delta * sine((p - y) / delta);
  return Object.freeze<Loss>({
    name: "pseudo_huber",
    convex: true,
    attains: true,
    target: "standardised",
    link: (p) => p,
    metrics: numberMetrics,
    secondDerivative: "varies",
    code: LOSS_CODES.pseudo_huber,
    parameter: delta,
    // sqrt(1 + t^2) - 1 = t tan(atan(t) / 2), without the cancellation near 0.
    value: (p, y) => delta * ((p - y) * halfTangent((p - y) / delta)),
    d1,
    d2: (p, y) => cosine((p - y) / delta) ** 3,
    bounds(y, low, high) {
      const interval = checkedInterval(low, high);
      const sizes = distances(y, interval);
      return Object.freeze({
        d1: largestD1((p) => d1(p, y), interval),
        d2: cosine(sizes.low / delta) ** 3,
        d3: d3(nearest(0.5 * delta, sizes) / delta) / delta,
      });
    },
    // delta² (1 - sqrt(1 - t²)) = s² / (1 + sqrt(1 - t²)), without the cancellation near 0.
    conjugate(s, y) {
      const t = s / delta;
      return Math.abs(s) > delta ? Infinity : s * (y + s / (1 + Math.sqrt((1 - t) * (1 + t))));
    },
    margin: null,
    infimum: () => 0,
    targetProblem: numberProblem,
  });
}

/**
 * The pseudo-Huber loss with delta 1: the Huber loss without kinks. With `t = (p - y) / delta`,
 * `l = delta^2 (sqrt(1 + t^2) - 1)`, `l' = delta t / sqrt(1 + t^2)`, `l'' = (1 + t^2)^(-3/2)`,
 * `l''' = -3 t (1 + t^2)^(-5/2) / delta`, `l*(s) = s y + delta^2 (1 - sqrt(1 - (s / delta)^2))` for `|s| <= delta`, else
 * infinite. {@linkcode createPseudoHuber} makes other widths.
 *
 * Strictly convex; l' has Lipschitz constant 1 (and `|l'| < delta`), l'' has `48 / (25 sqrt(5) delta)`.
 * The infimum over a linear predictor is always attained: l grows without end on both sides.
 * Source: P. Charbonnier, L. Blanc-Féraud, G. Aubert, M. Barlaud, "Deterministic edge-preserving regularization in
 * computed imaging", IEEE Trans. Image Process. 6 (1997).
 *
 * @example A residual of sqrt(3)
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(pseudoHuber.value(Math.sqrt(3), 0), 1);
 * assertAlmostEquals(pseudoHuber.d2(Math.sqrt(3), 0), 1 / 8);
 * ```
 */
export const pseudoHuber: Loss = createPseudoHuber(1);
