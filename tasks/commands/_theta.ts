import type { ActivationName } from "../../src/kernels/mod.ts";
import { activation, chain, dense, type Layer, residual } from "../../src/nn/mod.ts";

/** The shape of f, as the options give it. */
export interface ThetaOptions {
  /** Units of each layer. */
  readonly width: number;
  /** Number of layers. */
  readonly depth: number;
  /** The activation after each. */
  readonly activation: ActivationName;
  /** What the layers after the first are. */
  readonly block: "dense" | "residual";
}

/** The layer tree f: a dense layer from d to `width`, then `depth - 1` more, plain or with the identity added. */
export function thetaOf(d: number, { width, depth, activation: name, block }: ThetaOptions): Layer {
  const more = Array.from({ length: depth - 1 }, (): readonly Layer[] => {
    const layers = [dense(width, width), activation(name)];
    return block === "residual" ? [residual(chain(...layers))] : layers;
  });
  return chain(dense(d, width), activation(name), ...more.flat());
}
