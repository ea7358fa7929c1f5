import { type AnyLoss, isJoint, weightedLoss, weightsOfMeanOne } from "../loss/mod.ts";
import { letGo, ShapeError, type Vector } from "../tensor/mod.ts";

/** A mean loss, and what convexity says of it. */
export interface BoundedLoss {
  /** `E[l(p; y)]`. */
  readonly training: number;
  /** `E[l'(p; y) (p - q)]`. */
  readonly bound: number;
}

/** Targets [n, m], row after row, and m. */
export interface TargetRows {
  /** The targets. */
  readonly y: Vector;
  /** The weight of each row [n] (default: equal ones). */
  readonly weights?: Vector;
  /** Targets per row. */
  readonly outputs: number;
}

/**
 * The convex certificate from predictions alone: `E[l(p)] - E[l(q)] <= E[l'(p) (p - q)]` for any predictions q on the same rows, by
 * convexity of the loss. For `p = W (x + V f)` and `q = W* x` the right side is `<S, W - W*> + <R, W V>`. Cost: a pass over the
 * predictions.
 *
 * @param loss The loss.
 * @param targets The targets.
 * @param p Predictions [n, m].
 * @param q Predictions to compare with [n, m].
 * @returns The mean loss of p and the bound on its lead.
 * @throws {ShapeError} If the lengths differ.
 * @example Squared loss: the bound is above the gap by half the mean square of p - q
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland/loss";
 * const [y, p, q] = [Float64Array.of(0, 0), Float64Array.of(2, 2), Float64Array.of(1, 1)];
 * assertEquals(convexBound(squared, { y, outputs: 1 }, p, q), { training: 2, bound: 2 });
 * ```
 */
export function convexBound(loss: AnyLoss, { y, outputs: m, weights }: TargetRows, p: Vector, q: Vector): BoundedLoss {
  for (const { length } of [p, q]) {
    if (length !== y.length) throw new ShapeError("compare predictions", `[${y.length}]`, `[${length}]`);
  }
  const n = y.length / m;
  const slope = new Float64Array(y.length);
  let sum = 0;
  const omega = weightsOfMeanOne(weights, n);
  if (omega !== null) sum = weightedLoss(loss, { n, m, p, y }, omega, 1, slope);
  else if (isJoint(loss)) sum = loss.evaluate({ n, m, p, y }, 1, slope);
  else {
    for (let i = 0; i < y.length; i++) {
      sum += loss.value(p[i], y[i]);
      slope[i] = loss.d1(p[i], y[i]);
    }
  }
  const bound = slope.reduce((total, value, i) => total + value * (p[i] - q[i]), 0);
  letGo(slope);
  return { training: sum / n, bound: bound / n };
}
