import type { Kernels } from "../kernels/mod.ts";
import { eigenvalues, type Matrix, multiply, transpose } from "../tensor/mod.ts";

/**
 * The largest singular value of a matrix, from the eigenvalues of the smaller of `A Aᵀ` and `Aᵀ A`.
 *
 * @param kernels The kernels that solve the eigenproblem.
 * @param a The matrix, of any shape.
 * @returns The norm; 0 for a matrix of zeros.
 * @throws {RangeError} If the matrix has NaN or infinite entries.
 * @example A diagonal matrix
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels, matrix } from "@resland/resland";
 * assertAlmostEquals(spectralNorm(await loadKernels("simd"), matrix(2, 2, [3, 0, 0, -4])), 4, 1e-14);
 * ```
 */
export function spectralNorm(kernels: Kernels, a: Matrix): number {
  const largest = a.data.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  if (largest === 0) return 0;
  // Scaled first, so that squares neither overflow nor vanish.
  const scaled: Matrix = { rows: a.rows, cols: a.cols, data: a.data.map((value) => value / largest) };
  const square = a.rows <= a.cols ? multiply(scaled, transpose(scaled)) : multiply(transpose(scaled), scaled);
  return largest * Math.sqrt(Math.max(0, eigenvalues(kernels, square).at(-1)!));
}
