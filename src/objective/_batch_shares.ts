import type { KernelSet, Share } from "../kernels/mod.ts";
import { cut } from "./_cut.ts";
import type { PlacedNetwork } from "./_placed_network.ts";

/** The numbers of the shares of a training step; the one that begins it is 0, which the crew measures steps by. */
export const SIGNALS = 0;
export const GRADIENTS = 1;
export const COMBINE = 2;

/**
 * What a thread does in a training step, by number; the arguments are addresses and numbers.
 * `SIGNALS` (x, y, rows, scale): its rows forward and backward. `GRADIENTS` (x, rows): its parameters' gradient.
 * `COMBINE` (n, alpha, x, beta, y): its entries of `y = alpha x + beta y`. No sum is cut, so the bits do not depend on the number of parts.
 */
export function sharesOf(set: KernelSet, placed: PlacedNetwork): readonly Share[] {
  return [
    (part, parts, args) => void placed.signals(args[0], args[1], args[2], args[3], part, parts),
    (part, parts, args) => placed.gradients(args[0], args[1], part, parts),
    (part, parts, args) => {
      const from = cut(args[0], part, parts);
      const count = cut(args[0], part + 1, parts) - from;
      const x = args[2] + from * set.bytes;
      const y = args[4] + from * set.bytes;
      if (args[3] === 1) set.axpy(count, args[1], x, y);
      else set.axpby(count, args[1], x, args[3], y);
    },
  ];
}
