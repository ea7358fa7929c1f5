import { inspect } from "node:util";
import { AssertionError } from "./assertion_error.ts";

/** The error `claim: msg`, or `claim.` without a message of the caller's. */
export function failure(
  claim: string,
  msg?: string,
  detail = "",
): AssertionError {
  return new AssertionError(`${claim}${msg ? `: ${msg}` : "."}${detail}`);
}

/** A value on as few lines as it fits. */
export function show(value: unknown): string {
  return inspect(value, { depth: 10, maxArrayLength: 50 });
}

/** Runs an assertion of `node:assert` and gives back the message it fails with, or null. */
export function messageOf(assertion: () => void): string | null {
  try {
    assertion();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
