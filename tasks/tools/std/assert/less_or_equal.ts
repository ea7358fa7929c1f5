import { failure, show } from "./_message.ts";

/**
 * Fails unless `actual <= expected`.
 *
 * @typeParam T The type of the values.
 * @param actual The value found.
 * @param expected The value it is held against.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If `actual` is not at most `expected`, or the two have no order.
 * @example Two numbers
 * ```ts
 * assertLessOrEqual(2, 2);
 * ```
 */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual <= expected)) {
    throw failure(`Expect ${show(actual)} <= ${show(expected)}`, msg);
  }
}
