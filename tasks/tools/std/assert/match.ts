import { match } from "node:assert";
import { failure, messageOf, show } from "./_message.ts";

/**
 * Fails unless the text matches the expression.
 *
 * @param actual The text.
 * @param expected The expression.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If there is no match.
 * @example A beginning
 * ```ts
 * assertMatch("resland", /^res/);
 * ```
 */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (messageOf(() => match(actual, expected)) !== null) {
    throw failure(
      `Expected actual: ${show(actual)} to match: ${expected}`,
      msg,
    );
  }
}
