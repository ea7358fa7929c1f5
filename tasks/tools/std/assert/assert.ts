import { AssertionError } from "./assertion_error.ts";

/**
 * Fails unless `expr` is truthy.
 *
 * @param expr What must hold.
 * @param msg The message of the failure.
 * @throws {AssertionError} If `expr` is falsy.
 * @example A sum
 * ```ts
 * assert(1 + 1 === 2);
 * ```
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}
