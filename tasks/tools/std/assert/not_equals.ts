import { equal } from "./_equal.ts";
import { failure, show } from "./_message.ts";

/**
 * Fails if the two are deeply and strictly equal, in the sense of `assertEquals`.
 *
 * @typeParam T The type of the values.
 * @param actual The value found.
 * @param expected The value it must not be.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If the two are equal.
 * @example Two arrays
 * ```ts
 * assertNotEquals([1, 2], [2, 1]);
 * ```
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) {
    throw failure(
      `Expected actual: ${show(actual)} not to be: ${show(expected)}`,
      msg,
    );
  }
}
