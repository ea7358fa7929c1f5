/**
 * resland: residual networks that are provably no worse than the best linear predictor, with the certificate.
 * Everything that one program usually needs; each concept also has an entry of its own, such as `@resland/resland/nn`.
 *
 * @example Train a network, descend to a stationary point, and certify it against the best linear predictor
 * ```ts
 * import { assert } from "@std/assert";
 * import {
 *   activation, bestLinear, chain, createHeadObjective, createObjective, dense, descend, initialise, key, loadKernels,
 *   matrix, network, squared,
 * } from "@resland/resland";
 *
 * const kernels = await loadKernels("simd");
 * const data = { x: matrix(4, 2, [1, -1, 1, 0, 1, 1, 1, 2]), y: Float64Array.of(1, 0, 1, 4) };
 * const linear = bestLinear(kernels, squared, data);
 *
 * const net = network(2, chain(dense(2, 3), activation("tanh")));
 * using objective = createObjective(kernels, net, squared, data);
 * const point = initialise(net, key(1));
 *
 * using head = createHeadObjective(kernels, { ...data, f: objective.features(point), loss: squared });
 * const { point: end, converged } = descend(head, { W: matrix(1, 2, [1, 1]), V: matrix(2, 3, new Float64Array(6)) });
 * assert(converged && end.value <= linear.value);
 * ```
 *
 * @module
 */
// Of the two, the chain of layers; that of optimisers is in "@resland/resland/optim".
export { chain } from "./nn/mod.ts";
export * from "./baseline/mod.ts";
export * from "./claims/mod.ts";
export * from "./curvature/mod.ts";
export * from "./data/mod.ts";
export * from "./kernels/mod.ts";
export * from "./landscape/mod.ts";
export * from "./loss/mod.ts";
export * from "./model/mod.ts";
export * from "./nn/mod.ts";
export * from "./objective/mod.ts";
export * from "./optim/mod.ts";
export * from "./random/mod.ts";
export * from "./report/mod.ts";
export * from "./surface/mod.ts";
export * from "./tensor/mod.ts";
export * from "./train/mod.ts";
