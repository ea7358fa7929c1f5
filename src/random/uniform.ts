import { uniformFloat64 } from "npm:pure-rand@8.4.2/distribution/uniformFloat64";
import { checkCount, generatorOf } from "./_generator.ts";
import type { Key } from "./key.ts";

/** Where {@linkcode uniform} draws from. */
export interface UniformOptions {
  /** The least number (default 0). */
  readonly low?: number;
  /** What every number stays below (default 1). */
  readonly high?: number;
}

/**
 * Numbers spread evenly over `low <= u < high`: `low + (high - low) t`, with t one of the 2^53 multiples of 2^-53 in
 * [0, 1), all equally likely. Where rounding would give `high` itself, draws again.
 *
 * @param key Same key, same numbers.
 * @param n How many.
 * @param options `low` (default 0) and `high` (default 1).
 * @returns The `n` numbers.
 * @throws {RangeError} If `n` is not an integer from 0 to 2^32 - 1, or not `low < high` with a finite difference.
 * @example Three numbers from -1 to 1
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { key } from "@resland/resland/random";
 * const u = uniform(key(1), 3, { low: -1, high: 1 });
 * assert(u.every((x) => x >= -1 && x < 1));
 * assertEquals(u, uniform(key(1), 3, { low: -1, high: 1 }));
 * ```
 */
export function uniform(key: Key, n: number, { low = 0, high = 1 }: UniformOptions = {}): Float64Array {
  checkCount("uniform numbers", n);
  const width = high - low;
  if (!(width > 0 && width < Infinity)) {
    throw new RangeError(
      `Cannot draw uniform numbers: low must be below high by a finite width, got ${low} and ${high}`,
    );
  }
  const generator = generatorOf(key);
  const numbers = new Float64Array(n);
  for (let i = 0; i < n;) {
    const u = low + width * uniformFloat64(generator);
    if (u < high) numbers[i++] = u;
  }
  return numbers;
}
