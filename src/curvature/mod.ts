/**
 * The spectrum of a large symmetric matrix from its products with vectors alone, such as the Hessian of a network over all
 * its parameters: the extreme eigenvalues by Lanczos, the trace by Hutch++, the density by stochastic Lanczos quadrature,
 * and the same for single blocks of the parameters.
 *
 * @module
 */
export * from "./blocks.ts";
export * from "./density.ts";
export * from "./lanczos.ts";
export * from "./operator.ts";
export * from "./trace.ts";
