import type { Kernels } from "../kernels/mod.ts";
import type { Matrix, Vector } from "./matrix.ts";

/** A triangle with its columns in a better order: `R P = Q [T11 T12; 0 rest]`. */
export interface PivotedTriangle {
  /** The columns in the order of the pivots: the first `rank` are independent. */
  readonly pivots: readonly number[];
  /** How many pivots are above the tolerance. */
  readonly rank: number;
  /** `[T11 T12]` [rank, order], columns in the order of the pivots; the diagonal has either sign. */
  readonly top: Matrix;
  /** What is left of each later column, in norm. */
  readonly rest: Vector;
}

/** Pivots that differ by less than this share are equal: the lower column goes first. */
const TIE = 1e-10;

/** A squared norm that fell below this share of the last one measured has lost digits, and is measured anew. */
const WORN = 1e-3;

/** Columns that are reflected between two steps of the generator. */
const AT_ONCE = 64;

/**
 * Householder QR with column pivoting of an upper-triangular R, until no column has more left than `tolerance` times the first
 * pivot. Columns from `later.from` on come after all others, and are cut where no more than `later.tolerance` is left of them.
 * Works on the transpose, whose rows are the columns: every loop runs along memory. Cost: `4/3 r³` flops; yields 1 now and then.
 * Source: P. Businger, G. H. Golub, "Linear least squares solutions by Householder transformations", Numerische Mathematik 7
 * (1965).
 */
export function* pivotedTriangle(
  kernels: Kernels,
  { rows: order, data }: Matrix,
  tolerance: number,
  later: { readonly from: number; readonly tolerance: number } = { from: order, tolerance },
): Generator<number, PivotedTriangle> {
  const { memory, f64: set } = kernels;
  const at = memory.allocate((order + 2) * order * 8);
  const [spare, products] = [at + order * order * 8, at + (order + 1) * order * 8];
  const row = (j: number, i = 0) => at + (j * order + i) * 8;
  try {
    const turned = memory.view("f64", at, order * order);
    for (let i = 0; i < order; i++) for (let j = i; j < order; j++) turned[j * order + i] = data[i * order + j];
    for (let j = 0; j < order; j++) turned.fill(0, j * order + j + 1, (j + 1) * order);
    const pivots = Array.from({ length: order }, (_, j) => j);
    // Squares of what is left of each column, and as they were when last measured.
    const left = Float64Array.from(pivots, (j) => set.nrm2(order, row(j)) ** 2);
    const measured = left.slice();
    let rank = 0;
    let first = 0;
    for (; rank < order; rank++) {
      if (rank % AT_ONCE === AT_ONCE - 1) yield 1;
      let best = pickPivot(pivots, left, rank, 0, later.from);
      let size = best < 0 ? 0 : Math.sqrt(left[best]);
      if (rank === 0) first = size;
      if (!(size > tolerance * first)) {
        best = pickPivot(pivots, left, rank, later.from, order);
        size = best < 0 ? 0 : Math.sqrt(left[best]);
        if (!(size > later.tolerance)) break;
      }
      if (best !== rank) {
        set.copy(order, row(best), spare);
        set.copy(order, row(rank), row(best));
        set.copy(order, spare, row(rank));
        for (const list of [pivots, left, measured]) [list[rank], list[best]] = [list[best], list[rank]];
      }
      reflect(kernels, order, rank, row, products);
      downdate(kernels, order, rank, row, left, measured);
    }
    const top = new Float64Array(rank * order);
    const found = memory.view("f64", at, order * order);
    for (let j = 0; j < order; j++) {
      for (let i = 0; i < Math.min(j + 1, rank); i++) top[i * order + j] = found[j * order + i];
    }
    const rest = Float64Array.from(pivots.slice(rank), (_, j) => set.nrm2(order - rank, row(rank + j, rank)));
    return { pivots, rank, top: { rows: rank, cols: order, data: top }, rest };
  } finally {
    memory.free(at);
  }
}

/** The place of the largest column left among those from `low` to below `high`; among equals, that of the lowest column; -1 without any. */
function pickPivot(pivots: readonly number[], left: Vector, from: number, low: number, high: number): number {
  const among = (j: number) => pivots[j] >= low && pivots[j] < high;
  let most = 0;
  for (let j = from; j < left.length; j++) if (among(j)) most = Math.max(most, left[j]);
  let best = -1;
  for (let j = from; j < left.length; j++) {
    if (among(j) && left[j] >= most * (1 - 2 * TIE) && (best < 0 || pivots[j] < pivots[best])) best = j;
  }
  return best;
}

/** Reflects column k onto its first k + 1 entries, and the columns after it alike. */
function reflect(
  { memory, f64: set }: Kernels,
  order: number,
  k: number,
  row: (j: number, i?: number) => number,
  products: number,
): void {
  const [length, after] = [order - k, order - k - 1];
  const tail = set.nrm2(after, row(k, k + 1));
  if (tail === 0) return;
  const alpha = memory.view("f64", row(k, k), 1)[0];
  const beta = alpha > 0 ? -Math.hypot(alpha, tail) : Math.hypot(alpha, tail);
  set.scale(after, 1 / (alpha - beta), row(k, k + 1));
  memory.view("f64", row(k, k), 1)[0] = 1;
  if (after > 0) {
    set.gemvN(after, length, row(k + 1, k), order, row(k, k), products, 0);
    set.ger(after, length, alpha / beta - 1, products, row(k, k), row(k + 1, k), order);
  }
  memory.view("f64", row(k, k), 1)[0] = beta;
}

/** Takes the entry that column after column lost to row k out of what is left of it. */
function downdate(
  { memory, f64: set }: Kernels,
  order: number,
  k: number,
  row: (j: number, i?: number) => number,
  left: Vector,
  measured: Vector,
): void {
  const heap = memory.heapF64;
  for (let j = k + 1; j < order; j++) {
    left[j] -= heap[row(j, k) / 8] ** 2;
    if (left[j] >= WORN * measured[j]) continue;
    left[j] = set.nrm2(order - k - 1, row(j, k + 1)) ** 2;
    measured[j] = left[j];
  }
}
