import type { Address, Kernels } from "../kernels/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import type { RowSizes } from "./head_objective.ts";

/** A visitor of the rows of `[x f]`, piece by piece, that measures each; dispose it to free its memory. */
export interface RowMeasure extends Disposable {
  /** Takes `count` rows in kernel memory, from row `from` on. */
  visit(at: Address, from: number, count: number): void;
  /** `||[x f]||` [n]. */
  readonly norms: Vector;
  /** {@linkcode RowSizes}; null without V. */
  readonly sizes: RowSizes | null;
}

/** The shape of `[x f]`: rows, and columns of x and of f. */
interface HeadShape {
  readonly n: number;
  readonly d: number;
  readonly k: number;
}

/** Measures the rows; with V [d, k] the lengths of `x + V f` and of f too. */
export function createRowMeasure(kernels: Kernels, { n, d, k }: HeadShape, V: Matrix | null): RowMeasure {
  if (V !== null && (V.rows !== d || V.cols !== k)) {
    throw new ShapeError("add V f to x", `[${d}, ${k}]`, `[${V.rows}, ${V.cols}]`);
  }
  const { memory, f64: set, work } = kernels;
  const cols = d + k;
  const norms = new Float64Array(n);
  const sizes = V && { z: new Float64Array(n), f: new Float64Array(n) };
  /** Room for V, the rows' z, and their numbers; made for the first piece, which is the longest. */
  let room: { readonly inV: Address; readonly inZ: Address; readonly indices: Address } | null = null;
  const roomFor = (count: number) => {
    const inV = memory.allocate(8 * (d * k + count * d) + 4 * count);
    const inZ = inV + 8 * d * k;
    const indices = inZ + 8 * count * d;
    memory.view("f64", inV, d * k).set(V!.data);
    memory.indices(indices, count).forEach((_, i, all) => all[i] = i);
    return { inV, inZ, indices };
  };
  return {
    norms,
    sizes,
    visit(at, from, count) {
      for (let i = 0; i < count; i++) norms[from + i] = set.nrm2(cols, at + 8 * i * cols);
      if (sizes === null) return;
      const { inV, inZ, indices } = room ??= roomFor(count);
      set.gatherRows(count, d, indices, at, cols, inZ);
      if (k > 0) set.gemmNT(count, d, k, at + d * 8, cols, inV, k, inZ, d, 1, work);
      for (let i = 0; i < count; i++) {
        sizes.z[from + i] = set.nrm2(d, inZ + 8 * i * d);
        sizes.f[from + i] = set.nrm2(k, at + 8 * (i * cols + d));
      }
    },
    [Symbol.dispose]() {
      if (room !== null) memory.free(room.inV);
      room = null;
    },
  };
}
