import { type Layer, type Network, outputWidth } from "../nn/mod.ts";

/**
 * Floating-point operations that a training step needs, products only: each dense layer forward and its weights' gradient,
 * and the gradient in its input unless that is x; of the head, p, s and r, the signal l' beta, and O(d k) for beta = V'w
 * and the gradients in w and V. A multiply-add counts as two.
 *
 * @param net The network.
 * @param batch Rows of a minibatch.
 * @returns The number of operations.
 * @example Two hidden layers of 64 units on 32 inputs, 64 rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, dense, network } from "@resland/resland/nn";
 * assertEquals(stepOperations(network(32, chain(dense(32, 64), dense(64, 64))), 64) / 1e6, 2.140160);
 * ```
 */
export function stepOperations(net: Network, batch: number): number {
  const { d, k, outputs } = net;
  const head = 4 * batch * outputs * (d + k) + 2 * batch * outputs * k + 5 * outputs * d * k;
  return head + layerOperations(net.theta, d, batch, true);
}

/** The same for a layer tree; `first`: it reads x, in which nobody asks for a gradient. */
function layerOperations(layer: Layer, width: number, batch: number, first: boolean): number {
  switch (layer.type) {
    case "dense":
      return (first ? 4 : 6) * batch * layer.in * layer.out;
    case "activation":
      return 0;
    case "residual":
      return layerOperations(layer.body, width, batch, first);
    case "chain": {
      let [at, readsX, total] = [width, first, 0];
      for (const next of layer.layers) {
        total += layerOperations(next, at, batch, readsX);
        at = outputWidth(next, at);
        readsX = false;
      }
      return total;
    }
  }
}
