/**
 * The dense linear algebra under everything: three implementations of one interface, and the memory they calculate in.
 *
 * @module
 */
export * from "./load.ts";
export * from "./memory.ts";
export * from "./scratch.ts";
export * from "./shared_kernels.ts";
export * from "./types.ts";
export { type ActivationCurve, activationCurve } from "./js/activation.ts";
