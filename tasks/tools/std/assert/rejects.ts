import { checkError, type ErrorConstructor } from "./_check_error.ts";
import { failure } from "./_message.ts";

/**
 * Runs `fn` and fails unless the promise it returns is rejected.
 *
 * @param fn What must return a promise that is rejected.
 * @param msg What to add to the failure.
 * @returns What it was rejected with.
 * @throws {AssertionError} If the promise was fulfilled, or `fn` threw before it returned one.
 * @example Any value
 * ```ts
 * await assertRejects(() => Promise.reject(1));
 * ```
 */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/**
 * Runs `fn` and fails unless its promise is rejected with an error of the class, with `msgIncludes` in its message.
 *
 * @typeParam E The class.
 * @param fn What must return a promise that is rejected.
 * @param ErrorClass The class.
 * @param msgIncludes A part of the message.
 * @param msg What to add to the failure.
 * @returns The error it was rejected with.
 * @throws {AssertionError} If the promise was fulfilled or rejected with another error, or `fn` threw before it returned one.
 * @example An error of a class
 * ```ts
 * await assertRejects(() => Promise.reject(new RangeError("too far")), RangeError, "far");
 * ```
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: ErrorConstructor<E> | string,
  msgIncludes?: string,
  classMsg?: string,
): Promise<E | unknown> {
  const ErrorClass = typeof errorClassOrMsg === "string" ? undefined : errorClassOrMsg;
  const msg = typeof errorClassOrMsg === "string" ? errorClassOrMsg : classMsg;
  let promise: PromiseLike<unknown> | null = null;
  try {
    promise = fn();
  } catch {
    // Told below: a function that throws has returned no promise.
  }
  if (typeof promise?.then !== "function") {
    throw failure("Function throws when expected to reject", msg);
  }
  try {
    await promise;
  } catch (error) {
    if (!ErrorClass) return error;
    if (!(error instanceof Error)) {
      throw failure("A non-Error object was rejected", msg);
    }
    checkError(error, ErrorClass, msgIncludes, msg);
    return error;
  }
  throw failure("Expected function to reject", msg);
}
