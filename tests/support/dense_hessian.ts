import type { Loss } from "../../src/loss/mod.ts";
import { type Matrix, matrix, type Vector } from "../../src/tensor/mod.ts";

/** F_theta's data, and a point of it, as plain values. */
export interface HeadProblem {
  readonly x: Matrix;
  readonly f: Matrix;
  readonly y: Vector;
  readonly loss: Loss;
  readonly w: Vector;
  readonly V: Matrix;
}

const row = (a: Matrix, i: number) => a.data.subarray(i * a.cols, (i + 1) * a.cols);

/** `z = x + V f` and the prediction of a row. */
function zAndP({ x, f, w, V }: HeadProblem, i: number): { z: number[]; p: number } {
  const z = Array.from(
    row(x, i),
    (value, a) => row(f, i).reduce((sum, feature, b) => sum + V.data[a * V.cols + b] * feature, value),
  );
  return { z, p: z.reduce((sum, value, a) => sum + w[a] * value, 0) };
}

/** The value and the gradient over (w, V), entry by entry: `E[l' dp]` with `dp/dw = z`, `dp/dV = w f'`. */
export function denseGradient(problem: HeadProblem): { value: number; gradient: Float64Array } {
  const { x, f, y, loss, w } = problem;
  const [n, d, k] = [x.rows, x.cols, f.cols];
  const gradient = new Float64Array(d + d * k);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const { z, p } = zAndP(problem, i);
    value += loss.value(p, y[i]) / n;
    const slope = loss.slope(p, y[i]) / n;
    for (let a = 0; a < d; a++) {
      gradient[a] += slope * z[a];
      for (let b = 0; b < k; b++) gradient[d + a * k + b] += slope * w[a] * f.data[i * k + b];
    }
  }
  return { value, gradient };
}

/** The Hessian over (w, V), of order d + d k, entry by entry: `E[l'' dp dp' + l' d2p]`, where only `d2p / dw_a dV_ab = f_b`. */
export function denseHessian(problem: HeadProblem): Matrix {
  const { x, f, y, loss, w } = problem;
  const [n, d, k] = [x.rows, x.cols, f.cols];
  const order = d + d * k;
  const data = new Float64Array(order * order);
  for (let i = 0; i < n; i++) {
    const { z, p } = zAndP(problem, i);
    const features = row(f, i);
    const jacobian = [...z, ...Array.from({ length: d * k }, (_, at) => w[Math.floor(at / k)] * features[at % k])];
    const [slope, curvature] = [loss.slope(p, y[i]) / n, loss.curvature(p, y[i]) / n];
    for (let a = 0; a < order; a++) {
      for (let b = 0; b < order; b++) data[a * order + b] += curvature * jacobian[a] * jacobian[b];
    }
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < k; b++) {
        data[a * order + d + a * k + b] += slope * features[b];
        data[(d + a * k + b) * order + a] += slope * features[b];
      }
    }
  }
  return matrix(order, order, data);
}
