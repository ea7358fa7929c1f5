import { SOFTMAX_CODE } from "../kernels/mod.ts";
import { xLogX } from "./_entropy.ts";
import { expBelow } from "./_exp.ts";
import { classMetrics } from "./metrics.ts";
import type { JointLoss, Reals, RealsOut } from "./joint_loss.ts";

/** How far the sum of probabilities may differ from 1: the rounding of thousands of them. */
const SUM_ROUNDING = 1e-12;

/** The largest of `m` entries; NaN where one is NaN. */
function largest(a: Reals, from: number, m: number): number {
  let most = a[from];
  for (let j = 1; j < m; j++) most = Math.max(most, a[from + j]);
  return most;
}

/**
 * Writes `exp(p_j - top)` of a row to e [m + 1], with 0 in place of one 1, and at its end the sum of them: kept apart from
 * the 1, the others are exact however small they are. Returns the place of the 1, or -1 where there is a NaN.
 */
function exponentials(p: Reals, from: number, m: number, top: number, e: Float64Array): number {
  let at = -1;
  let others = 0;
  for (let j = 0; j < m; j++) {
    const below = p[from + j] - top;
    const one = expBelow(below);
    if (below === 0 && at < 0) {
      at = j;
      e[j] = 0;
    } else {
      e[j] = one;
      others += one;
    }
  }
  e[m] = others;
  return at;
}

/** The probabilities of a row, to `q` from `to` on. */
function chances(p: Reals, from: number, m: number, e: Float64Array, q: Float64Array, to: number): void {
  const at = exponentials(p, from, m, largest(p, from, m), e);
  const share = 1 / (1 + e[m]);
  for (let j = 0; j < m; j++) q[to + j] = share * e[j];
  if (at >= 0) q[to + at] = share;
}

/** One row of `hvpWith`. The mean is corrected once, so that a probability close to 1 does not cost the digits of the rest. */
function hvpRow(q: Reals, own: number, m: number, scale: number, v: Reals, out: RealsOut, from: number): void {
  let mean = 0;
  let lost = 0;
  for (let j = 0; j < m; j++) mean += q[own + j] * v[from + j];
  for (let j = 0; j < m; j++) lost += q[own + j] * (v[from + j] - mean);
  for (let j = 0; j < m; j++) out[from + j] = scale * q[own + j] * (v[from + j] - mean - lost);
}

/**
 * Softmax cross-entropy, `l = log sum_j exp(p_j) - y'p` for a target y >= 0 whose entries sum to 1 (a class is a unit vector).
 * With `q_j = exp(p_j) / sum exp(p)`: `l' = q - y`, `l'' = diag(q) - q q'`, and `l*(s) = sum q log q` with `q = s + y` a probability vector
 * (`q >= 0`, sum 1), else infinite. The largest entry is taken out before exp and before the sum, so nothing overflows, and
 * a confident right answer keeps all its digits. Convex, not strictly: adding the same number to every entry of p changes
 * nothing. Two classes are the logistic loss of `p_2 - p_1`. Cost: `n m` exponentials (`hvpWith`: none).
 *
 * `|D³l[v, v, u]| <= range(u) v'l''v` with `range(u) = max u - min u <= sqrt(2) ||u||` (the variance of v under q, and how fast
 * q can change along u), so `l''(q) >= exp(-sqrt(2) ||q - p||) l''(p)`.
 *
 * The infimum over a linear predictor is not always attained: it is 0 when some direction puts the class of every row above
 * the others, and only approached as the weights grow without bound. `margin` of a row is the entry of its class minus the largest other one.
 *
 * @example No opinion among three classes
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * const batch = { n: 1, m: 3, p: [0, 0, 0], y: [1, 0, 0] };
 * const slope = new Float64Array(3);
 * assertAlmostEquals(softmax.evaluate(batch, 1, slope), Math.log(3), 1e-15);
 * assertAlmostEquals(slope[0], -2 / 3, 1e-15);
 * ```
 */
export const softmax: JointLoss = Object.freeze<JointLoss>({
  joint: true,
  name: "softmax",
  convex: true,
  attains: false,
  target: "classes",
  code: SOFTMAX_CODE,
  link: (p, m) => softmax.weights({ n: p.length / m, m, p, y: [] }),
  metrics: classMetrics,
  shiftFree: true,
  categorical: true,
  evaluate({ n, m, p, y }, scale, d1) {
    const e = new Float64Array(m + 1);
    const wanted = d1.length > 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const from = i * m;
      const top = largest(p, from, m);
      const at = exponentials(p, from, m, top, e);
      const others = e[m];
      let picked = 0;
      // 1 for a valid target; taken as it is, so that value and slope agree for any.
      let weight = 0;
      for (let j = 0; j < m; j++) {
        const target = y[from + j];
        // A target of 0 picks nothing, however far down its prediction is.
        if (target !== 0) picked += target * (p[from + j] - top);
        weight += target;
      }
      sum += weight * Math.log1p(others) - picked;
      if (!wanted) continue;
      const share = weight / (1 + others);
      for (let j = 0; j < m; j++) d1[from + j] = scale * (share * e[j] - y[from + j]);
      if (at < 0) continue;
      const target = y[from + at];
      // weight / (1 + others) - target, without the cancellation where others is small.
      d1[from + at] = scale * ((weight - target - target * others) / (1 + others));
    }
    return sum;
  },
  hvp({ n, m, p }, scale, direction, out) {
    const e = new Float64Array(m + 1);
    const q = new Float64Array(m);
    for (let i = 0; i < n; i++) {
      chances(p, i * m, m, e, q, 0);
      hvpRow(q, 0, m, scale, direction, out, i * m);
    }
  },
  weights({ n, m, p }) {
    const e = new Float64Array(m + 1);
    const q = new Float64Array(n * m);
    for (let i = 0; i < n; i++) chances(p, i * m, m, e, q, i * m);
    return q;
  },
  hvpWith(weights, n, m, scale, direction, out) {
    for (let i = 0; i < n; i++) hvpRow(weights, i * m, m, scale, direction, out, i * m);
  },
  bounds: Object.freeze({ d1: Math.SQRT2, d2: 0.5, d3: Math.sqrt(6) / 9 }),
  conjugate(slope, y) {
    let sum = 0;
    let value = 0;
    for (let j = 0; j < slope.length; j++) {
      const q = slope[j] + y[j];
      if (q < 0) return Infinity;
      sum += q;
      value += xLogX(q);
    }
    return Math.abs(sum - 1) > SUM_ROUNDING ? Infinity : value;
  },
  margin(direction, y) {
    // Against every entry but that of a target of 1; a target of several classes does not fall without end, and all are compared.
    let own = 0;
    let other = -Infinity;
    for (let j = 0; j < direction.length; j++) {
      if (y[j] !== 0) own += y[j] * direction[j];
      if (y[j] !== 1) other = Math.max(other, direction[j]);
    }
    return direction.length > 1 ? own - other : 0;
  },
  infimum(y) {
    let entropy = 0;
    for (let j = 0; j < y.length; j++) entropy -= xLogX(y[j]);
    return entropy + 0;
  },
});
