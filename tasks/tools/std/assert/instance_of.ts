import { failure, show } from "./_message.ts";

/**
 * Fails unless `actual` is an instance of the class.
 *
 * @typeParam T The class.
 * @param actual The value.
 * @param expectedType The class.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If it is not.
 * @example A date
 * ```ts
 * assertInstanceOf(new Date(), Date);
 * ```
 */
// deno-lint-ignore no-explicit-any
export function assertInstanceOf<T extends new (...args: any[]) => any>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw failure(
    `Expected object to be an instance of "${expectedType.name}" but was ${show(actual)}`,
    msg,
  );
}
