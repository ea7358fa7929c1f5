import type { ActivationName } from "../kernels/mod.ts";
import { activation } from "./activation.ts";
import { chain } from "./chain.ts";
import { dense } from "./dense.ts";
import type { Layer } from "./layer.ts";
import { residual } from "./residual.ts";
import { residualBlocks } from "./residual_blocks.ts";

/** The shape of {@linkcode feedForward}. */
export interface FeedForwardOptions {
  /** Units of each layer (default 32). */
  readonly width?: number;
  /** Number of layers (default 1). */
  readonly depth?: number;
  /** The activation after each (default `tanh`). */
  readonly activation?: ActivationName;
  /** What the layers after the first are: plain, or with the identity added (default `dense`). */
  readonly block?: "dense" | "residual";
  /** How many residual blocks h_l = h_{l-1} + V_l f_l(h_{l-1}) there are, each f_l of this shape (default 1). */
  readonly blocks?: number;
}

/**
 * The usual body f, or the features of several residual blocks of that shape ({@linkcode residualBlocks}): a dense layer from the inputs to `width` units and an activation, then `depth - 1` more, plain or with the identity added.
 *
 * @param d Width of the input.
 * @param options Width, depth, activation and block, and the number of blocks.
 * @returns The layer tree.
 * @throws {RangeError} If a width is not a whole number above 0.
 * @example Two layers of eight
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(feedForward(3, { width: 8, depth: 2 }).outputWidth(3), 8);
 * ```
 */
export function feedForward(d: number, options: FeedForwardOptions = {}): Layer {
  const { width = 32, depth = 1, activation: name = "tanh", block = "dense", blocks = 1 } = options;
  if (blocks > 1) {
    const body = feedForward(d, { ...options, blocks: 1 });
    return residualBlocks(...Array.from({ length: blocks }, () => body));
  }
  const more = Array.from({ length: depth - 1 }, (): readonly Layer[] => {
    const layers = [dense(width, width), activation(name)];
    return block === "residual" ? [residual(chain(...layers))] : layers;
  });
  return chain(dense(d, width), activation(name), ...more.flat());
}
