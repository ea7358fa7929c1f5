import { type Address, isShared, type Kernels, type Memory } from "../kernels/mod.ts";
import { type RowSource, ShapeError, sideBySide } from "../tensor/mod.ts";

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
 * Features in float32 in kernel memory, where several threads can read them at once. Others, and memory that is not shared, are left alone.
 *
 * @param memory The memory.
 * @param table The features [n, k]; they may be let go of afterwards.
 * @returns The same features.
 * @throws {RangeError} If the memory is too small.
 * @example In shared memory
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMemory } from "@resland/resland/kernels";
 * const table = { rows: 1, cols: 2, data: Float32Array.of(1, 2), precision: 2 ** -24 };
 * assertEquals(placeFeatures(createMemory({ shared: true, megabytes: 1 }), table), table);
 * ```
 */
export function placeFeatures<T extends FeatureTable>(memory: Memory, table: T): T {
  const { data } = table;
  if (!isShared(memory) || data instanceof Float64Array) return table;
  const placed = memory.view("f32", memory.allocate(4 * data.length), data.length);
  placed.set(data);
  return Object.freeze({ ...table, data: placed });
}

/**
 * `[1 f]` row by row: a constant, and the features of the rows that are picked. Nothing is copied, so that features in float32 take
 * their own size only.
 *
 * @param kernels The kernels whose memory the rows are written to.
 * @param table The features [n, k].
 * @param picked Which rows, in the order wanted; null for all.
 * @returns The rows [picked, 1 + k].
 * @throws {ShapeError} If there are not `rows * cols` numbers.
 * @example The second row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { collectRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const table = { rows: 2, cols: 2, data: Float32Array.of(1, 2, 3, 4), precision: 2 ** -24 };
 * assertEquals([...collectRows(kernels.memory, withConstant(kernels, table, Uint32Array.of(1))).data], [1, 3, 4]);
 * ```
 */
export function withConstant(kernels: Kernels, table: FeatureTable, picked: Uint32Array | null): RowSource {
  const { rows: n, cols: k, data } = table;
  if (data.length !== n * k) throw new ShapeError("read features", `[${n}, ${k}]`, `${data.length} numbers`);
  const { memory } = kernels;
  const rows = picked?.length ?? n;
  const ones = Object.freeze({
    rows,
    cols: 1,
    write(_from: number, count: number, to: Address, ld: number) {
      const out = memory.view("f64", to, Math.max(0, (count - 1) * ld + 1));
      for (let at = 0; at < out.length; at += ld) out[at] = 1;
    },
  });
  return sideBySide(ones, pickedRows(kernels, table, picked));
}

/** The rows of features that are picked. */
function pickedRows(kernels: Kernels, table: FeatureTable, picked: Uint32Array | null): RowSource {
  const { rows: n, cols: k, data } = table;
  const { memory } = kernels;
  const rows = picked?.length ?? n;
  const rowAt = (at: number): number => picked === null ? at : picked[at];
  if (data instanceof Float32Array && data.buffer === memory.wasm.buffer) {
    const follow = picked === null || picked.every((row, at) => row === picked[0] + at);
    const start = data.byteOffset + 4 * k * (rows === 0 ? 0 : rowAt(0));
    return Object.freeze({
      rows,
      cols: k,
      write: readInPlace(kernels, table, rowAt),
      ...follow && { single: (row: number): Address => start + 4 * k * row },
    });
  }
  return Object.freeze({
    rows,
    cols: k,
    write(from: number, count: number, to: Address, ld: number) {
      if (count === 0) return;
      const out = memory.view("f64", to, (count - 1) * ld + k);
      for (let i = 0; i < count; i++) {
        const row = rowAt(from + i);
        out.set(data.subarray(row * k, (row + 1) * k), i * ld);
      }
    },
  });
}

/** Writes rows of features that lie in kernel memory, those that follow each other at once. */
function readInPlace(
  { f64: set }: Kernels,
  { cols: k, data }: FeatureTable,
  rowAt: (at: number) => number,
): RowSource["write"] {
  return (from, count, to, ld) => {
    for (let i = 0; i < count;) {
      const row = rowAt(from + i);
      let run = 1;
      while (i + run < count && rowAt(from + i + run) === row + run) run++;
      set.readSingle(run, k, data.byteOffset + 4 * row * k, k, to + 8 * i * ld, ld);
      i += run;
    }
  };
}
