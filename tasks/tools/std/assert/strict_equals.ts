import { strictEqual } from "node:assert";
import { failure, messageOf } from "./_message.ts";

/**
 * Fails unless the two are the same value, by `Object.is`.
 *
 * @typeParam T The type of the wanted value.
 * @param actual The value found.
 * @param expected The value wanted.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If the two are not the same.
 * @example One object
 * ```ts
 * const one = {};
 * assertStrictEquals(one, one);
 * ```
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  const problem = messageOf(() => strictEqual(actual, expected));
  if (problem !== null) {
    throw failure("Values are not strictly equal", msg, `\n${problem}`);
  }
}
