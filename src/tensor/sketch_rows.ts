import type { Kernels } from "../kernels/mod.ts";
import { letGo } from "./let_go.ts";
import type { Matrix, Vector } from "./matrix.ts";
import type { RowSource } from "./row_source.ts";
import { ShapeError } from "./shape_error.ts";

/** Weights of rows: those of `count` rows from `from` on, 0 or more. */
export type WeightsOfRows = (from: number, count: number) => Vector;

/** Bytes of a piece of rows. */
const PIECE = 1 << 20;

/** Mixes the bits of a row's number (the finaliser of MurmurHash3): the same rows go to the same sums everywhere. */
function mixed(row: number): number {
  let bits = Math.imul(row + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ bits >>> 16, 0x85ebca6b);
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35);
  return (bits ^ bits >>> 16) >>> 0;
}

/**
 * Few rows that stand for many: every row of X, times a weight, is added with a pseudo-random sign to one of `size` sums. `||S X v||²` is
 * then near `||X v||²` for all v at once, to a share of about `sqrt(columns / size)` either way; no row is left out, however
 * rare what it holds. Cost: a pass over the rows, `2 n d` flops for each set of weights.
 *
 * Source: K. L. Clarkson, D. P. Woodruff, "Low rank approximation and regression in input sparsity time", STOC (2013).
 *
 * @param kernels The kernels to compute with.
 * @param source The rows of X [n, d].
 * @param size How many sums; with as many as rows or more, each row is its own.
 * @param weights For each result one number per row, by whose root the row is multiplied; null for 1.
 * @param use What is to be known of the sums [size, d] of each set of weights; they are let go of afterwards, one before the next are copied.
 * @returns A generator that yields the share of the rows done, and then after each result; returns the results.
 * @throws {ShapeError} If there is not one weight per row.
 * @example As many sums as rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const rows = matrixRows(kernels.memory, matrix(2, 1, [3, 5]));
 * const weights = Float64Array.of(1, 4);
 * const steps = sketchRows(kernels, rows, 2, [(from, count) => weights.slice(from, from + count)], ({ data }) => [...data]);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value, [[3, 10]]);
 * ```
 */
export function* sketchRows<Used>(
  { memory, f64: set }: Kernels,
  source: RowSource,
  size: number,
  weights: readonly (WeightsOfRows | null)[],
  use: (sums: Matrix) => Used,
): Generator<number, readonly Used[]> {
  const { rows: n, cols: d } = source;
  const sums = Math.min(n, size);
  const piece = Math.max(1, Math.min(n, Math.floor(PIECE / (8 * Math.max(1, d)))));
  const at = memory.allocate((piece * (d + 2) + sums * weights.length * d) * 8);
  const [factors, indices] = [at + piece * d * 8, at + piece * (d + 1) * 8];
  const start = at + piece * (d + 2) * 8;
  try {
    set.fill(sums * weights.length * d, 0, start);
    for (let from = 0; from < n; from += piece) {
      const count = Math.min(piece, n - from);
      source.write(from, count, at, d);
      const sumOf = memory.indices(indices, count);
      for (let i = 0; i < count; i++) sumOf[i] = sums === n ? from + i : (mixed(from + i) >>> 1) % sums;
      for (const [a, own] of weights.entries()) {
        const weightOf = own?.(from, count);
        if (weightOf !== undefined && weightOf.length !== count) {
          throw new ShapeError("weight the rows", `[${count}]`, `[${weightOf.length}]`);
        }
        const factorOf = memory.view("f64", factors, count);
        for (let i = 0; i < count; i++) {
          const sign = sums === n || (mixed(from + i) & 1) === 0 ? 1 : -1;
          factorOf[i] = sign * Math.sqrt(weightOf?.[i] ?? 1);
        }
        set.scatterRows(count, d, indices, factors, at, d, start + a * sums * d * 8, d);
      }
      yield (from + count) / n;
    }
    const used: Used[] = [];
    while (used.length < weights.length) {
      const data = memory.view("f64", start + used.length * sums * d * 8, sums * d).slice();
      used.push(use(Object.freeze({ rows: sums, cols: d, data })));
      letGo(data);
      yield 1;
    }
    return used;
  } finally {
    memory.free(at);
  }
}
