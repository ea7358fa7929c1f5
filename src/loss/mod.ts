/**
 * Losses of one prediction and its target: value, first and second derivative in the prediction, and the exact bounds on
 * them that certificates need. All are convex; a loss of your own comes from `defineLoss`. Softmax is a loss of a row of
 * predictions.
 *
 * @example From a name to a slope
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { lossByName } from "@resland/resland/loss";
 * assertEquals(lossByName("squared").d1(3, 1), 2);
 * ```
 *
 * @module
 */
export * from "./define_loss.ts";
export * from "./huber.ts";
export * from "./is_on_kink.ts";
export * from "./joint_loss.ts";
export * from "./logistic.ts";
export * from "./loss_by_name.ts";
export * from "./loss_json.ts";
export * from "./losses.ts";
export * from "./metrics.ts";
export * from "./poisson.ts";
export * from "./row_losses.ts";
export * from "./row_weights.ts";
export * from "./pseudo_huber.ts";
export * from "./smooth_hinge.ts";
export * from "./softmax.ts";
export * from "./squared.ts";
export * from "./types.ts";
