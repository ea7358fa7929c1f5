import { failure, show } from "./_message.ts";

/**
 * Fails unless `actual >= expected`.
 *
 * @typeParam T The type of the values.
 * @param actual The value found.
 * @param expected The value it is held against.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If `actual` is not at least `expected`, or the two have no order.
 * @example Two numbers
 * ```ts
 * assertGreaterOrEqual(2, 2);
 * ```
 */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual >= expected)) {
    throw failure(`Expect ${show(actual)} >= ${show(expected)}`, msg);
  }
}
