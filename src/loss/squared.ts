import { LOSS_CODES } from "../kernels/mod.ts";
import { checkedInterval, largestD1 } from "./_interval.ts";
import { numberProblem } from "./_target.ts";
import { numberMetrics } from "./metrics.ts";
import type { Loss } from "./types.ts";

const d1 = (p: number, y: number): number => p - y;

const d2 = (p: number, y: number): number => Number.isNaN(p) || Number.isNaN(y) ? NaN : 1;

/**
 * Half the squared error, `l = (p - y)^2 / 2`: `l' = p - y`, `l'' = 1`, `l''' = 0`. Strictly convex; l' has Lipschitz
 * constant 1, l'' is constant; `l*(s) = s^2 / 2 + s y`.
 *
 * The infimum over a linear predictor is always attained: the normal equations have a solution.
 * Source: A. M. Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes" (1805).
 *
 * @example Off by two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(squared.value(3, 1), 2);
 * assertEquals(squared.d1(3, 1), 2);
 * assertEquals(squared.bounds(1, 0, 4), { d1: 3, d2: 1, d3: 0 });
 * ```
 */
export const squared: Loss = Object.freeze<Loss>({
  name: "squared",
  convex: true,
  attains: true,
  target: "standardised",
  link: (p) => p,
  metrics: numberMetrics,
  secondDerivative: "constant",
  code: LOSS_CODES.squared,
  parameter: 0,
  value: (p, y) => 0.5 * (p - y) ** 2,
  d1,
  d2,
  bounds(y, low, high) {
    const interval = checkedInterval(low, high);
    return Object.freeze({ d1: largestD1((p) => d1(p, y), interval), d2: 1, d3: 0 });
  },
  // s²/2 + s y with one rounding of the sum.
  conjugate: (s, y) => s * (0.5 * s + y),
  margin: null,
  infimum: () => 0,
  targetProblem: numberProblem,
});
