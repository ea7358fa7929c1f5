/**
 * What the page trains with beside the recipes: SGD itself, whatever the network. Not published.
 *
 * @module
 */
export { createSgd, type Sgd, sgdEpochs } from "./sgd.ts";
