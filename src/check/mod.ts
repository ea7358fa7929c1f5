/**
 * The check: train from many seeds and starts, go on to a second-order stationary point in (w, V), and record every point.
 *
 * @module
 */
export * from "./run.ts";
export * from "./starts.ts";
export * from "./types.ts";
