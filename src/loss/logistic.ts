import { LOSS_CODES } from "../kernels/mod.ts";
import { xLogX } from "./_entropy.ts";
import { checkedInterval, distances, largestD1, nearest } from "./_interval.ts";
import { classProblem } from "./_target.ts";
import { twoClassMetrics } from "./metrics.ts";
import type { Loss } from "./types.ts";

/** Where `|l'''|` is largest: `log(2 + sqrt(3))` on either side of 0. */
const PEAK = Math.log(2 + Math.sqrt(3));

// Each formula takes exp of a number that is 0 or less: it can underflow to the right limit but never overflow.

function d1(p: number, y: number): number {
  const margin = y * p;
  const e = Math.exp(-Math.abs(margin));
  return -y * (margin > 0 ? e : 1) / (1 + e);
}

function d2(p: number, y: number): number {
  const e = Math.exp(-Math.abs(y * p));
  return e / (1 + e) ** 2;
}

function d3(p: number): number {
  const e = Math.exp(-Math.abs(p));
  return e * (1 - e) / (1 + e) ** 3;
}

/**
 * The logistic loss, `l = log(1 + exp(-y p))` with y = -1 or +1. With `q = 1 / (1 + exp(y p))`, the probability given to the
 * wrong class: `l' = -y q`, `l'' = q (1 - q)`, `l''' = y q (1 - q) (2 q - 1)`; `l*(s) = q log q + (1 - q) log(1 - q)` with
 * `q = -y s` in [0, 1], else infinite. No overflow or cancellation for any p.
 *
 * Strictly convex; l' has Lipschitz constant 1/4, l'' has `1 / (6 sqrt(3))`.
 * The infimum over a linear predictor is not always attained: when some direction separates the classes, even weakly
 * (`y w'x >= 0` on every row, and above 0 on some), it is only approached as the weights grow without bound.
 * Source: D. R. Cox, "The regression analysis of binary sequences", J. R. Stat. Soc. B 20 (1958); on the infimum,
 * A. Albert, J. A. Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
 * Biometrika 71 (1984).
 *
 * @example No opinion, and a confident mistake
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * assertAlmostEquals(logistic.value(0, 1), Math.LN2);
 * assertEquals(logistic.d2(0, 1), 0.25);
 * assertEquals(logistic.value(1000, -1), 1000);
 * assertEquals(logistic.d1(1000, -1), 1);
 * ```
 */
export const logistic: Loss = Object.freeze<Loss>({
  name: "logistic",
  convex: true,
  attains: false,
  target: "class",
  link: (p) => 1 / (1 + Math.exp(-p)),
  metrics: twoClassMetrics,
  secondDerivative: "varies",
  code: LOSS_CODES.logistic,
  parameter: 0,
  value(p, y) {
    const margin = y * p;
    return Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
  },
  d1,
  d2,
  bounds(y, low, high) {
    const interval = checkedInterval(low, high);
    const sizes = distances(0, interval);
    return Object.freeze({
      d1: largestD1((p) => d1(p, y), interval),
      d2: d2(sizes.low, y),
      d3: d3(nearest(PEAK, sizes)),
    });
  },
  conjugate(s, y) {
    const q = -y * s;
    if (q < 0 || q > 1) return Infinity;
    return q === 1 ? 0 : xLogX(q) + (1 - q) * Math.log1p(-q);
  },
  // Adding 0 makes a product of -0 a plain 0.
  margin: (direction, y) => y * direction + 0,
  infimum: () => 0,
  targetProblem: classProblem,
});
