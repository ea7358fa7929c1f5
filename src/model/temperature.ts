import type { Vector } from "../tensor/mod.ts";

/** How scores are scaled so that their probabilities are calibrated. */
export interface Temperature {
  /** What scores are divided by; 1 where no other is better or none is best. */
  readonly temperature: number;
  /** The mean log-loss of the scores as they are, on the rows of the fit. */
  readonly before: number;
  /** The mean log-loss of the scaled scores on the same rows. */
  readonly after: number;
  /** Why the temperature is left at 1; null where it was fitted. */
  readonly reason: string | null;
}

/** Newton steps and halvings: enough for a bracket of any width; some ten are usual. */
const STEPS = 200;

/** Newton converges quadratically: a step this small leaves an error of its square. */
const SMALL_STEP = 1e-9;

/**
 * The temperature T by which scores are divided so that their probabilities are calibrated: the minimum of the mean log-loss of
 * `scores / T` on rows that the model was not fitted on, a convex problem in `1 / T`, by Newton's method inside a bracket. The order of the rows and the
 * predicted class stay the same. Source: C. Guo et al., "On calibration of modern neural networks", ICML 2017.
 *
 * @param scores Raw predictions [n, m]: of two classes the log-odds of the second (m = 1), of more those of softmax.
 * @param classes The number of the class of each row [n], from 0.
 * @param outputs m, as in the scores.
 * @returns The temperature, and the log-loss before and after.
 * @throws {RangeError} If there is not a row of scores for each class number, or a score is not finite.
 * @example Scores twice as large as they should be
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * // Three of four are right, log-odds log(3), where the scores say 2 log(3).
 * const scores = new Float64Array(4).fill(2 * Math.log(3));
 * assertAlmostEquals(fitTemperature(scores, [1, 1, 1, 0], 1).temperature, 2, 1e-9);
 * ```
 */
export function fitTemperature(scores: Vector, classes: ArrayLike<number>, outputs: number): Temperature {
  if (classes.length === 0 || scores.length !== classes.length * outputs || !scores.every(Number.isFinite)) {
    const got = `${scores.length} scores of ${classes.length} rows`;
    throw new RangeError(`Cannot calibrate: a row of ${outputs} finite scores for each class, got ${got}`);
  }
  const at = (scale: number) => logLossAt(scores, classes, outputs, scale);
  const before = at(1).value;
  const kept = (reason: string): Temperature => ({ temperature: 1, before, after: before, reason });
  if (at(0).slope >= 0) return kept("the scores do not tell the classes of these rows apart");
  if (separates(scores, classes, outputs)) return kept("the scores separate the classes of these rows");
  let [low, high] = [0, 1];
  while (at(high).slope < 0) [low, high] = [high, high * 4];
  let scale = (low + high) / 2;
  for (let step = 0; step < STEPS && low < scale && scale < high; step++) {
    const { slope, curvature } = at(scale);
    if (slope < 0) low = scale;
    else high = scale;
    const next = scale - slope / curvature;
    const last = Math.abs(next - scale) <= SMALL_STEP * scale;
    scale = next > low && next < high || last ? next : (low + high) / 2;
    if (last) break;
  }
  return { temperature: 1 / scale, before, after: at(scale).value, reason: null };
}

/** Whether no row has a score above that of its own class: then the log-loss falls with the scale without end. */
function separates(scores: Vector, classes: ArrayLike<number>, m: number): boolean {
  for (let row = 0; row < classes.length; row++) {
    const own = rowOf(scores, row, m);
    if (own.some((score) => score > own[classes[row]])) return false;
  }
  return true;
}

/** The scores of a row, one per class; of two classes the first has the score 0. */
const rowOf = (scores: Vector, row: number, m: number): Vector =>
  m === 1 ? Float64Array.of(0, scores[row]) : scores.subarray(row * m, (row + 1) * m);

/** The mean log-loss of scaled scores, with both derivatives in the scale. */
function logLossAt(
  scores: Vector,
  classes: ArrayLike<number>,
  m: number,
  scale: number,
): { readonly value: number; readonly slope: number; readonly curvature: number } {
  const n = classes.length;
  let [value, slope, curvature] = [0, 0, 0];
  for (let row = 0; row < n; row++) {
    const own = rowOf(scores, row, m);
    let top = -Infinity;
    for (const score of own) top = Math.max(top, scale * score);
    let [total, first, second] = [0, 0, 0];
    for (const score of own) {
      const weight = Math.exp(scale * score - top);
      total += weight;
      first += weight * score;
      second += weight * score * score;
    }
    const mean = first / total;
    value += top + Math.log(total) - scale * own[classes[row]];
    slope += mean - own[classes[row]];
    curvature += second / total - mean * mean;
  }
  return { value: value / n, slope: slope / n, curvature: curvature / n };
}
