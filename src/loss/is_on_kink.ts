import type { Loss } from "./types.ts";

/**
 * Whether `l''` jumps at a prediction: there a Hessian does not exist, and {@linkcode Loss.d2} is the larger of the
 * values on the two sides. For a loss of your own without `bounds` the answer is true everywhere, since nothing is known.
 *
 * @param loss The loss.
 * @param p The prediction; finite.
 * @param y Its target.
 * @returns Whether `loss.bounds(y, p, p)` has no bound on `l'''`.
 * @throws {RangeError} If p is not a finite number.
 * @example A margin of 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { logistic, smoothHinge } from "@resland/resland/loss";
 * assertEquals([0, 0.5, 1].map((p) => isOnKink(smoothHinge, p, 1)), [true, false, true]);
 * assertEquals(isOnKink(logistic, 0, 1), false);
 * ```
 */
export function isOnKink(loss: Loss, p: number, y: number): boolean {
  return loss.bounds(y, p, p).d3 === null;
}
