import { type AnyLoss, isJoint } from "./joint_loss.ts";

/**
 * The loss of each row; a scalar loss is summed over the outputs.
 *
 * @param loss The loss.
 * @param p Predictions [n, m], row after row.
 * @param y Targets [n, m].
 * @param m Outputs of each row.
 * @returns The losses [n].
 * @example Two rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "./squared.ts";
 * assertEquals(rowLosses(squared, Float64Array.of(1, 4), Float64Array.of(1, 2), 1), Float64Array.of(0, 2));
 * ```
 */
export function rowLosses(loss: AnyLoss, p: Float64Array, y: Float64Array, m: number): Float64Array<ArrayBuffer> {
  const losses = new Float64Array(y.length / m);
  for (let i = 0; i < losses.length; i++) {
    const [from, to] = [i * m, (i + 1) * m];
    if (isJoint(loss)) {
      losses[i] = loss.evaluate({ n: 1, m, p: p.subarray(from, to), y: y.subarray(from, to) }, 1, []);
    } else {
      for (let at = from; at < to; at++) losses[i] += loss.value(p[at], y[at]);
    }
  }
  return losses;
}
