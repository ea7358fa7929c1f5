/**
 * One model for a table: trained from the best linear predictor down, brought to where training can stop, certified, and
 * measured in the user's units.
 *
 * @module
 */
export * from "./certify.ts";
export * from "./convex_bound.ts";
export * from "./fit.ts";
export * from "./head_source.ts";
export * from "./metrics.ts";
export * from "./settle.ts";
export * from "./split.ts";
export * from "./types.ts";
