import { type AnyLoss, isJoint } from "./joint_loss.ts";
import { anyLossByName, lossByName } from "./loss_by_name.ts";
import { JOINT_LOSSES, LOSSES } from "./losses.ts";

/** A loss as JSON: its name, for a huber of another width with its parameter. */
export type LossJson = string | { readonly name: string; readonly parameter: number };

/** Losses of your own by name: what a file names but cannot hold. */
export type NamedLosses = Readonly<Record<string, AnyLoss>>;

/**
 * Whether a loss is the library's own. Only such a loss runs in the kernels, and crosses to other threads.
 *
 * @example One of yours
 * ```ts
 * import { assert } from "@std/assert";
 * import { createHuber, softmax } from "@resland/resland/loss";
 * assert(isBuiltInLoss(softmax) && isBuiltInLoss(createHuber(3)));
 * ```
 */
export function isBuiltInLoss(loss: AnyLoss): boolean {
  return isJoint(loss) ? JOINT_LOSSES.includes(loss) : loss.code !== null;
}

/**
 * A loss as JSON. A custom loss is only its name: its reader supplies the loss again.
 *
 * @param loss The loss.
 * @returns Its name, with the parameter where that is not the usual one.
 * @throws {RangeError} If a loss of your own has the name of one of the library's, which would be read in its place.
 * @example With and without a parameter
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { huber, createHuber } from "@resland/resland/loss";
 * assertEquals(lossToJson(huber), "huber");
 * assertEquals(lossToJson(createHuber(2)), { name: "huber", parameter: 2 });
 * ```
 */
export function lossToJson(loss: AnyLoss): LossJson {
  const { name } = loss;
  if (!isBuiltInLoss(loss)) {
    if (names().includes(name)) {
      throw new RangeError(`Cannot save a loss of your own named "${name}": that is the name of a built-in loss`);
    }
    return name;
  }
  return isJoint(loss) || lossByName(name).parameter === loss.parameter ? name : { name, parameter: loss.parameter };
}

/**
 * The loss that a JSON value names: the inverse of {@linkcode lossToJson}.
 *
 * @param value The JSON value.
 * @param losses Losses of your own by name (default none); a built-in name stands for the built-in loss.
 * @returns The loss.
 * @throws {SyntaxError} If the value names no loss that is built in or supplied; the message says which there are.
 * @example There and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createHuber } from "@resland/resland/loss";
 * assertEquals(lossFromJson(lossToJson(createHuber(2))).name, "huber");
 * ```
 */
export function lossFromJson(value: unknown, losses: NamedLosses = {}): AnyLoss {
  const { name, parameter } = typeof value === "object" && value !== null
    ? value as { readonly name?: unknown; readonly parameter?: unknown }
    : { name: value, parameter: undefined };
  if (typeof name === "string" && names().includes(name)) {
    return anyLossByName(name, parameter === undefined ? {} : { parameter: Number(parameter) });
  }
  if (typeof name === "string" && Object.hasOwn(losses, name)) return losses[name];
  const known = [...names(), ...Object.keys(losses)].join(", ");
  throw new SyntaxError(
    `Cannot find the loss ${
      String(JSON.stringify(name)).slice(0, 40)
    }: known are ${known}; supply a loss of your own by its name`,
  );
}

const names = (): readonly string[] => [...LOSSES, ...JOINT_LOSSES].map(({ name }) => name);
