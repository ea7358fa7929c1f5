/**
 * Optimisers as values: gradient transforms that chain, and the trust-region step.
 *
 * @module
 */
export * from "./trust_region.ts";
