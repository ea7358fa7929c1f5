import type { Address, Kernels, Memory } from "../kernels/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { createRowChunks } from "./_row_chunks.ts";
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

/** Bytes of a number. */
const BYTES = 4;

/** Lays the rows of a window out in f32; `reserve` makes blocks of that many bytes, and frees them later. */
export function createSingleProducts(
  kernels: Kernels,
  window: RowWindow,
  { n, m, d }: { readonly n: number; readonly m: number; readonly d: number },
  reserve: (bytes: number) => Address,
): SingleProducts {
  const { memory } = kernels;
  const [inputs, inWeights] = [n * d, n * m].map((elements) => reserve(BYTES * elements));
  const parts = (from: number) => [{ at: inputs + BYTES * from * d, first: 0, cols: d }];
  const chunks = createRowChunks(kernels, "f32", { n, m, cols: d }, { most: n, parts }, reserve);
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
      memory.view("f32", chunks.head, m * d).set(direction);
      return chunks.bend(categorical, inWeights);
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
