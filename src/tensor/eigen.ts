import type { Kernels } from "../kernels/mod.ts";
import { eighWork } from "../kernels/mod.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { norm } from "./algebra.ts";
import { ShapeError } from "./shape_error.ts";

/** Eigenvalues in ascending order, with orthonormal eigenvectors as rows. */
export interface Eigen {
  /** The eigenvalues [n], ascending. */
  readonly values: Vector;
  /** Eigenvector j in row j [n, n]. */
  readonly vectors: Matrix;
}

/**
 * Every eigenvalue and eigenvector of a symmetric matrix, through the kernels. Cost: about `9 n³` flops.
 *
 * @param kernels The kernels to compute with.
 * @param a A symmetric matrix [n, n]; its lower triangle is read.
 * @returns The eigenvalues, ascending, and the eigenvectors.
 * @throws {ShapeError} If the matrix is not square.
 * @throws {RangeError} If an entry is NaN or infinite, or the iteration does not converge.
 * @example A diagonal matrix
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(eigen(await loadKernels("simd"), matrix(2, 2, [3, 0, 0, 1])).values, Float64Array.of(1, 3));
 * ```
 */
export function eigen(kernels: Kernels, a: Matrix): Eigen {
  const { values, data } = run(kernels, a, 1);
  return { values, vectors: Object.freeze({ rows: a.rows, cols: a.cols, data }) };
}

/**
 * Every eigenvalue of a symmetric matrix, through the kernels. Cost: about `4/3 n³` flops.
 *
 * @param kernels The kernels to compute with.
 * @param a A symmetric matrix [n, n]; its lower triangle is read.
 * @returns The eigenvalues [n], ascending.
 * @throws {ShapeError} If the matrix is not square.
 * @throws {RangeError} If an entry is NaN or infinite, or the iteration does not converge.
 * @example The swap of two coordinates
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * assertAlmostEquals(eigenvalues(await loadKernels("simd"), matrix(2, 2, [0, 1, 1, 0]))[0], -1, 1e-15);
 * ```
 */
export function eigenvalues(kernels: Kernels, a: Matrix): Vector {
  return run(kernels, a, 0).values;
}

/** How far below the eigenvalue the matrix is shifted at first, and at most, in shares of its norm. */
const [LEAST_SHIFT, MOST_SHIFT] = [1e-13, 1e-6];

/** Solves of inverse iteration: each shrinks what belongs to other eigenvalues by the shift over their distance. */
const SOLVES = 3;

/**
 * A unit eigenvector of the smallest eigenvalue, when that is known: inverse iteration on `A - (value - shift) I`, which is
 * positive definite, with the least shift for which rounding lets its Cholesky factor exist. Cost: about `n³ / 3` flops, a
 * fifth of {@linkcode eigen}.
 *
 * @param kernels The kernels to compute with.
 * @param a A symmetric matrix [n, n]; its lower triangle is read.
 * @param value Its smallest eigenvalue, from {@linkcode eigenvalues}.
 * @returns The vector [n]; where other eigenvalues lie within the shift, some unit vector of their common space.
 * @throws {ShapeError} If the matrix is not square.
 * @throws {RangeError} If the matrix has an eigenvalue well below `value`.
 * @example The swap of two coordinates
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * const [x, y] = lowestEigenvector(await loadKernels("simd"), matrix(2, 2, [0, 1, 1, 0]), -1);
 * assertAlmostEquals(x * y, -0.5, 1e-12);
 * ```
 */
export function lowestEigenvector(kernels: Kernels, a: Matrix, value: number): Vector {
  const n = a.rows;
  if (a.cols !== n) throw new ShapeError("find an eigenvector", `[${n}, ${n}]`, `[${a.rows}, ${a.cols}]`);
  const { memory, f64: set } = kernels;
  const size = norm(a.data) || 1;
  const at = memory.allocate((n * n + n) * 8);
  const x = at + n * n * 8;
  try {
    for (let shift = LEAST_SHIFT * size; shift <= MOST_SHIFT * size; shift *= 10) {
      const factor = memory.view("f64", at, n * n);
      factor.set(a.data);
      for (let i = 0; i < n; i++) factor[i * (n + 1)] -= value - shift;
      if (set.cholesky(n, at, n) !== 0) continue;
      // A start vector without preferred coordinates, unlikely to be orthogonal to an eigenvector.
      const vector = memory.view("f64", x, n);
      for (let i = 0; i < n; i++) vector[i] = 1 + (i * 0.6180339887498949) % 1;
      for (let solve = 0; solve < SOLVES; solve++) {
        set.choleskySolve(n, at, n, x);
        set.scale(n, 1 / set.nrm2(n, x), x);
      }
      return memory.view("f64", x, n).slice() as Vector;
    }
  } finally {
    memory.free(at);
  }
  throw new RangeError(`Cannot find the eigenvector of ${value}: the matrix has a smaller eigenvalue`);
}

function run(kernels: Kernels, a: Matrix, vectors: 0 | 1): { readonly values: Vector; readonly data: Vector } {
  const n = a.rows;
  if (a.cols !== n) throw new ShapeError("find eigenvalues", `[${n}, ${n}]`, `[${a.rows}, ${a.cols}]`);
  const { memory, f64: set } = kernels;
  const length = n * n + n + eighWork(n);
  const at = memory.allocate(length * 8);
  try {
    const values = at + n * n * 8;
    memory.view("f64", at, n * n).set(a.data);
    const failed = set.eigh(n, at, values, vectors, values + n * 8);
    if (failed !== 0) {
      const why = a.data.every(Number.isFinite) ? "the iteration does not converge" : "an entry is NaN or infinite";
      throw new RangeError(`Cannot find eigenvalue ${failed} of a matrix of order ${n}: ${why}`);
    }
    return {
      values: memory.view("f64", values, n).slice() as Vector,
      data: memory.view("f64", at, n * n).slice() as Vector,
    };
  } finally {
    memory.free(at);
  }
}
