import { builtIn, type Layer, type Network } from "../nn/mod.ts";

/**
 * Floating-point operations that a training step needs, products only: each matrix of f's parameters forward and in its
 * gradient, and the gradient in its input unless that is x; of a residual head, p, s and r, the signal l' beta, and O(d k) for beta = V'w
 * and the gradients in w and V; of a plain head, three products with W. A multiply-add counts as two.
 *
 * @param net The network.
 * @param batch Batch size.
 * @returns The number of operations.
 * @example Two hidden layers of 64 units on 32 inputs, 64 rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, dense, network } from "@resland/resland/nn";
 * assertEquals(stepOperations(network(32, chain(dense(32, 64), dense(64, 64))), 64) / 1e6, 2.140160);
 * ```
 */
export function stepOperations(net: Network, batch: number): number {
  const { d, k, outputs, kind } = net;
  const head = kind === "plain"
    ? 6 * batch * outputs * k
    : 4 * batch * outputs * (d + k) + 2 * batch * outputs * k + 5 * outputs * d * k;
  return head + layerOperations(net.body, d, batch, true);
}

/** The same for a layer tree; `first`: it reads x, whose gradient is not needed. */
function layerOperations(layer: Layer, width: number, batch: number, first: boolean): number {
  const own = builtIn(layer);
  if (own?.type === "residual") return layerOperations(own.body, width, batch, first);
  if (own?.type === "chain") {
    let [at, total] = [width, 0];
    own.layers.forEach((next, index) => {
      total += layerOperations(next, at, batch, first && index === 0);
      at = next.outputWidth(at);
    });
    return total;
  }
  const matrices = layer.parameters(width).filter(({ shape }) => shape.length === 2);
  return matrices.reduce((sum, { shape: [rows, columns] }) => sum + (first ? 4 : 6) * batch * rows * columns, 0);
}
