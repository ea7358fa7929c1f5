import { checkError, type ErrorConstructor } from "./_check_error.ts";
import { failure } from "./_message.ts";

/**
 * Runs `fn` and fails unless it throws.
 *
 * @param fn What must throw.
 * @param msg What to add to the failure.
 * @returns What was thrown.
 * @throws {AssertionError} If nothing was thrown.
 * @example Any value
 * ```ts
 * assertThrows(() => JSON.parse("{"));
 * ```
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Runs `fn` and fails unless it throws an error of the class, with `msgIncludes` in its message.
 *
 * @typeParam E The class.
 * @param fn What must throw.
 * @param ErrorClass The class.
 * @param msgIncludes A part of the message.
 * @param msg What to add to the failure.
 * @returns The error that was thrown.
 * @throws {AssertionError} If nothing was thrown, or another error.
 * @example An error of a class
 * ```ts
 * assertThrows(() => JSON.parse("{"), SyntaxError, "JSON");
 * ```
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClassOrMsg?: ErrorConstructor<E> | string,
  msgIncludes?: string,
  classMsg?: string,
): E | unknown {
  const ErrorClass = typeof errorClassOrMsg === "string" ? undefined : errorClassOrMsg;
  const msg = typeof errorClassOrMsg === "string" ? errorClassOrMsg : classMsg;
  try {
    fn();
  } catch (error) {
    if (!ErrorClass) return error;
    if (!(error instanceof Error)) {
      throw failure("A non-Error object was thrown", msg);
    }
    checkError(error, ErrorClass, msgIncludes, msg);
    return error;
  }
  throw failure("Expected function to throw", msg);
}
