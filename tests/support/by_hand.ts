/**
 * What the statements of the paper speak of, computed again with loops, a dense Hessian and the normal equations: nothing here shares code with the
 * library. Plain and slow, for problems of a few rows.
 *
 * @module
 */

/** A row of numbers. */
export type Row = readonly number[];

/** Rows of numbers. */
export type Grid = readonly Row[];

/** Numbers between -1 and 1, by a generator of its own. */
export function numbers(seed: number): () => number {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return 2 * state / 2147483647 - 1;
  };
}

/** A grid of numbers from a generator. */
export const draws = (next: () => number, rows: number, cols: number, size = 1): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: cols }, () => size * next()));

export const dot = (a: Row, b: Row): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
export const length = (a: Row): number => Math.sqrt(dot(a, a));
export const mean = (values: Row): number => values.reduce((sum, value) => sum + value, 0) / values.length;
export const minus = (a: Row, b: Row): number[] => a.map((value, i) => value - b[i]);
export const times = (a: Grid, v: Row): number[] => a.map((row) => dot(row, v));
export const column = (a: Grid, at: number): number[] => a.map((row) => row[at]);
export const beside = (a: Grid, b: Grid): number[][] => a.map((row, i) => [...row, ...b[i]]);

/** A loss of one prediction, written out. */
export interface PlainLoss {
  readonly value: (p: number, y: number) => number;
  readonly d1: (p: number, y: number) => number;
  /** Where it jumps, the larger of both values. */
  readonly d2: (p: number, y: number) => number;
}

export const SQUARED: PlainLoss = { value: (p, y) => (p - y) ** 2 / 2, d1: (p, y) => p - y, d2: () => 1 };

export const LOGISTIC: PlainLoss = {
  value: (p, y) => Math.log(1 + Math.exp(-y * p)),
  d1: (p, y) => -y / (1 + Math.exp(y * p)),
  d2: (p) => 1 / ((1 + Math.exp(-p)) * (1 + Math.exp(p))),
};

export const HUBER: PlainLoss = {
  value: (p, y) => Math.abs(p - y) <= 1 ? (p - y) ** 2 / 2 : Math.abs(p - y) - 1 / 2,
  d1: (p, y) => Math.abs(p - y) <= 1 ? p - y : p > y ? 1 : -1,
  d2: (p, y) => Math.abs(p - y) <= 1 ? 1 : 0,
};

/** The pseudo-Huber loss of width `delta`. */
export const pseudoHuberOf = (delta: number): PlainLoss => {
  const root = (p: number, y: number) => Math.sqrt(1 + ((p - y) / delta) ** 2);
  return {
    value: (p, y) => delta ** 2 * (root(p, y) - 1),
    d1: (p, y) => (p - y) / root(p, y),
    d2: (p, y) => root(p, y) ** -3,
  };
};

/** Eigenvalues of a symmetric matrix by Jacobi rotations, ascending. */
export function jacobi(matrix: Grid): number[] {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  const size = Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < 60; sweep++) {
    if (a.every((row, i) => row.every((value, j) => i === j || Math.abs(value) <= 1e-18 * size))) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-300) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const [c, s] = [1 / Math.sqrt(t * t + 1), t / Math.sqrt(t * t + 1)];
        for (let i = 0; i < n; i++) [a[i][p], a[i][q]] = [c * a[i][p] - s * a[i][q], s * a[i][p] + c * a[i][q]];
        for (let i = 0; i < n; i++) [a[p][i], a[q][i]] = [c * a[p][i] - s * a[q][i], s * a[p][i] + c * a[q][i]];
      }
    }
  }
  return a.map((row, i) => row[i]).sort((x, y) => x - y);
}

