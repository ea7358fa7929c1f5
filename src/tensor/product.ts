import type { Kernels } from "../kernels/mod.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/**
 * `A Bᵀ` through the kernels, in f64. Cost: `2 m n k` flops and the copies in and out; pays from about 30 rows on.
 *
 * @param kernels The kernels to compute with.
 * @param a A matrix [m, k].
 * @param b A matrix [n, k].
 * @returns The product [m, n].
 * @throws {ShapeError} If the numbers of columns differ.
 * @example Two rows against one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * const product = productTransposed(await loadKernels("simd"), matrix(2, 2, [1, 2, 3, 4]), matrix(1, 2, [5, 6]));
 * assertEquals(product, matrix(2, 1, [17, 39]));
 * ```
 */
export function productTransposed(kernels: Kernels, a: Matrix, b: Matrix): Matrix {
  const [m, n, k] = [a.rows, b.rows, a.cols];
  if (b.cols !== k) throw new ShapeError("multiply by a transposed matrix", `[any, ${k}]`, `[${n}, ${b.cols}]`);
  const { memory, f64: set, work } = kernels;
  const at = memory.allocate((m * k + n * k + m * n) * 8);
  try {
    const [atB, atC] = [at + m * k * 8, at + (m + n) * k * 8];
    memory.view("f64", at, m * k).set(a.data);
    memory.view("f64", atB, n * k).set(b.data);
    set.gemmNT(m, n, k, at, k, atB, k, atC, n, 0, work);
    return Object.freeze({ rows: m, cols: n, data: memory.view("f64", atC, m * n).slice() as Vector });
  } finally {
    memory.free(at);
  }
}
