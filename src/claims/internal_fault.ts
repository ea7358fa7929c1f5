/**
 * Two numbers that cannot both be right: a bug in this program, not in the data, so no verdict is given.
 *
 * @example What was found is the message
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const fault = new InternalFault("min H is above F");
 * assertEquals([fault.name, fault.message], ["InternalFault", "min H is above F"]);
 * ```
 */
export class InternalFault extends Error {
  /** Tells it from other errors, also across threads. */
  override readonly name = "InternalFault";
}
