import type { Address, Memory } from "../kernels/mod.ts";
import { type RowSource, ShapeError } from "../tensor/mod.ts";

/** The features of any model at the rows of a table, in the precision in which they were saved. */
export interface FeatureTable {
  /** n. */
  readonly rows: number;
  /** k. */
  readonly cols: number;
  /** The numbers, row after row. */
  readonly data: Float64Array | Float32Array;
  /** The unit of rounding of the numbers as they were computed: 2^-53 for float64, 2^-24 for float32. */
  readonly precision: number;
}

/**
 * `[1 f]` row by row: a constant, and the features of the rows that are picked. Nothing is copied, so that features in float32 take
 * their own size only.
 *
 * @param memory The kernel memory that the rows are written to.
 * @param table The features [n, k].
 * @param picked Which rows, in the order wanted; null for all.
 * @returns The rows [picked, 1 + k].
 * @throws {ShapeError} If there are not `rows * cols` numbers.
 * @example The second row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { collectRows } from "@resland/resland/tensor";
 * const { memory } = await loadKernels("simd");
 * const table = { rows: 2, cols: 2, data: Float32Array.of(1, 2, 3, 4), precision: 2 ** -24 };
 * assertEquals([...collectRows(memory, withConstant(memory, table, Uint32Array.of(1))).data], [1, 3, 4]);
 * ```
 */
export function withConstant(memory: Memory, table: FeatureTable, picked: Uint32Array | null): RowSource {
  const { rows: n, cols: k, data } = table;
  if (data.length !== n * k) throw new ShapeError("read features", `[${n}, ${k}]`, `${data.length} numbers`);
  const rows = picked?.length ?? n;
  return Object.freeze({
    rows,
    cols: 1 + k,
    write(from: number, count: number, to: Address, ld: number) {
      if (count === 0) return;
      const out = memory.view("f64", to, (count - 1) * ld + 1 + k);
      for (let i = 0; i < count; i++) {
        const row = picked === null ? from + i : picked[from + i];
        out[i * ld] = 1;
        out.set(data.subarray(row * k, (row + 1) * k), i * ld + 1);
      }
    },
  });
}
