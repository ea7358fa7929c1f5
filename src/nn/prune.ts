import { builtIn } from "./built_in.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";

/**
 * The same parameters but for some features, whose weights, bias and columns of V (of W in a plain network) become 0: such a feature is phi(0) on
 * every row, which for most activations is 0.
 *
 * @param net The network.
 * @param params Its parameters [size].
 * @param features Which features, from 0 to below k.
 * @returns New parameters; null where the last dense layer does not make the features unit by unit (a residual layer or one of your own comes last).
 * @example The second of two features
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * const params = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
 * assertEquals(withoutFeatures(network(1, dense(1, 2)), params, [1]), Float64Array.of(1, 2, 0, 4, 0, 6, 0));
 * ```
 */
export function withoutFeatures(net: Network, params: Float64Array, features: readonly number[]): Float64Array | null {
  const path = lastDense(net.body, "theta");
  if (path === null) return null;
  const out = params.slice();
  const { d, k, outputs, kind } = net;
  for (const { name, shape, offset } of net.parameters) {
    if (name !== `${path}.weight` && name !== `${path}.bias`) continue;
    const width = shape[1] ?? 1;
    for (const feature of features) out.fill(0, offset + feature * width, offset + (feature + 1) * width);
  }
  // The last matrix of the head reads the features: V [d, k], or W [outputs, k] without the skip.
  const [start, rows] = kind === "plain" ? [0, outputs] : [outputs * d, d];
  for (const feature of features) for (let i = 0; i < rows; i++) out[start + i * k + feature] = 0;
  return out;
}

/** The name of the dense layer whose units the features are, activations after it not counted; null where there is none. */
function lastDense(layer: Layer, path: string): string | null {
  const own = builtIn(layer);
  if (own?.type === "dense") return path;
  if (own?.type !== "chain") return null;
  for (let at = own.layers.length - 1; at >= 0; at--) {
    const next = own.layers[at];
    if (builtIn(next)?.type !== "activation") return lastDense(next, `${path}.${at}`);
  }
  return null;
}
