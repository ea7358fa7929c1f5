import type { Kernels } from "../kernels/mod.ts";
import { dot, eigen, norm, scaled, type Vector } from "../tensor/mod.ts";

/** The lowest Ritz pair of a symmetric operator. */
export interface LowestRitz {
  /** The Ritz value: an upper bound on the smallest eigenvalue, but for rounding. */
  readonly value: number;
  /** Its unit vector. */
  readonly vector: Vector;
  /** `||A v - value v||`. */
  readonly residual: number;
}

/** A residual below this share of the largest Ritz value ends the iteration. */
const CONVERGED = 1e-10;

/** The small eigenproblem is solved after every so many products. */
const CHECK_EVERY = 4;

/**
 * Lanczos from a start that is not 0, with full reorthogonalisation and at most `steps` products, at least 1; null where a
 * product overflows.
 */
export function lowestRitz(
  kernels: Kernels,
  apply: (x: Vector) => Vector,
  start: Vector,
  steps: number,
): LowestRitz | null {
  const basis: Vector[] = [];
  const [diagonal, off]: [number[], number[]] = [[], []];
  let next = scaled(1 / norm(start), start);
  for (;;) {
    basis.push(next);
    const image = apply(next).slice();
    diagonal.push(dot(image, next));
    // Twice is enough: what the first round leaves is rounding of what it took away.
    for (let round = 0; round < 2; round++) for (const vector of basis) subtract(image, dot(image, vector), vector);
    const length = norm(image);
    if (!Number.isFinite(length + diagonal[diagonal.length - 1])) return null;
    const ends = basis.length >= Math.min(steps, start.length) || !(length > 0);
    if (ends || basis.length % CHECK_EVERY === 0) {
      const { values, shares } = ritz(kernels, diagonal, off);
      const residual = length * Math.abs(shares[shares.length - 1]);
      const largest = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1]));
      if (ends || residual <= CONVERGED * largest) {
        const vector = new Float64Array(start.length);
        basis.forEach((one, j) => subtract(vector, -shares[j], one));
        return { value: values[0], vector: scaled(1 / norm(vector), vector), residual };
      }
    }
    off.push(length);
    next = scaled(1 / length, image);
  }
}

/** Eigenvalues of the tridiagonal matrix, and the lowest eigenvector. */
function ritz(kernels: Kernels, diagonal: readonly number[], off: readonly number[]) {
  const order = diagonal.length;
  const data = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    data[i * (order + 1)] = diagonal[i];
    if (i > 0) data[i * order + i - 1] = data[(i - 1) * order + i] = off[i - 1];
  }
  const { values, vectors } = eigen(kernels, { rows: order, cols: order, data });
  return { values, shares: vectors.data.slice(0, order) };
}

/** `y -= share x`, in place. */
function subtract(y: Vector, share: number, x: Vector): void {
  for (let i = 0; i < y.length; i++) y[i] -= share * x[i];
}
