import { uniformFloat64 } from "npm:pure-rand@8.4.2/distribution/uniformFloat64";
import { checkCount, generatorOf } from "./_generator.ts";
import type { Key } from "./key.ts";

/**
 * Independent standard normal numbers (mean 0, variance 1), by the polar method: for a point (u, v) uniform in the unit
 * disc without its centre, with `s = u^2 + v^2`, both `u sqrt(-2 log(s) / s)` and `v sqrt(-2 log(s) / s)` are normal.
 * Exact but for rounding and for the grid of 2^-52 that u and v lie on.
 * Source: G. Marsaglia, T. A. Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964).
 *
 * @param key Same key, same numbers; the first of them do not depend on `n`.
 * @param n How many.
 * @returns The `n` numbers.
 * @throws {RangeError} If `n` is not an integer from 0 to 2^32 - 1.
 * @example The mean of many is near 0
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * const z = normal(key(1), 10_000);
 * assertAlmostEquals(z.reduce((sum, x) => sum + x, 0) / z.length, 0, 0.04);
 * ```
 */
export function normal(key: Key, n: number): Float64Array {
  checkCount("normal numbers", n);
  const generator = generatorOf(key);
  const numbers = new Float64Array(n);
  for (let i = 0; i < n;) {
    const u = 2 * uniformFloat64(generator) - 1;
    const v = 2 * uniformFloat64(generator) - 1;
    const s = u * u + v * v;
    if (s >= 1 || s === 0) continue;
    const factor = Math.sqrt(-2 * Math.log(s) / s);
    numbers[i++] = u * factor;
    if (i < n) numbers[i++] = v * factor;
  }
  return numbers;
}
