import { failure } from "./_message.ts";

/**
 * Fails.
 *
 * @param msg What to add to the failure.
 * @throws {AssertionError} Always.
 * @example A place not to be reached
 * ```ts
 * import { assertThrows } from "@std/assert/throws";
 * assertThrows(() => fail("here"), Error, "Failed assertion: here");
 * ```
 */
export function fail(msg?: string): never {
  throw failure("Failed assertion", msg);
}
