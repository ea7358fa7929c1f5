/**
 * Networks as plain data: layers, residual blocks, and the network `p = W (x + V f_theta(x))` that the theorems are about.
 *
 * @module
 */
export * from "./layer.ts";
export * from "./layers.ts";
export * from "./network.ts";
export * from "./parameters.ts";
export * from "./prune.ts";
export { cut, makeSignal, place, type PlacedLayer, type Signal, type Site } from "./_place.ts";
