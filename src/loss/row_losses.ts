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
  return Float64Array.from({ length: y.length / m }, (_, i) => {
    const [from, to] = [i * m, (i + 1) * m];
    if (isJoint(loss)) return loss.evaluate({ n: 1, m, p: p.subarray(from, to), y: y.subarray(from, to) }, 1, []);
    let sum = 0;
    for (let at = from; at < to; at++) sum += loss.value(p[at], y[at]);
    return sum;
  });
}
