import { type AnyLoss, isJoint } from "../../src/loss/mod.ts";
import { type Matrix, matrix, type Vector } from "../../src/tensor/mod.ts";

/** F_theta's data, and a point of it, as plain values; m is the number of rows of W. */
export interface HeadProblem {
  readonly x: Matrix;
  readonly f: Matrix;
  readonly y: Vector;
  readonly loss: AnyLoss;
  readonly W: Matrix;
  readonly V: Matrix;
}

/** What one row adds: `z = x + V f`, f, and the loss with its derivatives at `p = W z`. */
interface RowTerms {
  readonly z: readonly number[];
  readonly f: readonly number[];
  readonly value: number;
  readonly slope: readonly number[];
  readonly curvature: readonly (readonly number[])[];
}

const row = (a: Matrix, i: number): number[] => [...a.data.subarray(i * a.cols, (i + 1) * a.cols)];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

function termsOf({ x, f, y, loss, W, V }: HeadProblem, i: number): RowTerms {
  const m = W.rows;
  const features = row(f, i);
  const z = row(x, i).map((value, a) => value + dot(row(V, a), features));
  const p = Array.from({ length: m }, (_, a) => dot(row(W, a), z));
  const own = [...y.subarray(i * m, (i + 1) * m)];
  if (!isJoint(loss)) {
    return {
      z,
      f: features,
      value: p.reduce((sum, one, a) => sum + loss.value(one, own[a]), 0),
      slope: p.map((one, a) => loss.d1(one, own[a])),
      curvature: p.map((one, a) => p.map((_, b) => a === b ? loss.d2(one, own[a]) : 0)),
    };
  }
  // Softmax, written out: log sum exp(p) - y'p, q - y, diag(q) - q q', where q - q² is q times the sum of the others.
  const top = Math.max(...p);
  const sum = p.reduce((total, one) => total + Math.exp(one - top), 0);
  const q = p.map((one) => Math.exp(one - top) / sum);
  return {
    z,
    f: features,
    value: top + Math.log(sum) - dot(own, p),
    slope: q.map((one, a) => one - own[a]),
    curvature: q.map((one, a) =>
      q.map((other, b) => a === b ? one * q.reduce((rest, each, c) => c === a ? rest : rest + each, 0) : -one * other)
    ),
  };
}

/** `d p_c / d (W, V)` of a row: z in row c of W, `W_ca f_b` for V_ab. */
function jacobian({ W, V }: HeadProblem, { z, f }: RowTerms, c: number): Float64Array {
  const [m, d, k] = [W.rows, W.cols, V.cols];
  const out = new Float64Array(m * d + d * k);
  for (let a = 0; a < d; a++) {
    out[c * d + a] = z[a];
    for (let b = 0; b < k; b++) out[m * d + a * k + b] = W.data[c * d + a] * f[b];
  }
  return out;
}

/** The value and the gradient over (W, V), entry by entry: `E[sum_c l'_c dp_c]`. */
export function denseGradient(problem: HeadProblem): { value: number; gradient: Float64Array } {
  const { x, W, V } = problem;
  const n = x.rows;
  const gradient = new Float64Array(W.data.length + V.data.length);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const terms = termsOf(problem, i);
    value += terms.value / n;
    for (let c = 0; c < W.rows; c++) {
      const change = jacobian(problem, terms, c);
      for (let at = 0; at < gradient.length; at++) gradient[at] += terms.slope[c] / n * change[at];
    }
  }
  return { value, gradient };
}

/**
 * The Hessian over (W, V), of order m d + d k, entry by entry: `E[dp' l'' dp + l' d2p]`, where only
 * `d2 p_c / dW_ca dV_ab = f_b`.
 */
export function denseHessian(problem: HeadProblem): Matrix {
  const { x, W, V } = problem;
  const [n, m, d, k] = [x.rows, W.rows, W.cols, V.cols];
  const order = m * d + d * k;
  const data = new Float64Array(order * order);
  for (let i = 0; i < n; i++) {
    const terms = termsOf(problem, i);
    const changes = Array.from({ length: m }, (_, c) => jacobian(problem, terms, c));
    for (let c = 0; c < m; c++) {
      for (let e = 0; e < m; e++) {
        const bend = terms.curvature[c][e] / n;
        if (bend === 0) continue;
        for (let a = 0; a < order; a++) {
          const share = bend * changes[c][a];
          for (let b = 0; b < order; b++) data[a * order + b] += share * changes[e][b];
        }
      }
      for (let a = 0; a < d; a++) {
        for (let b = 0; b < k; b++) {
          const mixed = terms.slope[c] / n * terms.f[b];
          data[(c * d + a) * order + m * d + a * k + b] += mixed;
          data[(m * d + a * k + b) * order + c * d + a] += mixed;
        }
      }
    }
  }
  return matrix(order, order, data);
}
