/**
 * The best linear predictor: the yardstick that every network is held to, with bounds from both sides.
 *
 * @module
 */
export * from "./best_linear.ts";
export * from "./minimise.ts";
