/**
 * Slices of a loss surface: planes through a point in directions that say something, the loss over a grid of one that
 * can be left and taken up again, and the CSV file that holds it.
 *
 * @module
 */
export * from "./contours.ts";
export * from "./directions.ts";
export * from "./format.ts";
export * from "./grid.ts";
export * from "./head_grid.ts";
export * from "./plane_axes.ts";
export * from "./summarise_losses.ts";
export { chooseReach, findReach, reachOf } from "./reach.ts";
