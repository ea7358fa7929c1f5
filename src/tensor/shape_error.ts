/**
 * Two shapes that do not fit: the operation, what it needs and what it was given.
 *
 * @example The message names all three
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const error = new ShapeError("multiply", "[4, any]", "[5, 2]");
 * assertEquals(error.message, "Cannot multiply: expected shape [4, any], got [5, 2]");
 * ```
 */
export class ShapeError extends TypeError {
  /** The operation, as a verb. */
  readonly operation: string;
  /** The shape that would have fitted. */
  readonly expected: string;
  /** The shape that was given. */
  readonly actual: string;

  /**
   * Makes the error; the message is built from the three parts.
   * @param operation What was to be done, as a verb.
   * @param expected The shape that would have fitted.
   * @param actual The shape that was given.
   */
  constructor(operation: string, expected: string, actual: string) {
    super(`Cannot ${operation}: expected shape ${expected}, got ${actual}`);
    this.name = "ShapeError";
    this.operation = operation;
    this.expected = expected;
    this.actual = actual;
  }
}
