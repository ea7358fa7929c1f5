import { dot, type Matrix, norm, ShapeError, type Vector } from "../tensor/mod.ts";
import type { SymmetricOperator } from "./operator.ts";

/** How much of a product may remain outside a space that contains it, relative to the largest product so far: some tens of roundings. */
const NOTHING = 2 ** -46;

/** An orthonormal basis Q and the columns of `T = Q'AQ` that are known. */
export interface Krylov {
  /** The basis vectors, the multiplied ones first. */
  readonly basis: readonly Vector[];
  /** Column j of T from its diagonal down, to the last basis vector that it reaches; what lies below is zero. */
  readonly columns: readonly Vector[];
  /** Whether the last product lay in the space of the basis, so that it gave no vector. */
  readonly closed: boolean;
}

/** `A v` as a vector of its own, checked. */
export function productOf(apply: SymmetricOperator, v: Vector): Vector {
  const product = apply(v);
  if (product.length !== v.length) {
    throw new ShapeError("multiply a vector by an operator", `[${v.length}]`, `[${product.length}]`);
  }
  if (!product.every(Number.isFinite)) {
    throw new RangeError("Cannot multiply a vector by an operator: the product has NaN or infinite entries");
  }
  return product.slice();
}

/** Takes the parts along orthonormal vectors out of a vector, in place and twice; returns the sizes of the parts. */
export function removeParts(vector: Vector, basis: readonly Vector[]): Vector {
  const parts = new Float64Array(basis.length);
  for (let pass = 0; pass < 2; pass++) {
    for (let j = 0; j < basis.length; j++) {
      const q = basis[j];
      const part = dot(q, vector);
      parts[j] += part;
      for (let i = 0; i < vector.length; i++) vector[i] -= part * q[i];
    }
  }
  return parts;
}

/** A vector of length 1 in the same direction. */
export function unit(vector: Vector): Vector {
  const length = norm(vector);
  return vector.map((value) => value / length);
}

/**
 * The band Lanczos recurrence with full reorthogonalisation: multiplies one basis vector after the other, and what the
 * product has outside the basis becomes the next one. Stops by itself when no basis vector is left to multiply.
 * Source: A. Ruhe, "Implementation aspects of band Lanczos algorithms for computation of eigenvalues of large sparse
 * symmetric matrices", Mathematics of Computation 33 (1979); with one vector to start from it is Lanczos's own (1950).
 *
 * @param apply The symmetric matrix A.
 * @param starts Orthonormal vectors to start from; as many as T has diagonals below its main one.
 * @param renew A unit vector orthogonal to the basis, in place of a product that gave none; null for no replacement.
 * @yields The same growing state after each product.
 */
export function* krylov(
  apply: SymmetricOperator,
  starts: readonly Vector[],
  renew: (basis: readonly Vector[]) => Vector | null,
): Generator<Krylov, void> {
  const basis = [...starts];
  const columns: Vector[] = [];
  const size = starts[0].length;
  let largest = 0;
  for (let j = 0; j < basis.length; j++) {
    const product = productOf(apply, basis[j]);
    largest = Math.max(largest, norm(product));
    const parts = removeParts(product, basis);
    const beyond = norm(product);
    const closed = basis.length === size || !(beyond > NOTHING * largest);
    columns.push(closed ? parts.slice(j) : Float64Array.of(...parts.subarray(j), beyond));
    const next = closed && basis.length < size ? renew(basis) : closed ? null : unit(product);
    if (next !== null) basis.push(next);
    yield { basis, columns, closed };
  }
}

/** The known part of T that is square [columns, columns]; the lower triangle holds it. */
export function projectionOf({ columns }: Krylov): Matrix {
  const order = columns.length;
  const data = new Float64Array(order * order);
  columns.forEach((column, j) => {
    for (let i = j; i < Math.min(order, j + column.length); i++) data[i * order + j] = column[i - j];
  });
  return { rows: order, cols: order, data };
}

/**
 * `||A Q s - theta Q s||` of an eigenvector s of {@linkcode projectionOf}, without a product: the rows of T below the
 * square part, times s. Source: B. N. Parlett, "The Symmetric Eigenvalue Problem" (1998), section 13.2.
 */
export function residualEstimate({ basis, columns }: Krylov, s: Vector): number {
  const order = columns.length;
  const rest = new Float64Array(basis.length - order);
  columns.forEach((column, j) => {
    for (let i = order; i < j + column.length; i++) rest[i - order] += column[i - j] * s[j];
  });
  return norm(rest);
}
