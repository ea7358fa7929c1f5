import type { Address, Kernels } from "../kernels/mod.ts";
import { type Matrix, type RowSource, ShapeError, type Vector } from "../tensor/mod.ts";
import type { RowSizes } from "./head_objective.ts";

/** Passes over the rows of `[x f]`, row by row; memory is reserved only during a pass. */
export interface RowPasses {
  /** `||[x f]||` [n]. */
  norms(): Vector;
  /** {@linkcode RowSizes} for V [d, k], and the norms. */
  sizes(V: Matrix): RowSizes & { readonly norms: Vector };
  /** Visits each row; the array is only valid during the visit. */
  each(visit: (row: Float64Array, i: number) => void): void;
}

/** Bytes of rows at a time. */
const PIECE_BYTES = 1 << 20;

/** Passes over a source whose first d columns are x. */
export function createRowPasses(kernels: Kernels, source: RowSource, d: number): RowPasses {
  const { memory, f64: set, work } = kernels;
  const { rows: n, cols } = source;
  const k = cols - d;
  const piece = Math.max(1, Math.min(n, Math.floor(PIECE_BYTES / (8 * Math.max(1, cols)))));

  const pieces = (extra: number, visit: (address: Address, from: number, count: number, extra: Address) => void) => {
    const at = memory.allocate((piece * cols + extra) * 8);
    try {
      for (let from = 0; from < n; from += piece) {
        const count = Math.min(piece, n - from);
        source.write(from, count, at, cols);
        visit(at, from, count, at + piece * cols * 8);
      }
    } finally {
      memory.free(at);
    }
  };
  const normsOf = (at: Address, from: number, count: number, out: Vector) => {
    for (let i = 0; i < count; i++) out[from + i] = set.nrm2(cols, at + 8 * i * cols);
  };

  return {
    norms() {
      const out = new Float64Array(n);
      pieces(0, (at, from, count) => normsOf(at, from, count, out));
      return out;
    },
    sizes(V) {
      if (V.rows !== d || V.cols !== k) throw new ShapeError("add V f to x", `[${d}, ${k}]`, `[${V.rows}, ${V.cols}]`);
      const [z, f, norms] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
      pieces(d * k, (at, from, count, inV) => {
        memory.view("f64", inV, d * k).set(V.data);
        normsOf(at, from, count, norms);
        // x is overwritten by x + V f; f lies beside it in the same rows.
        if (k > 0) set.gemmNT(count, d, k, at + d * 8, cols, inV, k, at, cols, 1, work);
        for (let i = 0; i < count; i++) {
          const row = at + 8 * i * cols;
          z[from + i] = set.nrm2(d, row);
          f[from + i] = set.nrm2(k, row + 8 * d);
        }
      });
      return { z, f, norms };
    },
    each(visit) {
      const rows = new Float64Array(piece * cols);
      pieces(0, (at, from, count) => {
        // A copy, since a visitor may use the kernels and their memory may grow.
        rows.set(memory.view("f64", at, count * cols));
        for (let i = 0; i < count; i++) visit(rows.subarray(i * cols, (i + 1) * cols), from + i);
      });
    },
  };
}
