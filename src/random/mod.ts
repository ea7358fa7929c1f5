/**
 * Random numbers as values: a key gives the same bits always, and is split or folded into others; nothing is hidden.
 *
 * @example Two streams from one seed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key, normal, permutation, split } from "@resland/resland/random";
 * const [forWeights, forOrder] = split(key(42), 2);
 * assertEquals(normal(forWeights, 5), normal(forWeights, 5));
 * assertEquals(permutation(forOrder, 10).length, 10);
 * ```
 *
 * @module
 */
export * from "./integer.ts";
export * from "./key.ts";
export * from "./normal.ts";
export * from "./permutation.ts";
export * from "./uniform.ts";
