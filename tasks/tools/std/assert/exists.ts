import { failure, show } from "./_message.ts";

/**
 * Fails if `actual` is null or undefined.
 *
 * @typeParam T The type of the value.
 * @param actual The value.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If there is no value.
 * @example Zero is a value
 * ```ts
 * assertExists(0);
 * ```
 */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw failure(
      `Expected actual: "${show(actual)}" to not be null or undefined`,
      msg,
    );
  }
}
