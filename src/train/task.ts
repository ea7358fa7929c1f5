import type { Dtype } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import type { Examples } from "../objective/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** A network at a point, on data. */
export interface FittedNetwork {
  /** The network. */
  readonly net: Network;
  /** Its parameters. */
  readonly params: Vector;
  /** The loss. */
  readonly loss: AnyLoss;
  /** The data. */
  readonly examples: Examples;
}

/** How SGD goes, as plain data: momentum 0.9, gradients clipped to norm 10, a cosine schedule. */
export interface SgdSettings {
  /** Most passes over the rows. */
  readonly epochs: number;
  /** Batch size. */
  readonly batch: number;
  /** The initial learning rate of a cosine schedule to 0. */
  readonly learningRate: number;
  /** Precision of SGD; everything else is f64. */
  readonly dtype: Dtype;
}

/** A piece of work is done. */
export interface Advance<Kind extends string> {
  /** Which work. */
  readonly kind: Kind;
  /** The share of all work that is done, from 0 to 1. */
  readonly share: number;
}
