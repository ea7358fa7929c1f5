import { type Address, type KernelCall, type Kernels, SOLVE_WORK } from "../kernels/mod.ts";
import { type Rows, rowsOfPiece } from "./_row_triangle.ts";
import type { Vector } from "./matrix.ts";

/** How many rows go into one product: as many bytes in single precision as a piece has in double. */
export const rowsOfProduct = (n: number, d: number): number => Math.min(n, 2 * rowsOfPiece(n, d));

/** Columns of the products that are one call: threads take them in turn. */
const BLOCK = 128;

/**
 * About the triangle R [d, d] of all rows, from their inner products: `R'R` is X'X but for the rounding of products in single precision, 6e-8 times
 * the norms of the columns. Half of the operations of reflections, at the speed of matrix products; but what it says of X is off by
 * the square of X's condition, so that it is for columns far from dependent.
 *
 * @param kernels The kernels to compute with.
 * @param source The rows [n, d] in single precision.
 * @returns A generator that yields the share of the rows done after each piece, and returns R, or null where X'X is not clearly positive definite.
 */
export function* gramTriangle(kernels: Kernels, source: Rows): Generator<number, Vector | null> {
  const { memory, f64, work } = kernels;
  const { rows: n, cols: d } = source;
  const most = rowsOfProduct(n, d);
  const gram = memory.allocate(8 * (d * d + SOLVE_WORK) + 4 * (d * d + most * d));
  const scratch = gram + 8 * d * d;
  const products = scratch + 8 * SOLVE_WORK;
  const piece = products + 4 * d * d;
  try {
    f64.fill(d * d, 0, gram);
    for (let from = 0; from < n; from += most) {
      const count = Math.min(most, n - from);
      source.write(from, count, piece);
      kernels.runAll(blocks(d, count, piece, products, work));
      addLower(memory.view("f64", gram, d * d), memory.view("f32", products, d * d), d);
      yield (from + count) / n;
    }
    const sums = memory.view("f64", gram, d * d);
    const norms = Float64Array.from({ length: d }, (_, j) => Math.sqrt(sums[j * d + j]));
    // Columns over their norms, so that no pivot is small by the unit of a column.
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < i; j++) sums[i * d + j] /= norms[i] * norms[j];
      sums[i * d + i] = 1;
    }
    if (f64.cholesky(d, gram, d, scratch) !== 0) return null;
    return transposed(memory.view("f64", gram, d * d), norms);
  } finally {
    memory.free(gram);
  }
}

/** The calls that make the lower triangle of P'P [d, d] for rows P [count, d], the longest first. */
function blocks(d: number, count: number, p: Address, to: Address, work: Address): KernelCall[] {
  const calls: KernelCall[] = [];
  for (let first = (Math.ceil(d / BLOCK) - 1) * BLOCK; first >= 0; first -= BLOCK) {
    const width = Math.min(BLOCK, d - first);
    const args = [width, first + width, count, p + 4 * first, d, p, d, to + 4 * first * d, d, 0, work];
    calls.push({ kernel: "gemmTN", dtype: "f32", args });
  }
  return calls;
}

/** Adds a lower triangle to another. */
function addLower(sums: Vector, products: Float32Array | Vector, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let at = i * d; at <= i * d + i; at++) sums[at] += products[at];
  }
}

/** L' with its columns times their norms, zeros below the diagonal. */
function transposed(l: Vector, norms: Vector): Vector {
  const d = norms.length;
  const r = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) r[j * d + i] = l[i * d + j] * norms[i];
  }
  return r;
}
