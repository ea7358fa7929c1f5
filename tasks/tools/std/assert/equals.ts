import { deepStrictEqual } from "node:assert";
import { equal } from "./_equal.ts";
import { failure, messageOf } from "./_message.ts";

/**
 * Fails unless the two are deeply and strictly equal; NaN equals NaN, and 0 equals -0.
 *
 * @typeParam T The type of the values.
 * @param actual The value found.
 * @param expected The value wanted.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If the two differ.
 * @example Nested values
 * ```ts
 * assertEquals({ a: [1, NaN] }, { a: [1, NaN] });
 * ```
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw failure(
    "Values are not equal",
    msg,
    `\n${messageOf(() => deepStrictEqual(actual, expected))}`,
  );
}
