import { type JointLoss, type RealsOut, softmax } from "../loss/mod.ts";

/** The target of a class that a row no longer competes with. */
export const LEFT_OUT = -1;

/**
 * Softmax cross-entropy among the classes that are left: `log sum_j exp(p_j) - p_c`, j over the entries with a target of 0 or 1, c the one with 1. The
 * limit of softmax along a direction that separates some classes of a row from its own.
 */
export const maskedSoftmax: JointLoss = Object.freeze<JointLoss>({
  joint: true,
  name: "softmax among the classes that are left",
  convex: true,
  attains: false,
  target: "classes",
  link: softmax.link,
  metrics: softmax.metrics,
  shiftFree: true,
  categorical: true,
  evaluate({ n, m, p, y }, scale, slope) {
    let sum = 0;
    for (let from = 0; from < n * m; from += m) {
      let [top, total, own] = [-Infinity, 0, 0];
      for (let j = from; j < from + m; j++) if (y[j] >= 0 && p[j] > top) top = p[j];
      for (let j = from; j < from + m; j++) if (y[j] >= 0) total += Math.exp(p[j] - top);
      for (let j = from; j < from + m; j++) {
        if (y[j] === 1) own = p[j] - top;
        if (slope.length > 0) {
          slope[j] = y[j] < 0 ? 0 : scale * (Math.exp(p[j] - top) / total - y[j]);
        }
      }
      sum += Math.log(total) - own;
    }
    return sum;
  },
  weights({ n, m, p, y }) {
    const q = new Float64Array(n * m);
    for (let from = 0; from < n * m; from += m) {
      let [top, total] = [-Infinity, 0];
      for (let j = from; j < from + m; j++) if (y[j] >= 0 && p[j] > top) top = p[j];
      for (let j = from; j < from + m; j++) total += q[j] = y[j] < 0 ? 0 : Math.exp(p[j] - top);
      for (let j = from; j < from + m; j++) q[j] /= total;
    }
    return q;
  },
  // A probability of 0 has no curvature.
  hvpWith: softmax.hvpWith,
  hvp(batch, scale, direction, out: RealsOut) {
    this.hvpWith(this.weights(batch), batch.n, batch.m, scale, direction, out);
  },
  bounds: softmax.bounds,
  conjugate(slope, y) {
    let [sum, value] = [0, 0];
    for (let j = 0; j < y.length; j++) {
      const q = slope[j] + Math.max(y[j], 0);
      if (q < 0 || y[j] < 0 && Math.abs(q) > 0) return Infinity;
      sum += q;
      if (q > 0) value += q * Math.log(q);
    }
    return Math.abs(sum - 1) <= 1e-12 ? value : Infinity;
  },
  margin(direction, y) {
    let [own, most] = [0, -Infinity];
    for (let j = 0; j < y.length; j++) {
      if (y[j] === 1) own = direction[j];
      else if (y[j] === 0) most = Math.max(most, direction[j]);
    }
    return own - most;
  },
  infimum: () => 0,
});
