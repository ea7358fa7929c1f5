import { LOSSES } from "./losses.ts";
import type { Loss } from "./types.ts";

/**
 * The loss of {@linkcode LOSSES} with a name.
 *
 * @param name As in `--loss`, such as `pseudo_huber`.
 * @returns The loss; the hubers with delta 1.
 * @throws {RangeError} If no loss has that name; the message lists those that exist.
 * @example Found and not found
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * assertEquals(lossByName("logistic").target, "class");
 * assertThrows(() => lossByName("hinge"), RangeError, "known losses");
 * ```
 */
export function lossByName(name: string): Loss {
  const found = LOSSES.find((loss) => loss.name === name);
  if (found) return found;
  const known = LOSSES.map((loss) => loss.name).join(", ");
  throw new RangeError(`Cannot find the loss "${name}": known losses are ${known}`);
}
