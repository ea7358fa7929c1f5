import type { Kernels } from "../kernels/mod.ts";
import { eigen, eigenvalues, type Matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";

/**
 * The largest singular value of a matrix, from the eigenvalues of the smaller of `A Aᵀ` and `Aᵀ A`, A scaled first so that no
 * square overflows or vanishes.
 *
 * @param kernels The kernels that solve the eigenproblem.
 * @param a The matrix, of any shape.
 * @returns The norm; 0 for a matrix of zeros, Infinity or NaN where an entry is infinite or NaN.
 * @example A diagonal matrix
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * assertAlmostEquals(spectralNorm(await loadKernels("simd"), matrix(2, 2, [3, 0, 0, -4])), 4, 1e-14);
 * ```
 */
export function spectralNorm(kernels: Kernels, a: Matrix): number {
  return a.rows === 1 || a.cols === 1 ? norm(a.data) : leadingSingular(kernels, a).value;
}

/**
 * The sum of the singular values of a matrix, each exact to rounding of the largest: the positive eigenvalues of
 * `[0 A; Aᵀ 0]`, of order m + n.
 *
 * @param kernels The kernels that solve the eigenproblem.
 * @param a The matrix, of any shape.
 * @returns The norm; 0 for a matrix of zeros, Infinity or NaN where an entry is infinite or NaN.
 * @example A diagonal matrix
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * assertAlmostEquals(nuclearNorm(await loadKernels("simd"), matrix(2, 2, [3, 0, 0, -4])), 7, 1e-14);
 * ```
 */
export function nuclearNorm(kernels: Kernels, a: Matrix): number {
  const size = norm(a.data);
  if (a.rows === 1 || a.cols === 1 || size === 0 || !Number.isFinite(size)) return size;
  const order = a.rows + a.cols;
  const data = new Float64Array(order * order);
  // Only the lower triangle is read.
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) data[(a.rows + j) * order + i] = a.data[i * a.cols + j] / size;
  }
  const values = eigenvalues(kernels, { rows: order, cols: order, data });
  return size * values.reduce((sum, value) => sum + Math.max(0, value), 0);
}

/** The largest singular value of a matrix with its unit vectors: `A right = value left`. */
export interface LeadingSingular {
  /** The value. */
  readonly value: number;
  /** The left vector [m]; the first unit vector for a matrix of zeros. */
  readonly left: Vector;
}

/**
 * The largest singular value with its left vector, from the eigenvectors of `A Aᵀ`.
 *
 * @param kernels The kernels that solve the eigenproblem.
 * @param a The matrix, of any shape.
 * @returns The value and the vector.
 * @example One column
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * const { value, left } = leadingSingular(await loadKernels("simd"), matrix(2, 1, [3, 4]));
 * assertAlmostEquals(value, 5, 1e-14);
 * assertAlmostEquals(Math.abs(left[1]), 0.8, 1e-14);
 * ```
 */
export function leadingSingular(kernels: Kernels, a: Matrix): LeadingSingular {
  const size = norm(a.data);
  const first = () => new Float64Array(a.rows).with(0, 1);
  if (a.rows <= 1 || size === 0 || !Number.isFinite(size)) return { value: size, left: first() };
  const scaled: Matrix = { rows: a.rows, cols: a.cols, data: a.data.map((value) => value / size) };
  if (a.cols === 1) return { value: size, left: scaled.data };
  const wide = a.rows <= a.cols;
  const square = wide ? multiply(scaled, transpose(scaled)) : multiply(transpose(scaled), scaled);
  const { vectors } = eigen(kernels, square);
  const last = square.rows - 1;
  const vector = vectors.data.slice(last * square.cols, (last + 1) * square.cols);
  // The length of A times the vector is exact to second order in the vector's error.
  const other = multiply(
    wide ? { rows: 1, cols: a.rows, data: vector } : scaled,
    wide ? scaled : { rows: a.cols, cols: 1, data: vector },
  );
  const value = norm(other.data);
  return { value: size * value, left: wide ? vector : other.data.map((entry) => entry / value) };
}
