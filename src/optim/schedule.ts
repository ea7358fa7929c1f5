/** A number for each step, counted from 0. */
export type Schedule = (step: number) => number;

/**
 * The same number at every step.
 *
 * @param value The number.
 * @returns The schedule.
 * @example Always a tenth
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(constant(0.1)(1000), 0.1);
 * ```
 */
export function constant(value: number): Schedule {
  return () => value;
}

/**
 * Cosine schedule: from `start` at step 0 down to `end` at step `steps`, and `end` after it.
 *
 * @param start The first value.
 * @param steps Number of steps from `start` to `end`, at least 1.
 * @param end The last value (default 0).
 * @returns The schedule.
 * @throws {RangeError} If `steps` is below 1.
 * @example Half-way down at half-time
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(cosine(1, 10)(5), 0.5);
 * ```
 */
export function cosine(start: number, steps: number, end = 0): Schedule {
  if (!(steps >= 1)) throw new RangeError(`Cannot make a schedule: it needs 1 step or more, got ${steps}`);
  return (step) => end + (start - end) * (1 + Math.cos(Math.PI * Math.min(1, step / steps))) / 2;
}
