/**
 * Optimisers as values: gradient transforms that chain, schedules, minibatch training, and the trust-region step.
 *
 * @module
 */
export * from "./chain.ts";
export * from "./constraints.ts";
export * from "./schedule.ts";
export * from "./train.ts";
export * from "./transform.ts";
export * from "./transforms.ts";
