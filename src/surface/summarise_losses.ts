/** The least and the largest of some losses, and how many are low. */
export interface LossSummary {
  /** The least; null when none is finite. */
  readonly lowest: number | null;
  /** The largest; null when it is not finite. */
  readonly highest: number | null;
  /** The share of the losses at or below the level. */
  readonly below: number;
}

/**
 * The least and the largest of the losses of a grid or a line, and the share of them at or below a level. Cost: one pass, whatever
 * their number.
 *
 * @param values The losses, at least one; Infinity where a loss is not finite.
 * @param level The level, such as that of the best linear predictor.
 * @returns What they come to.
 * @example A loss that is not finite
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(summariseLosses([3, 1, Infinity, 2], 2), { lowest: 1, highest: null, below: 0.5 });
 * ```
 */
export function summariseLosses(values: ArrayLike<number>, level: number): LossSummary {
  let [lowest, highest, low] = [Infinity, -Infinity, 0];
  // By hand: more than some 100,000 values are too many arguments of one call.
  for (let at = 0; at < values.length; at++) {
    lowest = Math.min(lowest, values[at]);
    highest = Math.max(highest, values[at]);
    if (values[at] <= level) low++;
  }
  return {
    lowest: Number.isFinite(lowest) ? lowest : null,
    highest: Number.isFinite(highest) ? highest : null,
    below: low / values.length,
  };
}
