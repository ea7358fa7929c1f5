import { failure, show } from "./_message.ts";

/**
 * Fails unless `actual` includes `expected`.
 *
 * @param actual The text.
 * @param expected The part.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If the part is not there.
 * @example A part
 * ```ts
 * assertStringIncludes("resland", "land");
 * ```
 */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (!actual.includes(expected)) {
    throw failure(
      `Expected actual: ${show(actual)} to contain: ${show(expected)}`,
      msg,
    );
  }
}
