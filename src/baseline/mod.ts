/**
 * The best linear predictor, with which every network is compared, and bounds on its loss from both sides.
 *
 * @module
 */
export * from "./best_linear.ts";
export * from "./linear_optimum.ts";
export * from "./minimise.ts";
export * from "./ridge_optimum.ts";
export * from "./ridge_path.ts";
