/**
 * The error of an assertion that does not hold.
 *
 * @example Its name
 * ```ts
 * import { assertEquals } from "@std/assert/equals";
 * assertEquals(new AssertionError("no").name, "AssertionError");
 * ```
 */
export class AssertionError extends Error {
  /**
   * Makes the error.
   * @param message What does not hold.
   * @param options The `cause`, as for any error.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
