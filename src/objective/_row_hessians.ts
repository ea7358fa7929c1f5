import { type AnyLoss, isJoint, type JointLoss, type Loss, weightRows } from "../loss/mod.ts";
import { SOFTMAX_CODE } from "../kernels/mod.ts";
import { letGo, type Vector } from "../tensor/mod.ts";

/** l'' of every row, as an operator. */
export interface RowHessians {
  /** The weights with which the kernels apply it [n, m]: the diagonal of l'', or q; null where they cannot. */
  readonly weights: Vector | null;
  /** Whether the weights are q in `l'' = diag(q) - q q'`. */
  readonly categorical: boolean;
  /** `out = l'' c` for the rows from `from` on, c and out [count, m]. */
  apply(from: number, count: number, c: Vector, out: Vector): void;
  /** The diagonal of every row's l'' [n, m]. */
  diagonal(): Vector;
  /** The entries (a, b) of l'' of some rows (default: of all), over n [count]; null where they are 0 for all rows. */
  entries(a: number, b: number, from?: number, count?: number): Vector | null;
  /** Gives the memory back. */
  letGo(): void;
}

/** Predictions and targets of all rows. */
export interface AllRows {
  readonly n: number;
  readonly m: number;
  readonly p: Vector;
  readonly y: Vector;
}

/**
 * The second derivatives of a loss in the predictions, at every row.
 *
 * @param loss The loss; a scalar one is summed over the outputs.
 * @param rows Predictions and targets.
 * @param omega Weights of the rows, of mean 1 [n]; null where all are equal.
 * @param chances Those of softmax by the kernels (default: by the loss).
 * @returns The operators.
 */
export function rowHessians(
  loss: AnyLoss,
  rows: AllRows,
  omega: Vector | null,
  chances?: (p: Vector) => Vector,
): RowHessians {
  if (!isJoint(loss)) return scalarHessians(loss, rows, omega);
  const hessians = jointHessians(loss, rows, loss.code === SOFTMAX_CODE ? chances : undefined);
  return omega === null ? hessians : weightedHessians(hessians, rows.m, omega);
}

/** `w_i l''_i` of every row. */
function weightedHessians(hessians: RowHessians, m: number, omega: Vector): RowHessians {
  return {
    weights: null,
    categorical: hessians.categorical,
    apply(from, count, c, out) {
      hessians.apply(from, count, c, out);
      weightRows(omega.subarray(from, from + count), m, out);
    },
    diagonal() {
      const out = hessians.diagonal().slice();
      weightRows(omega, m, out);
      return out;
    },
    entries(a, b, from = 0, count = omega.length - from) {
      const out = hessians.entries(a, b, from, count);
      if (out !== null) weightRows(omega.subarray(from, from + count), 1, out);
      return out;
    },
    letGo: hessians.letGo,
  };
}

/** A loss that is summed over the outputs: l'' is a diagonal matrix. */
function scalarHessians(loss: Loss, { n, m, p, y }: AllRows, omega: Vector | null): RowHessians {
  const weights = new Float64Array(n * m);
  for (let at = 0; at < weights.length; at++) weights[at] = loss.d2(p[at], y[at]);
  if (omega !== null) weightRows(omega, m, weights);
  return {
    weights,
    categorical: false,
    apply(from, count, c, out) {
      const start = from * m;
      for (let at = 0; at < count * m; at++) out[at] = weights[start + at] * c[at];
    },
    diagonal: () => weights,
    entries(a, b, from = 0, count = n - from) {
      if (a !== b) return null;
      const out = new Float64Array(count);
      for (let i = 0; i < count; i++) out[i] = weights[(from + i) * m + a] / n;
      return out;
    },
    letGo: () => letGo(weights),
  };
}

/** A loss of a whole row: what its l'' depends on is computed once, here. */
function jointHessians(loss: JointLoss, { n, m, p, y }: AllRows, chances?: (p: Vector) => Vector): RowHessians {
  const q = chances ? chances(p) : loss.weights({ n, m, p, y });
  let diagonals: Vector | null = null;
  const diagonal = (): Vector =>
    diagonals ??= loss.categorical ? categoricalDiagonal(q, n, m) : diagonalByProducts(loss, q, n, m);
  const entries = (a: number, b: number, from = 0, count = n - from): Vector => {
    const out = new Float64Array(count);
    if (a === b) {
      const own = diagonal();
      for (let i = 0; i < count; i++) out[i] = own[(from + i) * m + a] / n;
    } else if (loss.categorical) {
      for (let i = 0, at = from * m; i < count; i++, at += m) out[i] = -q[at + a] * q[at + b] / n;
    } else {
      const [unit, bent] = [new Float64Array(m).with(b, 1), new Float64Array(m)];
      for (let i = 0, at = from * m; i < count; i++, at += m) {
        loss.hvpWith(q.subarray(at, at + m), 1, m, 1 / n, unit, bent);
        out[i] = bent[a];
      }
    }
    return out;
  };
  return {
    weights: loss.categorical ? q : null,
    categorical: loss.categorical,
    apply: (from, count, c, out) => loss.hvpWith(q.subarray(from * m, (from + count) * m), count, m, 1, c, out),
    diagonal,
    entries,
    letGo: () => letGo(q, ...diagonals ? [diagonals] : []),
  };
}

/** `q_a (1 - q_a)` [n, m]; `1 - q_a` as the sum of the others, from both ends, so that nothing cancels. */
function categoricalDiagonal(q: Vector, n: number, m: number): Vector {
  const out = new Float64Array(n * m);
  for (let from = 0; from < n * m; from += m) {
    let before = 0;
    for (let at = from; at < from + m; at++) {
      out[at] = before;
      before += q[at];
    }
    let after = 0;
    for (let at = from + m - 1; at >= from; at--) {
      out[at] = q[at] * (out[at] + after);
      after += q[at];
    }
  }
  return out;
}

/** The diagonal of every row's l'' [n, m], by a product with each unit vector. */
function diagonalByProducts(loss: JointLoss, q: Vector, n: number, m: number): Vector {
  const [out, units, bent] = [new Float64Array(n * m), new Float64Array(n * m), new Float64Array(n * m)];
  for (let a = 0; a < m; a++) {
    for (let at = a; at < n * m; at += m) units[at] = 1;
    loss.hvpWith(q, n, m, 1, units, bent);
    for (let at = a; at < n * m; at += m) [out[at], units[at]] = [bent[at], 0];
  }
  return out;
}
