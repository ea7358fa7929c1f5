import { createHuber } from "./huber.ts";
import type { AnyLoss } from "./joint_loss.ts";
import { JOINT_LOSSES, LOSSES } from "./losses.ts";
import { createPseudoHuber } from "./pseudo_huber.ts";
import type { Loss } from "./types.ts";

/** The losses that have a parameter. */
const FAMILIES: ReadonlyMap<string, (parameter: number) => Loss> = new Map([
  ["huber", createHuber],
  ["pseudo_huber", createPseudoHuber],
]);

/**
 * The loss of {@linkcode LOSSES} with a name.
 *
 * @param name Its name, such as `pseudo_huber`.
 * @param options `parameter`: delta of the hubers (default 1); the other losses have none.
 * @returns The loss.
 * @throws {RangeError} If no loss has that name (the message lists those that exist), or it has no such parameter.
 * @example Found and not found
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * assertEquals(lossByName("logistic").target, "class");
 * assertEquals(lossByName("huber", { parameter: 2 }).value(5, 0), 8);
 * assertThrows(() => lossByName("hinge"), RangeError, "known losses");
 * ```
 */
export function lossByName(name: string, options: { readonly parameter?: number } = {}): Loss {
  const { parameter } = options;
  const found = LOSSES.find((loss) => loss.name === name);
  if (!found) {
    const known = LOSSES.map((loss) => loss.name).join(", ");
    throw new RangeError(`Cannot find the loss "${name}": known losses are ${known}`);
  }
  if (parameter === undefined || parameter === found.parameter) return found;
  const family = FAMILIES.get(name);
  if (family) return family(parameter);
  throw new RangeError(`Cannot set the parameter of the loss "${name}" to ${parameter}: it has none`);
}

/**
 * The loss of {@linkcode LOSSES} or {@linkcode JOINT_LOSSES} with a name.
 *
 * @param name Its name, such as `softmax`.
 * @param options `parameter`, as in {@linkcode lossByName}.
 * @returns The loss.
 * @throws {RangeError} If no loss has that name, or it has no such parameter.
 * @example A loss of a row of predictions
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isJoint } from "@resland/resland/loss";
 * assertEquals([isJoint(anyLossByName("softmax")), isJoint(anyLossByName("huber"))], [true, false]);
 * ```
 */
export function anyLossByName(name: string, options: { readonly parameter?: number } = {}): AnyLoss {
  return JOINT_LOSSES.find((loss) => loss.name === name) ?? lossByName(name, options);
}
