import type { Address } from "../kernels/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Batches } from "./batches.ts";

/** A vector of all parameters' length that stays in kernel memory, by its handle. */
export type Slot = Address;

/**
 * The training step in place: vectors of all parameters' length that stay in kernel memory, and the gradient between two of
 * them. Nothing here makes an object or a view, but for `read` and `reserve`.
 */
export interface Resident {
  /** Length of every vector. */
  readonly size: number;
  /** The parameters that gradients are taken at. */
  readonly params: Slot;
  /** The last gradient. */
  readonly gradient: Slot;
  /** A further vector, zero; it lives as long as the batches. */
  reserve(): Slot;
  /**
   * Copies numbers in, rounded to the precision.
   * @throws {ShapeError} If there are more or fewer than parameters.
   */
  write(slot: Slot, values: Vector): void;
  /** Copies numbers out. */
  read(slot: Slot): Vector;
  /** `y = alpha x + beta y`. */
  combine(alpha: number, x: Slot, beta: number, y: Slot): void;
  /** The Euclidean norm. */
  norm(x: Slot): number;
  /** The order of the rows for all batches until the next order, copied in unless it is the same array; null: as they stand in the data. */
  setOrder(order: Uint32Array | null): void;
  /** The gradient of the mean loss over `count` rows from position `from` of the order. Cost: about three forward passes. */
  differentiate(from: number, count: number): void;
}

/** Where batches keep their step in place. */
const RESIDENT = Symbol("resident step");

/** Batches with their step in place, which only {@linkcode residentOf} sees. */
export function withResident(batches: Batches, resident: Resident): Batches {
  return Object.defineProperty(batches, RESIDENT, { value: resident });
}

/** The step in place of what `createBatches` made. */
export function residentOf(batches: Batches): Resident {
  const { [RESIDENT]: resident } = batches as Batches & { readonly [RESIDENT]?: Resident };
  if (resident === undefined) throw new TypeError("Cannot train: the batches must come from createBatches");
  return resident;
}
