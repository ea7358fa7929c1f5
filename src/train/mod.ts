/**
 * Training: starts, SGD, settling (W, V) at the best value that the features allow, and the recipes made of them: `check` records
 * every claim on the way from many starts, `fit` makes one model and certifies it, `compare` holds several against each other on the same folds.
 *
 * @module
 */
export * from "./average_networks.ts";
export * from "./block_ladder.ts";
export { type CertifiedPoint, type CertifyOptions, certifyPoint, certifySteps } from "./certify.ts";
export * from "./certify_features.ts";
export * from "./certify_features_types.ts";
export * from "./check.ts";
export * from "./check_claims.ts";
export * from "./check_types.ts";
export * from "./choose_ridge.ts";
export * from "./compare.ts";
export * from "./convex_bound.ts";
export * from "./cross_validate.ts";
export * from "./defaults.ts";
export * from "./feature_table.ts";
export * from "./feature_units.ts";
export * from "./fit.ts";
export * from "./fit_network.ts";
export * from "./fit_types.ts";
export * from "./fit_with_ridge.ts";
export * from "./head_source.ts";
export * from "./needed_memory.ts";
export * from "./ridge_folds.ts";
export * from "./settle.ts";
export * from "./settle_ridge.ts";
export * from "./shared_memory.ts";
export * from "./starts.ts";
export * from "./task.ts";
export * from "./train_features.ts";
