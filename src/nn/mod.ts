/**
 * Networks as values: layers of the library and of your own, and the networks `p = W (x + V f_theta(x))`, which the theorems are
 * about, and `p = W f_theta(x)`, without the skip.
 *
 * @module
 */
export * from "./activation.ts";
export * from "./blocks.ts";
export * from "./built_in.ts";
export * from "./chain.ts";
export * from "./dense.ts";
export * from "./feed_forward.ts";
export * from "./forward.ts";
export * from "./layer.ts";
export * from "./layer_from_json.ts";
export * from "./network.ts";
export * from "./parallel.ts";
export * from "./parameters.ts";
export * from "./prune.ts";
export * from "./pushforward.ts";
export * from "./residual.ts";
export * from "./residual_blocks.ts";
