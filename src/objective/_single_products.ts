import type { Address, Kernels, Memory } from "../kernels/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { RowWindow } from "./_row_window.ts";

/** Products of a second derivative with directions in single precision: half the bytes to read, twice the numbers in a vector. */
export interface SingleProducts {
  /**
   * `E[(l'' D x) x']` [m, d] for a direction D [m, d], off by some units of rounding of f32 (6e-8) of the size of its terms.
   *
   * @param weights The weights with which the kernels apply l'' [n, m].
   * @param categorical Whether they are q in `l'' = diag(q) - q q'`; else the diagonal of l''.
   */
  apply(weights: Vector, categorical: boolean, direction: Vector): Vector;
}

/** Bytes of a number, and of rows that a pass visits at a time. */
const [BYTES, PIECE] = [4, 1 << 21];

/** Lays the rows of a window out in f32; `reserve` makes blocks of that many bytes, and frees them later. */
export function createSingleProducts(
  { memory, f32: set, work }: Kernels,
  window: RowWindow,
  { n, m, d }: { readonly n: number; readonly m: number; readonly d: number },
  reserve: (bytes: number) => Address,
): SingleProducts {
  const piece = Math.max(1, Math.min(n, Math.floor(PIECE / (BYTES * d))));
  const [inputs, inWeights, head, sums, p, c] = [n * d, n * m, m * d, m * d, piece * m, piece * m]
    .map((elements) => reserve(BYTES * elements));
  window.eachInParts((parts, from, count) => {
    for (const { at, first, cols } of parts) {
      narrow(memory, { rows: count, cols }, at, { to: inputs + BYTES * (from * d + first), ld: d });
    }
  });
  let held: Vector | null = null;
  return {
    apply(weights, categorical, direction) {
      if (held !== weights) memory.view("f32", inWeights, n * m).set(weights);
      held = weights;
      memory.view("f32", head, m * d).set(direction);
      for (let from = 0; from < n; from += piece) {
        const count = Math.min(piece, n - from);
        const [rows, own] = [inputs + BYTES * from * d, inWeights + BYTES * from * m];
        if (m === 1) set.gemvN(count, d, rows, d, head, p, 0);
        else set.gemmNT(count, m, d, rows, d, head, d, p, m, 0, work);
        if (categorical) set.centreRows(count, m, 1, own, p, c);
        else set.mul(count * m, own, p, c);
        if (m === 1) set.gemvT(count, d, rows, d, c, sums, from > 0 ? 1 : 0);
        else set.gemmTN(m, d, count, c, m, rows, d, sums, d, from > 0 ? 1 : 0, work);
      }
      const out = Float64Array.from(memory.view("f32", sums, m * d));
      for (let at = 0; at < out.length; at++) out[at] /= n;
      return out;
    },
  };
}

/** Copies rows of f64 at an address to f32, `ld` elements from one row to the next. */
function narrow(
  { heapF32, heapF64 }: Memory,
  { rows, cols }: { readonly rows: number; readonly cols: number },
  at: Address,
  { to, ld }: { readonly to: Address; readonly ld: number },
): void {
  for (let i = 0; i < rows; i++) {
    const [from, out] = [at / 8 + i * cols, to / BYTES + i * ld];
    for (let j = 0; j < cols; j++) heapF32[out + j] = heapF64[from + j];
  }
}
