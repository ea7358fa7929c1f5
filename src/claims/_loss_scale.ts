import { type AnyLoss, isJoint } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** The data that set the scale of a mean loss: targets y [n, m]. */
interface Targets {
  readonly loss: AnyLoss;
  readonly y: Vector;
  readonly rows: number;
  readonly outputs: number;
}

/** Rows at a time. */
const PIECE = 1024;

/**
 * The size of the mean loss of a trivial predictor: that of predicting 0, or each output's mean, whichever is smaller. It scales as the
 * loss does with the units of y, and neither a perfect fit nor a large mean of y changes it. Cost: two passes over y.
 */
export function lossScale({ loss, y, rows: n, outputs: m }: Targets): number {
  const means = new Float64Array(m);
  for (let at = 0; at < y.length; at++) means[at % m] += y[at] / n;
  /** The mean loss of one prediction [m] for all rows. */
  const meanLoss = (p: Vector): number => {
    const same = Float64Array.from({ length: Math.min(n, PIECE) * m }, (_, at) => p[at % m]);
    let sum = 0;
    for (let from = 0; from < n * m; from += same.length) {
      const own = y.subarray(from, from + same.length);
      if (isJoint(loss)) sum += loss.evaluate({ n: own.length / m, m, p: same, y: own }, 1, []);
      else for (let at = 0; at < own.length; at++) sum += loss.value(same[at], own[at]);
    }
    return sum / n;
  };
  const sizes = [new Float64Array(m), means].map(meanLoss).map(Math.abs);
  return Math.min(...sizes.filter(Number.isFinite), Infinity);
}
