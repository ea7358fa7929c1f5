import type { Key } from "../random/mod.ts";
import type { Matrix, Vector } from "../tensor/mod.ts";

/** A layer as JSON: its type, and whatever its reader needs. */
export interface LayerJson {
  /** The type of the layer. */
  readonly type: string;
  /** Further settings. */
  readonly [setting: string]: unknown;
}

/** One array of a layer's parameters. */
export interface LayerParameter {
  /** Its name within the layer, such as `weight` or, inside a chain, `0.weight`. */
  readonly name: string;
  /** Its shape, such as [out, in]. */
  readonly shape: readonly number[];
}

/** The gradients that a pullback returns. */
export interface Gradients {
  /** The gradient in the layer's parameters, in their layout. */
  readonly dParams: Vector;
  /** The gradient in the layer's input [rows, width]. */
  readonly dx: Matrix;
}

/** A layer's output with its pullback. */
export interface Applied {
  /** The output [rows, outputWidth]. */
  readonly y: Matrix;
  /** From the gradient of a scalar in y, its gradients in the parameters and in x: `dParams = (∂y/∂params)ᵀ dy`, `dx = (∂y/∂x)ᵀ dy`. */
  readonly pullback: (dy: Matrix) => Gradients;
}

/** Derivatives along a direction of parameters and input. */
export interface Tangent {
  /** The derivative of y along the direction [rows, outputWidth]. */
  readonly dy: Matrix;
  /** The derivative along the direction of `pullback(g)`, where g itself has the derivative `dg`. */
  readonly pullback: (g: Matrix, dg: Matrix) => Gradients;
}

/**
 * A layer: a differentiable map of rows that depends on parameters. The built-in ones ({@linkcode dense}, {@linkcode activation},
 * {@linkcode residual}, {@linkcode chain}) are layers like any other; an object of these functions is a layer of your own.
 * Every function is pure. Row i of y depends on row i of x alone, since data pass through in pieces.
 */
export interface Layer {
  /** Names the layer's kind in messages and in a model file. */
  readonly type: string;
  /**
   * The width of the output.
   * @throws {ShapeError} If the layer does not fit an input of that width.
   */
  outputWidth(width: number): number;
  /** The arrays of its parameters for an input of that width, in the order in which they stand in `params`. */
  parameters(width: number): readonly LayerParameter[];
  /** Random parameters to start from. */
  initialise(key: Key, width: number): Vector;
  /** The output at `params` for the rows x [rows, width], and its pullback. */
  forward(params: Vector, x: Matrix): Applied;
  /**
   * The derivatives of `forward` and of its pullback along the direction (dParams, dx), for Hessian-vector products. Without it
   * they come from central differences of `forward`, good to about 9 digits at unit scale.
   */
  pushforward?(params: Vector, x: Matrix, dParams: Vector, dx: Matrix): Tangent;
  /** The layer's type and settings, from which a model file makes it again. */
  toJson(): LayerJson;
}

/** One array of parameters of a network: where it stands in the flat vector, and its name in a model file. */
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
