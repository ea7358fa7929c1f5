import type { Address, Kernels, KernelSet } from "../kernels/mod.ts";

/** The memory of a layer tree during computation: buffers for up to `rows` rows, and the flat vectors it reads and writes. */
export interface Site {
  /** The kernels and their memory. */
  readonly kernels: Kernels;
  /** The kernels in the precision of this site. */
  readonly set: KernelSet;
  /** Most rows in one pass. */
  readonly rows: number;
  /** Whether Hessian-vector products are wanted: buffers for tangents are then made too. */
  readonly tangents: boolean;
  /** Allocates a buffer of that many elements; the site frees it. */
  readonly buffer: (elements: number) => Address;
  /** The flat parameters, their gradient, a direction, and the Hessian times that direction; same layout each. */
  readonly vectors: {
    readonly point: Address;
    readonly gradient: Address;
    readonly direction: Address;
    readonly product: Address;
  };
}

/** Buffers of a layer's output [rows, width]: the value, the gradient of the loss in it, and the tangents of both. */
export interface Signal {
  /** The output itself. */
  readonly value: Address;
  /** The gradient of the loss in it. */
  readonly gradient: Address;
  /** The derivative of the output along the direction. */
  readonly tangent: Address;
  /** The derivative of the gradient along the direction. */
  readonly gradientTangent: Address;
}

/**
 * A placed layer. `input` is the previous layer's output; a gradient of 0 in it means that it is not needed, a tangent
 * of 0 that it is zero. What works on rows takes the first row and their number, what works on parameters takes a share of
 * them, so that several threads can do parts of the same step: no row and no parameter depends on how they are shared out.
 */
export interface PlacedLayer {
  /** Columns of the output. */
  readonly width: number;
  /** Where the output and what belongs to it stand. */
  readonly output: Signal;
  /** Computes the output; with `order` 1 keeps what `backward` needs, with 2 also what the tangents need. */
  forward(input: Signal, from: number, rows: number, order: 0 | 1 | 2): void;
  /** From the gradient of the loss in the output (changed to that before the activation), the gradient in the input. */
  backward(input: Signal, from: number, rows: number): void;
  /** After `backward` on all rows: the gradient of part `part` of `parts` of the parameters. */
  gradient(input: Signal, rows: number, part: number, parts: number): void;
  /** The output's tangent along the direction of parameters and the input's tangent. */
  forwardTangent(input: Signal, rows: number): void;
  /** `backward` on all rows, the tangents of all that it writes, and the tangent of the parameters' gradient. */
  backwardTangent(input: Signal, rows: number): void;
}

/**
 * Buffers for an output [rows, width].
 *
 * @param site Where they are made.
 * @param width Columns of the output.
 * @returns Their addresses; those of the tangents are 0 where the site wants none.
 * @example Without tangents
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * const kernels = await loadKernels("simd");
 * const buffer = (elements: number) => kernels.memory.allocate(8 * elements);
 * const vectors = { point: 0, gradient: 0, direction: 0, product: 0 };
 * const signal = makeSignal({ kernels, set: kernels.f64, rows: 4, tangents: false, buffer, vectors }, 3);
 * assertEquals([signal.value > 0, signal.tangent], [true, 0]);
 * ```
 */
export function makeSignal(site: Site, width: number): Signal {
  const make = (wanted: boolean) => wanted ? site.buffer(site.rows * width) : 0;
  return {
    value: make(true),
    gradient: make(true),
    tangent: make(site.tangents),
    gradientTangent: make(site.tangents),
  };
}
