import { uniformInt } from "npm:pure-rand@8.4.2/distribution/uniformInt";
import { checkCount, generatorOf } from "./_generator.ts";
import type { Key } from "./key.ts";

/**
 * The integers 0 to `n - 1` in random order, every order equally likely: the shuffle of Fisher and
 * Yates with unbiased integers. Cost: O(n).
 *
 * @param key Same key, same order.
 * @param n How many.
 * @returns The `n` integers.
 * @throws {RangeError} If `n` is not an integer from 0 to 2^32 - 1.
 * @example Each integer once
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * assertEquals([...permutation(key(1), 4).toSorted()], [0, 1, 2, 3]);
 * ```
 */
export function permutation(key: Key, n: number): Uint32Array {
  checkCount("a permutation", n);
  const generator = generatorOf(key);
  const order = new Uint32Array(n).map((_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = uniformInt(generator, 0, i);
    const moved = order[i];
    order[i] = order[j];
    order[j] = moved;
  }
  return order;
}
