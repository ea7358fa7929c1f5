/**
 * The check: train from many seeds and starts, go on to where training can stop, and hold every claim to every point.
 *
 * @module
 */
export * from "./claims.ts";
export * from "./run.ts";
export * from "./starts.ts";
export * from "./types.ts";
