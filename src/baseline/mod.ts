/**
 * The best linear predictor: the yardstick that every network is held to, with a proof that it is the best.
 *
 * @module
 */
export * from "./best_linear.ts";
export * from "./least_squares.ts";
