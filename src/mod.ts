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
export { type Certificate, certify, type CertifyTableOptions } from "./certify.ts";
export { type Check, check, type CheckOptions } from "./check.ts";
export { type Fit, fit, type FitOptions, type Score } from "./fit.ts";
export type { TableOptions } from "./examples.ts";
export { bestLinear, type LinearBaseline } from "./baseline/mod.ts";
export { type Claim, type PointRecord } from "./claims/mod.ts";
export {
  type Dataset,
  encodeTable,
  encodeWith,
  type Encoding,
  InputError,
  parseTable,
  readTable,
  type Table,
  takeRows,
} from "./data/mod.ts";
export { type Kernels, type KernelsName, loadKernels } from "./kernels/mod.ts";
export {
  createHeadObjective,
  descend,
  findDescent,
  type Head,
  type HeadObjective,
  lambdaMin,
} from "./landscape/mod.ts";
export {
  type AnyLoss,
  defineLoss,
  huber,
  type JointLoss,
  logistic,
  type Loss,
  lossByName,
  poisson,
  pseudoHuber,
  smoothHinge,
  softmax,
  squared,
} from "./loss/mod.ts";
export { decodeModel, encodeModel, type Metrics, type Model, type Predictions } from "./model/mod.ts";
export {
  activation,
  chain,
  dense,
  feedForward,
  type FeedForwardOptions,
  forward,
  initialise,
  joinParts,
  type Layer,
  type LayerJson,
  type Network,
  network,
  residual,
  splitParts,
} from "./nn/mod.ts";
export { createObjective, type Examples, type Objective, predictRows } from "./objective/mod.ts";
export { constant, cosine, sgd } from "./optim/mod.ts";
export { type Key, key, normal } from "./random/mod.ts";
export { verdictText } from "./report/mod.ts";
export {
  dot,
  joinColumns,
  type Matrix,
  matrix,
  multiply,
  norm,
  scaled,
  ShapeError,
  transpose,
  type Vector,
} from "./tensor/mod.ts";
export {
  type CertifiedPoint,
  certifyPoint,
  CHECK_DEFAULTS,
  checkRun,
  type CheckSettings,
  type CheckTask,
  FIT_DEFAULTS,
  fitNetwork,
  type FitResult,
  type FitSettings,
  type FitTask,
  type FittedNetwork,
  settle,
} from "./train/mod.ts";
