/**
 * A command line that cannot be understood, told in one sentence with its repair.
 *
 * @example Told apart from other errors
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(new UsageError("--seeds needs a value").name, "UsageError");
 * ```
 */
export class UsageError extends Error {
  /** The name, for whoever prints it. */
  override readonly name = "UsageError";
}
