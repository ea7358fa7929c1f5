/**
 * A command line that cannot be parsed. The message is one sentence that names the repair.
 *
 * @example Told apart from other errors
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(new UsageError("--seeds needs a value").name, "UsageError");
 * ```
 */
export class UsageError extends Error {
  /** The name, for printing. */
  override readonly name = "UsageError";
}
