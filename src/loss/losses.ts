import { huber } from "./huber.ts";
import { logistic } from "./logistic.ts";
import { poisson } from "./poisson.ts";
import { pseudoHuber } from "./pseudo_huber.ts";
import { smoothHinge } from "./smooth_hinge.ts";
import { squared } from "./squared.ts";
import type { JointLoss } from "./joint_loss.ts";
import { softmax } from "./softmax.ts";
import type { Loss } from "./types.ts";

/**
 * Every scalar loss that comes with the project, in the order of the kernels' numbers; the hubers with delta 1.
 *
 * @example Their names
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const names = ["squared", "logistic", "huber", "pseudo_huber", "smooth_hinge", "poisson"];
 * assertEquals(LOSSES.map((loss) => loss.name), names);
 * ```
 */
export const LOSSES: readonly Loss[] = Object.freeze([squared, logistic, huber, pseudoHuber, smoothHinge, poisson]);

/** Every loss of a row of predictions that comes with the project. */
export const JOINT_LOSSES: readonly JointLoss[] = Object.freeze([softmax]);
