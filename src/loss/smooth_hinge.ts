import { LOSS_CODES } from "../kernels/mod.ts";
import { bandBounds, bandD2 } from "./_band.ts";
import { checkedInterval, largestD1 } from "./_interval.ts";
import { classProblem } from "./_target.ts";
import { twoClassMetrics } from "./metrics.ts";
import type { Loss } from "./types.ts";

/** The predictions with margin y p from 0 to 1 start here, at 0 or -1, and end 1 further. */
const leftKink = (y: number): number => 0.5 * (y - 1);

const d1 = (p: number, y: number): number => y * Math.min(Math.max(y * p - 1, -1), 0);

/**
 * The smooth hinge, a function of the margin `z = y p` with y = -1 or +1: `l = 1/2 - z` for `z <= 0`, `(1 - z)^2 / 2`
 * for `0 < z < 1`, 0 for `z >= 1`. So `l' = y max(-1, min(z - 1, 0))`, and `l''` is 1 for `0 <= z <= 1`, else 0.
 * `l*(s) = q^2 / 2 - q` with `q = -y s` in [0, 1], else infinite.
 *
 * Convex, not strictly; l' has Lipschitz constant 1 (and `|l'| <= 1`), l'' jumps at the margins 0 and 1 and has none.
 * The infimum over a linear predictor is always attained, separable data included: l is made of linear and quadratic
 * pieces and bounded below, and such a function of w has a minimum.
 * Source: J. D. M. Rennie, N. Srebro, "Loss functions for preference levels: regression with discrete ordered labels",
 * IJCAI Workshop on Advances in Preference Handling (2005); on the infimum, R. T. Rockafellar, R. J-B Wets,
 * "Variational Analysis" (1998), Corollary 11.16.
 *
 * @example Wrong, unsure, right
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([-2, 0.5, 3].map((p) => smoothHinge.value(p, 1)), [2.5, 0.125, 0]);
 * assertEquals([-2, 0.5, 3].map((p) => smoothHinge.d2(p, 1)), [0, 1, 0]);
 * ```
 */
export const smoothHinge: Loss = Object.freeze<Loss>({
  name: "smooth_hinge",
  convex: true,
  attains: true,
  target: "class",
  link: null,
  metrics: twoClassMetrics,
  secondDerivative: "steps",
  code: LOSS_CODES.smooth_hinge,
  parameter: 0,
  value(p, y) {
    const margin = y * p;
    if (margin <= 0) return 0.5 - margin;
    return 0.5 * Math.max(1 - margin, 0) ** 2;
  },
  d1,
  d2: (p, y) => bandD2(p, leftKink(y), leftKink(y) + 1),
  bounds(y, low, high) {
    const interval = checkedInterval(low, high);
    return Object.freeze({
      d1: largestD1((p) => d1(p, y), interval),
      ...bandBounds(interval, leftKink(y), leftKink(y) + 1),
    });
  },
  conjugate(s, y) {
    const share = -y * s;
    return share < 0 || share > 1 ? Infinity : share * (0.5 * share - 1) + 0;
  },
  margin: null,
  infimum: () => 0,
  targetProblem: classProblem,
});
