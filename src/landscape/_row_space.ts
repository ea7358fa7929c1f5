import { type Matrix, norm, type Vector } from "../tensor/mod.ts";

/**
 * `A' P = Q T`: the rows of A [m, n] by Householder reflections with pivoting. Nothing is squared, so directions keep their
 * size down to rounding.
 */
export interface RowSpace {
  /** n, the length of a row. */
  readonly length: number;
  /** Rows in the order in which they were taken. */
  readonly order: readonly number[];
  /** Reflections made: at most min(m, n). */
  readonly steps: number;
  /** How many of the steps used rows of the first group. */
  readonly firstSteps: number;
  /** `T[s][r]`: part of row `order[r]` along column s of Q. */
  entry(s: number, r: number): number;
  /** `|T[s][s]|`, falling within each group. */
  readonly pivots: Vector;
  /** How many pivots are above a share of the norm of A. */
  rank(share: number): number;
  /** `Q y` for y [n]. */
  applyQ(y: Vector): Vector;
  /** Column j of Q, j < n; those from `steps` on are orthogonal to every row. */
  column(j: number): Vector;
}

/**
 * Factors the rows of A. Rows before `first` are taken first, all that rounding leaves of them; then the others, until
 * `most` steps are made.
 */
export function rowSpace(
  a: Matrix,
  { first = a.rows, most = a.cols }: { readonly first?: number; readonly most?: number } = {},
): RowSpace {
  const [m, n] = [a.rows, a.cols];
  const rows = Array.from({ length: m }, (_, i) => a.data.slice(i * n, (i + 1) * n));
  const order = rows.map((_, i) => i);
  const reflections: { readonly v: Vector; readonly scale: number }[] = [];
  const pivots: number[] = [];
  let firstSteps = 0;
  const groups = [[0, first], [first, m]] as const;
  const limit = Math.min(n, most);
  for (const [group, [from, to]] of groups.entries()) {
    const size = Math.max(0, ...rows.slice(from, to).map(norm));
    // What is left of a row once it is below the rounding of the steps before is noise.
    const floor = 2 ** -52 * size * Math.max(m, n);
    while (pivots.length < limit) {
      const step = pivots.length;
      const [pivot, length] = longest(rows, order, Math.max(step, from), to, step);
      if (pivot < 0 || !(length > floor)) break;
      // Rows of a group that are used up lie before `step`; swapping keeps the taken rows in front.
      [order[step], order[pivot]] = [order[pivot], order[step]];
      const reflection = reflect(rows[order[step]], step, length);
      reflections.push(reflection);
      for (let r = step + 1; r < m; r++) apply(reflection, rows[order[r]], step);
      const taken = rows[order[step]];
      taken[step] = taken[step] > 0 ? -length : length;
      taken.fill(0, step + 1);
      pivots.push(length);
      if (group === 0) firstSteps++;
    }
    for (let at = Math.max(pivots.length, from); at < to; at++) rows[order[at]].fill(0, pivots.length);
  }
  const applyQ = (y: Vector): Vector => {
    const out = y.slice();
    for (let s = reflections.length - 1; s >= 0; s--) apply(reflections[s], out, s);
    return out;
  };
  const total = norm(a.data);
  return {
    length: n,
    order,
    steps: pivots.length,
    firstSteps,
    entry: (s, r) => rows[order[r]][s],
    pivots: Float64Array.from(pivots),
    rank: (share) => pivots.filter((pivot) => pivot > share * total).length,
    applyQ,
    column: (j) => applyQ(new Float64Array(n).with(j, 1)),
  };
}

/** The row whose entries from `step` on are longest, among places `from` to `to` in the order. */
function longest(rows: readonly Vector[], order: readonly number[], from: number, to: number, step: number) {
  let [pivot, length] = [-1, 0];
  for (let at = from; at < to; at++) {
    const size = norm(rows[order[at]].subarray(step) as Vector);
    if (size > length) [pivot, length] = [at, size];
  }
  return [pivot, length] as const;
}

/** `I - scale v v'`, which takes the entries of a row from `step` on to the first of them. */
function reflect(row: Vector, step: number, length: number): { readonly v: Vector; readonly scale: number } {
  const v = row.slice(step);
  for (let i = 0; i < v.length; i++) v[i] /= length;
  const sign = v[0] > 0 ? 1 : -1;
  const scale = 1 / (1 + Math.abs(v[0]));
  v[0] += sign;
  return { v, scale };
}

function apply({ v, scale }: { readonly v: Vector; readonly scale: number }, y: Vector, step: number): void {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i] * y[step + i];
  if (sum === 0) return;
  sum *= scale;
  for (let i = 0; i < v.length; i++) y[step + i] -= sum * v[i];
}
