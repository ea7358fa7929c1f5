import { LOSS_CODES } from "../kernels/mod.ts";
import { checkedInterval, largestD1 } from "./_interval.ts";
import { countProblem } from "./_target.ts";
import { numberMetrics } from "./metrics.ts";
import type { Loss } from "./types.ts";

const d1 = (p: number, y: number): number => Math.exp(p) - y;

const d2 = (p: number, y: number): number => Number.isNaN(y) ? NaN : Math.exp(p);

/** `q log q - q`, without a difference of infinities. */
const entropy = (q: number): number => q === 0 ? 0 : q * (Math.log(q) - 1);

/**
 * The Poisson loss of a log rate, `l = exp(p) - y p` with y >= 0: minus the log likelihood without its constant term
 * `log y!`, which is left out, so that l can be below 0. `l' = exp(p) - y`, `l'' = l''' = exp(p)`. The value is
 * Infinity once exp(p) overflows (p > 709.78). `l*(s) = q log q - q` with `q = s + y >= 0`, else infinite; `inf l = y - y log y`.
 *
 * Strictly convex; neither l' nor l'' is Lipschitz on the whole line, only up to a greatest p, with constant exp(p).
 * The infimum over a linear predictor is not always attained: when some direction has `w'x = 0` on every row with
 * y > 0, `w'x <= 0` on every row with y = 0, and `w'x < 0` on some, it is only approached as the weights grow without bound.
 * Source: J. A. Nelder, R. W. M. Wedderburn, "Generalized linear models", J. R. Stat. Soc. A 135 (1972); on the
 * infimum, J. M. C. Santos Silva, S. Tenreyro, "On the existence of the maximum likelihood estimates in Poisson
 * regression", Economics Letters 107 (2010).
 *
 * @example The slope is 0 where the rate is the count
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * assertAlmostEquals(poisson.d1(Math.log(3), 3), 0, 1e-15);
 * assertEquals(poisson.value(0, 3), 1);
 * ```
 */
export const poisson: Loss = Object.freeze<Loss>({
  name: "poisson",
  convex: true,
  attains: false,
  target: "number",
  link: Math.exp,
  metrics: numberMetrics,
  secondDerivative: "varies",
  code: LOSS_CODES.poisson,
  parameter: 0,
  // The second form is the first without Infinity - Infinity when y p overflows too.
  value: (p, y) => p <= 700 ? Math.exp(p) - y * p : p * (Math.exp(p) / p - y),
  d1,
  d2,
  bounds(y, low, high) {
    const interval = checkedInterval(low, high);
    const top = Math.exp(high);
    return Object.freeze({ d1: largestD1((p) => d1(p, y), interval), d2: top, d3: top });
  },
  conjugate(s, y) {
    const q = s + y;
    return q < 0 ? Infinity : entropy(q);
  },
  margin: (direction, y) => y > 0 ? 0 - Math.abs(direction) : 0 - direction,
  infimum: (y) => 0 - entropy(y),
  targetProblem: countProblem,
});
