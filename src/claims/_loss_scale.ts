import { type AnyLoss, isJoint } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** The data that set the scale of a mean loss: targets y [n, m]. */
interface Targets {
  readonly loss: AnyLoss;
  readonly y: Vector;
  readonly rows: number;
  readonly outputs: number;
}

/**
 * The size of the mean loss of a trivial predictor: that of predicting 0, or each output's mean, whichever is smaller. It scales as the
 * loss does with the units of y, and neither a perfect fit nor a large mean of y changes it. Cost: two passes over y.
 */
export function lossScale({ loss, y, rows: n, outputs: m }: Targets): number {
  const means = new Float64Array(m);
  for (let at = 0; at < y.length; at++) means[at % m] += y[at] / n;
  const meanLoss = (p: Vector): number => {
    if (isJoint(loss)) return loss.evaluate({ n, m, p, y }, 1, new Float64Array(n * m)) / n;
    let sum = 0;
    for (let at = 0; at < y.length; at++) sum += loss.value(p[at], y[at]);
    return sum / n;
  };
  const sizes = [new Float64Array(n * m), Float64Array.from(y, (_, at) => means[at % m])].map(meanLoss).map(Math.abs);
  return Math.min(...sizes.filter(Number.isFinite), Infinity);
}
