import { type AnyLoss, isJoint, type JointBatch, type Reals, type RealsOut } from "./joint_loss.ts";

/**
 * Row weights divided by their mean, so that a sum over rows with them, over the number of rows, is the weighted mean `sum w_i l_i / sum w_i`: what
 * the mean over the rows is when row i is there w_i times.
 *
 * @param weights One per row, above 0; null or undefined for equal ones.
 * @param rows How many rows there are.
 * @returns New weights of mean 1; null where there were none, or all are equal.
 * @throws {RangeError} If there is not one finite weight above 0 per row.
 * @example Two rows, the second one three times
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(weightsOfMeanOne(Float64Array.of(1, 3), 2), Float64Array.of(0.5, 1.5));
 * ```
 */
export function weightsOfMeanOne(weights: Reals | null | undefined, rows: number): Float64Array<ArrayBuffer> | null {
  if (weights === null || weights === undefined) return null;
  let [sum, even] = [0, true];
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] > 0 && weights[i] < Infinity)) {
      throw new RangeError(`Cannot weight row ${i}: the weight must be finite and above 0, got ${weights[i]}`);
    }
    sum += weights[i] / weights.length;
    even &&= weights[i] === weights[0];
  }
  if (weights.length !== rows) {
    throw new RangeError(`Cannot weight the rows: there are ${rows}, and ${weights.length} weights`);
  }
  return even ? null : Float64Array.from(weights, (weight) => weight / sum);
}

/**
 * `sum_i w_i l(p_i; y_i)` over the rows of a batch; a loss of one prediction is summed over the outputs. Cost: one call of the loss per row.
 *
 * @param loss The loss.
 * @param batch Predictions and targets.
 * @param weights The weight of each row [n].
 * @param scale What derivatives are multiplied by, beside the weight.
 * @param d1 Takes `scale w_i l'` [n, m]; an empty one is left alone.
 * @param d2 Takes `scale w_i l''` [n, m]; an empty one is left alone. Only of a loss of one prediction.
 * @returns The sum, without `scale`.
 * @example Two rows, the second one three times
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "./squared.ts";
 * const d1 = new Float64Array(2);
 * assertEquals(weightedLoss(squared, { n: 2, m: 1, p: [1, 2], y: [0, 0] }, [1, 3], 0.5, d1), 0.5 + 3 * 2);
 * assertEquals(d1, Float64Array.of(0.5, 3));
 * ```
 */
export function weightedLoss(
  loss: AnyLoss,
  { n, m, p, y }: JointBatch,
  weights: Reals,
  scale: number,
  d1: RealsOut,
  d2: RealsOut = [],
): number {
  let sum = 0;
  if (isJoint(loss)) {
    const [own, targets, slopes] = [new Float64Array(m), new Float64Array(m), new Float64Array(d1.length > 0 ? m : 0)];
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < m; a++) [own[a], targets[a]] = [p[i * m + a], y[i * m + a]];
      sum += weights[i] * loss.evaluate({ n: 1, m, p: own, y: targets }, scale * weights[i], slopes);
      for (let a = 0; a < slopes.length; a++) d1[i * m + a] = slopes[a];
    }
    return sum;
  }
  for (let i = 0; i < n; i++) {
    const factor = scale * weights[i];
    for (let at = i * m; at < (i + 1) * m; at++) {
      sum += weights[i] * loss.value(p[at], y[at]);
      if (d1.length > 0) d1[at] = factor * loss.d1(p[at], y[at]);
      if (d2.length > 0) d2[at] = factor * loss.d2(p[at], y[at]);
    }
  }
  return sum;
}

/**
 * Multiplies every row of numbers [n, m] by its weight, in place.
 *
 * @param weights The weight of each row [n].
 * @param m Numbers per row.
 * @param values The numbers; they are changed.
 * @example Two rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const values = Float64Array.of(1, 2, 3, 4);
 * weightRows([1, 10], 2, values);
 * assertEquals(values, Float64Array.of(1, 2, 30, 40));
 * ```
 */
export function weightRows(weights: Reals, m: number, values: RealsOut): void {
  for (let i = 0; i < weights.length; i++) for (let at = i * m; at < (i + 1) * m; at++) values[at] *= weights[i];
}
