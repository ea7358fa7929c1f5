import type { Address, Kernels } from "../kernels/mod.ts";
import { wholeFactor } from "./_decide_factor.ts";
import type { Factor } from "./factor.ts";
import { letGo } from "./let_go.ts";
import { gramTriangle, rowsOfProduct } from "./_gram_triangle.ts";
import { type Rows, rowTriangle } from "./_row_triangle.ts";
import type { Vector } from "./matrix.ts";
import type { RowSource } from "./row_source.ts";

/** Columns, and rows for each of them, from which on the time that single precision saves is more than the products that finish its work. */
const [WIDE, TALL] = [512, 2];

/** Condition below which rounding in single precision leaves the columns of `X T^-1` orthonormal to about a thousandth, and hides no column that depends on others. */
const SAFE = 1e3;

/** The same for a triangle from inner products, whose rounding counts with the square of the condition: orthonormal to a thousandth at most. */
const CLEAR = 30;

/**
 * About the factor that {@linkcode factorRows} finds, from a triangle in single precision: the columns of `X T^-1` have inner products near those
 * of orthonormal ones, to `1e-7` times the condition. Good for coordinates in which a few products with the data in double solve a
 * problem; nothing else is to be taken from it. Its condition is so small that every column is independent in X too.
 * Cost: `n d²` flops in single precision where the condition is below 30, by inner products of the columns; else `3 n d²`, the rest by reflections.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d].
 * @returns A generator that yields the share of the rows done after each piece, and returns the factor; null where that would not pay, or where columns
 * are not clearly independent, and of ordinary size: then {@linkcode factorRows} finds out.
 * @example Too few columns for it to pay
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * assertEquals(singleFactor(kernels, matrixRows(kernels.memory, matrix(2, 1, [3, 5]))).next(), { done: true, value: null });
 * ```
 */
export function* singleFactor(kernels: Kernels, source: RowSource): Generator<number, Factor | null> {
  const { rows: n, cols: d } = source;
  if (d < WIDE || n < TALL * d) return null;
  const { memory, f32: set } = kernels;
  const most = rowsOfProduct(n, d);
  const room = source.at ? 0 : 8 * most * d;
  // The rows first: numbers in double stand at multiples of 8.
  const rows = memory.allocate(room + 4 * most);
  const at = rows + room;
  memory.indices(at, most).forEach((_, row, all) => all[row] = row);
  try {
    const single: Rows = {
      rows: n,
      cols: d,
      write(from: number, count: number, to: Address) {
        if (!source.at) source.write(from, count, rows, d);
        set.gatherDouble(count, d, at, source.at?.(from) ?? rows, d, to);
      },
    };
    const near = factored(kernels, n, yield* gramTriangle(kernels, single), CLEAR);
    return near ?? factored(kernels, n, yield* rowTriangle(kernels, "f32", single), SAFE);
  } finally {
    memory.free(rows);
  }
}

/** The factor with a triangle, which becomes its T, or is let go of; null where there is none, or its condition is not below `safe`. */
function factored(kernels: Kernels, n: number, r: Vector | null, safe: number): Factor | null {
  const factor = r && wholeFactor(kernels, n, r, safe);
  if (r && factor === null) letGo(r);
  return factor && Object.freeze({ ...factor, near: "single" });
}
