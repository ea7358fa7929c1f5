import { uniformInt } from "npm:pure-rand@8.4.2/distribution/uniformInt";
import { generatorOf } from "./_generator.ts";
import type { Key } from "./key.ts";

/**
 * One integer of `low <= i < high`, each equally likely (by rejection, so without bias).
 *
 * @param key Same key, same integer.
 * @param low The least integer.
 * @param high One above the greatest integer.
 * @returns The integer.
 * @throws {RangeError} If the bounds are not safe integers with `low < high` and `high - low` at most 2^53 - 1.
 * @example A die
 * ```ts
 * import { assert } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * assert([1, 2, 3, 4, 5, 6].includes(integer(key(1), 1, 7)));
 * ```
 */
export function integer(key: Key, low: number, high: number): number {
  const safe = Number.isSafeInteger(low) && Number.isSafeInteger(high) && Number.isSafeInteger(high - low);
  if (!(safe && low < high)) {
    throw new RangeError(
      `Cannot draw an integer: low and high must be safe integers, low < high, got ${low} and ${high}`,
    );
  }
  return uniformInt(generatorOf(key), low, high - 1);
}
