import type { ActivationName } from "../kernels/mod.ts";

/** An affine map `y = x weightᵀ + bias`: weight [out, in], bias [out]. */
export interface Dense {
  /** Tells the layers apart. */
  readonly type: "dense";
  /** Width of the input. */
  readonly in: number;
  /** Width of the output. */
  readonly out: number;
  /** Whether a bias is added. */
  readonly bias: boolean;
}

/** A function applied to every entry. */
export interface Activation {
  /** Tells the layers apart. */
  readonly type: "activation";
  /** Which function; formulas at {@linkcode activation}. */
  readonly name: ActivationName;
}

/** `x + body(x)`; the body keeps the width of its input. */
export interface Residual {
  /** Tells the layers apart. */
  readonly type: "residual";
  /** What is added to the identity. */
  readonly body: Layer;
}

/** Layers applied one after the other; the empty chain is the identity. */
export interface Chain {
  /** Tells the layers apart. */
  readonly type: "chain";
  /** The layers, first to last. */
  readonly layers: readonly Layer[];
}

/** A layer as plain data: what the model file's `architecture` holds, and nothing that changes. */
export type Layer = Dense | Activation | Residual | Chain;

/** One array of parameters of a layer tree: where it stands in the flat vector, and its name in a model file. */
export interface Parameter {
  /** The name, such as `theta.0.weight`. */
  readonly name: string;
  /** Its shape: [out, in] or [out]. */
  readonly shape: readonly number[];
  /** Index of its first entry in the flat vector. */
  readonly offset: number;
  /** Number of entries. */
  readonly length: number;
}
