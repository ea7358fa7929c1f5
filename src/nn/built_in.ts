import { isMarked } from "./_built_in.ts";
import type { Activation } from "./activation.ts";
import type { Chain } from "./chain.ts";
import type { Dense } from "./dense.ts";
import type { Layer } from "./layer.ts";
import type { Parallel } from "./parallel.ts";
import type { Residual } from "./residual.ts";
import type { ResidualBlocks } from "./residual_blocks.ts";

/** The layers of the library. The kernels compute all of them in place but {@linkcode Parallel} and {@linkcode ResidualBlocks}, which run as a layer of your own does. */
export type BuiltIn = Dense | Activation | Residual | Chain | Parallel | ResidualBlocks;

/**
 * A layer as one of the library's own.
 *
 * @param layer Any layer.
 * @returns The same layer, or null for a layer of your own.
 * @example A dense layer is built in
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense } from "@resland/resland/nn";
 * assertEquals(builtIn(dense(1, 2))?.type, "dense");
 * ```
 */
export const builtIn = (layer: Layer): BuiltIn | null => isMarked(layer) ? layer as BuiltIn : null;

/**
 * Whether the kernels compute a layer and all layers inside it in place. Only such a tree runs in the kernels throughout, and crosses to other threads.
 *
 * @param layer The layer tree.
 * @returns True if neither a layer of your own nor a {@linkcode Parallel} is in it; what hides inside a layer of your own counts as yours.
 * @example A hidden layer
 * ```ts
 * import { assert } from "@std/assert";
 * import { activation, chain, dense } from "@resland/resland/nn";
 * assert(isBuiltIn(chain(dense(1, 2), activation("tanh"))));
 * ```
 */
export function isBuiltIn(layer: Layer): boolean {
  const own = builtIn(layer);
  if (own === null) return false;
  if (own.type === "residual") return isBuiltIn(own.body);
  if (own.type === "chain" || own.type === "blocks") return own.layers.every(isBuiltIn);
  return own.type !== "parallel";
}
