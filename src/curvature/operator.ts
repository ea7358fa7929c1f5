import type { Vector } from "../tensor/mod.ts";

/**
 * A symmetric matrix known only by its products: `v` in, `A v` out, both [size]. It must be linear, symmetric and give
 * the same bits for the same vector, and it must leave `v` as it is. For the Hessian of an objective at a point it is
 * `(v) => objective.hvp(point, v)`.
 */
export type SymmetricOperator = (v: Vector) => Vector;