/** The solution of `A x = b` by elimination with the largest pivot of a column. */
export function solve(A: Grid, b: Row): number[] {
  const rows = A.map((row, i) => [...row, b[i]]);
  const n = rows.length;
  for (let at = 0; at < n; at++) {
    let pivot = at;
    for (let i = at; i < n; i++) if (Math.abs(rows[i][at]) > Math.abs(rows[pivot][at])) pivot = i;
    [rows[at], rows[pivot]] = [rows[pivot], rows[at]];
    for (let i = at + 1; i < n; i++) {
      const share = rows[i][at] / rows[at][at];
      for (let j = at; j <= n; j++) rows[i][j] -= share * rows[at][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    x[i] = (rows[i][n] - rows[i].slice(i + 1, n).reduce((sum, value, j) => sum + value * x[i + 1 + j], 0)) / rows[i][i];
  }
  return x;
}

/** The mean loss of linear predictions, with `ridge/2 ||weights||²`. */
export const linearValue = (loss: PlainLoss, x: Grid, y: Row, weights: Row, ridge = 0): number =>
  mean(x.map((row, i) => loss.value(dot(weights, row), y[i]))) + ridge / 2 * dot(weights, weights);

/** The best linear predictor by Newton's method on the normal equations, halving steps that do not help; one output, columns of full rank. */
export function bestByHand(loss: PlainLoss, x: Grid, y: Row, ridge = 0): { weights: number[]; value: number } {
  let weights = x[0].map(() => 0);
  let value = linearValue(loss, x, y, weights, ridge);
  for (let step = 0; step < 100; step++) {
    const p = times(x, weights);
    const gradient = weights.map((w, j) => mean(x.map((row, i) => loss.d1(p[i], y[i]) * row[j])) + ridge * w);
    const hessian = weights.map((_, a) =>
      weights.map((_, b) => mean(x.map((row, i) => loss.d2(p[i], y[i]) * row[a] * row[b])) + (a === b ? ridge : 0))
    );
    const way = solve(hessian, gradient);
    let next = minus(weights, way);
    let share = 1;
    while (share > 1e-6 && !(linearValue(loss, x, y, next, ridge) <= value)) {
      share /= 2;
      next = weights.map((w, j) => w - share * way[j]);
    }
    const found = linearValue(loss, x, y, next, ridge);
    if (!(found <= value)) break;
    const settled = length(way) <= 1e-14 * (1 + length(next));
    [weights, value] = [next, found];
    if (settled) break;
  }
  return { weights, value };
}

/** A network `p = W (x + V f)` at a point, theta fixed; y [n, m]. */
export interface PlainPoint {
  readonly x: Grid;
  readonly f: Grid;
  readonly y: Grid;
  readonly loss: PlainLoss;
  /** [m, d]. */
  readonly W: Grid;
  /** [d, k]. */
  readonly V: Grid;
}

/** The sums at a point. */
export interface PlainEvaluation {
  readonly value: number;
  /** x + V f, and W (x + V f). */
  readonly z: Grid;
  readonly p: Grid;
  /** l'' of each prediction. */
  readonly d2: Grid;
  /** E[l' x'] and E[l' f']. */
  readonly S: Grid;
  readonly R: Grid;
  readonly gradW: Grid;
  readonly gradV: Grid;
  /** The norm of both. */
  readonly gradient: number;
  readonly hessian: Grid;
}

/** Everything that the statements speak of at a point, over (W, V): W row by row, then V row by row. */
export function evaluate({ x, f, y, loss, W, V }: PlainPoint): PlainEvaluation {
  const [d, k, m] = [x[0].length, f[0].length, W.length];
  const z = x.map((row, i) => row.map((value, j) => value + dot(V[j], f[i])));
  const p = z.map((row) => times(W, row));
  const d1 = p.map((row, i) => row.map((value, a) => loss.d1(value, y[i][a])));
  const d2 = p.map((row, i) => row.map((value, a) => loss.d2(value, y[i][a])));
  const averages = (rows: Grid) =>
    W.map((_, a) => rows[0].map((_, j) => mean(rows.map((row, i) => d1[i][a] * row[j]))));
  const [S, R, gradW] = [averages(x), averages(f), averages(z)];
  const gradV = V.map((_, j) => R[0].map((_, c) => dot(column(W, j), column(R, c))));
  const order = m * d + d * k;
  const hessian = Array.from({ length: order }, () => new Array<number>(order).fill(0));
  z.forEach((row, i) => {
    for (let a = 0; a < m; a++) {
      const slope = new Array<number>(order).fill(0);
      for (let j = 0; j < d; j++) {
        slope[a * d + j] = row[j];
        for (let c = 0; c < k; c++) slope[m * d + j * k + c] = W[a][j] * f[i][c];
      }
      for (let s = 0; s < order; s++) {
        for (let t = 0; t < order; t++) hessian[s][t] += d2[i][a] * slope[s] * slope[t] / z.length;
      }
    }
  });
  // The second derivative of p_a by W_aj and V_jc is f_c.
  for (let a = 0; a < m; a++) {
    for (let j = 0; j < d; j++) {
      for (let c = 0; c < k; c++) {
        hessian[a * d + j][m * d + j * k + c] += R[a][c];
        hessian[m * d + j * k + c][a * d + j] += R[a][c];
      }
    }
  }
  const value = mean(p.map((row, i) => row.reduce((sum, each, a) => sum + loss.value(each, y[i][a]), 0)));
  return { value, z, p, d2, S, R, gradW, gradV, gradient: length([...gradW.flat(), ...gradV.flat()]), hessian };
}

/** The spectral norm of a matrix with two columns, from the two eigenvalues of V'V. */
export function spectral(V: Grid): number {
  const [a, b, c] = [[0, 0], [0, 1], [1, 1]].map(([i, j]) => dot(column(V, i), column(V, j)));
  return Math.sqrt((a + c + Math.hypot(a - c, 2 * b)) / 2);
}
