import { checkedRadius } from "./_interval.ts";
import type { JointLoss, Reals } from "./joint_loss.ts";

/** `max_j p_j` of row i. */
function largest(p: Reals, from: number, m: number): number {
  let most = p[from];
  for (let j = 1; j < m; j++) if (!(p[from + j] <= most)) most = p[from + j];
  return most;
}

/**
 * Softmax cross-entropy, `l = log sum_j exp(p_j) - y'p` for a target y >= 0 whose entries sum to 1 (a class is a unit vector).
 * With `q_j = exp(p_j) / sum exp(p)`: `l' = q - y`, `l'' = diag(q) - q q'`. The largest entry is taken out before exp, so
 * nothing overflows. Convex, not strictly: adding the same number to every entry of p changes nothing. Two classes are the
 * logistic loss of `p_2 - p_1`.
 *
 * `|D³l[v, v, u]| <= range(u) v'l''v` with `range(u) = max u - min u <= sqrt(2) ||u||` (the variance of v under q, and how fast
 * q can change along u), so `l''(q) >= exp(-sqrt(2) ||q - p||) l''(p)`.
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
  shiftFree: true,
  evaluate({ n, m, p, y }, scale, slope) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const from = i * m;
      const top = largest(p, from, m);
      let [total, picked, weight] = [0, 0, 0];
      for (let j = from; j < from + m; j++) {
        const e = Math.exp(p[j] - top);
        total += e;
        // A target of 0 picks nothing, however far down its prediction is.
        if (y[j] !== 0) picked += y[j] * (p[j] - top);
        weight += y[j];
        if (slope.length > 0) slope[j] = e;
      }
      sum += weight * Math.log(total) - picked;
      for (let j = from; slope.length > 0 && j < from + m; j++) slope[j] = scale * (weight * slope[j] / total - y[j]);
    }
    return sum;
  },
  bend({ n, m, p }, scale, direction, out) {
    for (let i = 0; i < n; i++) {
      const from = i * m;
      const top = largest(p, from, m);
      let [total, mean] = [0, 0];
      for (let j = from; j < from + m; j++) {
        const e = Math.exp(p[j] - top);
        total += e;
        mean += e * direction[j];
      }
      for (let j = from; j < from + m; j++) {
        out[j] = scale * Math.exp(p[j] - top) / total * (direction[j] - mean / total);
      }
    }
  },
  curvature(p) {
    const m = p.length;
    const top = largest(p, 0, m);
    const e = Float64Array.from(p, (value) => Math.exp(value - top));
    const total = e.reduce((sum, value) => sum + value, 0);
    const q = e.map((value) => value / total);
    return Float64Array.from({ length: m * m }, (_, at) => {
      const [i, j] = [Math.floor(at / m), at % m];
      return i === j ? q[i] * (1 - q[i]) : -q[i] * q[j];
    });
  },
  curvatureShare: (radius) => Math.exp(-Math.SQRT2 * checkedRadius(radius)),
});
