/**
 * What the page and sweeps train with beside the recipes: SGD itself, whatever the network, and the descent of a check. Not published.
 *
 * @module
 */
export { descend } from "./check_descent.ts";
export { createSgd, type Sgd, sgdEpochs } from "./sgd.ts";
