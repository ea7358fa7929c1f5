import { stripVTControlCharacters } from "node:util";
import { failure } from "./_message.ts";

/** The class of an error, however it is made. */
// deno-lint-ignore no-explicit-any
export type ErrorConstructor<E extends Error> = new (...args: any[]) => E;

/** Fails unless `error` is of the class and its message, colours aside, includes `msgIncludes`. */
export function checkError<E extends Error>(
  error: Error,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): void {
  if (!(error instanceof ErrorClass)) {
    const was = error.constructor?.name;
    throw failure(
      `Expected error to be instance of "${ErrorClass.name}", but was "${was}"`,
      msg,
      `\n${error.stack}`,
    );
  }
  if (
    msgIncludes &&
    !stripVTControlCharacters(error.message).includes(
      stripVTControlCharacters(msgIncludes),
    )
  ) {
    const [expected, actual] = [
      JSON.stringify(msgIncludes),
      JSON.stringify(error.message),
    ];
    throw failure(
      `Expected error message to include ${expected}, but got ${actual}`,
      msg,
    );
  }
}
