import { type AnyLoss, isJoint, weightedLoss } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** The data that set the scale of a mean loss: targets y [n, m]. */
interface Targets {
  readonly loss: AnyLoss;
  readonly y: Vector;
  /** Row weights of mean 1; null for equal ones. */
  readonly weights: Vector | null;
  readonly rows: number;
  readonly outputs: number;
}

/** Rows at a time. */
const PIECE = 1024;

/**
 * The size of the mean loss of a trivial predictor: that of predicting 0, or each output's mean, whichever is smaller. It scales as the
 * loss does with the units of y, and neither a perfect fit nor a large mean of y changes it. Cost: two passes over y.
 */
export function lossScale({ loss, y, weights, rows: n, outputs: m }: Targets): number {
  const weightOf = (row: number) => weights === null ? 1 : weights[row];
  const means = new Float64Array(m);
  for (let at = 0; at < y.length; at++) means[at % m] += weightOf(Math.floor(at / m)) * y[at] / n;
  /** The mean loss of one prediction [m] for all rows. */
  const meanLoss = (p: Vector): number => {
    const same = Float64Array.from({ length: Math.min(n, PIECE) * m }, (_, at) => p[at % m]);
    let sum = 0;
    for (let from = 0; from < n * m; from += same.length) {
      const own = y.subarray(from, from + same.length);
      const batch = { n: own.length / m, m, p: same, y: own };
      if (weights !== null) sum += weightedLoss(loss, batch, weights.subarray(from / m), 1, []);
      else if (isJoint(loss)) sum += loss.evaluate(batch, 1, []);
      else for (let at = 0; at < own.length; at++) sum += loss.value(same[at], own[at]);
    }
    return sum / n;
  };
  const sizes = [new Float64Array(m), means].map(meanLoss).map(Math.abs);
  return Math.min(...sizes.filter(Number.isFinite), Infinity);
}
