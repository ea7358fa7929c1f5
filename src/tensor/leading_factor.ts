import type { Kernels } from "../kernels/mod.ts";
import { leadingTriangle } from "./_leading_triangle.ts";
import type { Factor } from "./factor.ts";
import { conditionOfColumns } from "./triangle.ts";

/**
 * The factor of the first columns of X, from that of all: the leading block of T.
 *
 * @param kernels The kernels to compute with.
 * @param factor The factor of X [n, d].
 * @param columns How many columns.
 * @returns Their factor; null where others stand among them in T.
 * @example The first of two columns
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { factorOf, matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const whole = factorOf(kernels, matrixRows(kernels.memory, matrix(2, 2, [3, 5, 3, 7])));
 * assertAlmostEquals(leadingFactor(kernels, whole, 1)!.T.data[0], 3, 1e-15);
 * ```
 */
export function leadingFactor(kernels: Kernels, factor: Factor, columns: number): Factor | null {
  const { kept, T, dependent } = factor;
  const rank = kept.filter((column) => column < columns).length;
  if (kept.slice(0, rank).some((column) => column >= columns)) return null;
  const own = dependent.filter(({ column }) => column < columns);
  if (own.some(({ on }) => on.some((column) => column >= columns))) return null;
  const leading = leadingTriangle({ rows: rank, cols: T.cols, data: T.data });
  return Object.freeze({
    ...factor,
    columns,
    rank,
    kept: Object.freeze(kept.slice(0, rank)),
    T: Object.freeze(leading),
    dependent: Object.freeze(own),
    condition: conditionOfColumns(kernels, leading),
  });
}
