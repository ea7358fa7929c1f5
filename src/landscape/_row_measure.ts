import type { Address, Kernels } from "../kernels/mod.ts";
import type { SurveyRequest } from "../objective/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import type { RowSizes } from "./head_objective.ts";

/** A visitor of the rows of `[x f]`, piece by piece, that measures each; dispose it to free its memory. */
export interface RowMeasure extends Disposable {
  /** Takes `count` rows in kernel memory, from row `from` on: whole, or x and f apart. */
  readonly visit: NonNullable<SurveyRequest["visit"]>;
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
    visit([x, apart], from, count) {
      const f = apart?.at ?? x.at + 8 * d;
      const [stepX, stepF] = [x.cols, apart?.cols ?? x.cols];
      for (let i = 0; i < count; i++) {
        const own = set.nrm2(x.cols, x.at + 8 * i * stepX);
        norms[from + i] = apart ? Math.hypot(own, set.nrm2(k, f + 8 * i * stepF)) : own;
      }
      if (sizes === null) return;
      const { inV, inZ, indices } = room ??= roomFor(count);
      set.gatherRows(count, d, indices, x.at, stepX, inZ);
      if (k > 0) set.gemmNT(count, d, k, f, stepF, inV, k, inZ, d, 1, work);
      for (let i = 0; i < count; i++) {
        sizes.z[from + i] = set.nrm2(d, inZ + 8 * i * d);
        sizes.f[from + i] = set.nrm2(k, f + 8 * i * stepF);
      }
    },
    [Symbol.dispose]() {
      if (room !== null) memory.free(room.inV);
      room = null;
    },
  };
}
