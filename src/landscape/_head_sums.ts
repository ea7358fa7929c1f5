import type { Loss } from "../loss/mod.ts";
import type { LinearSums } from "../objective/mod.ts";
import { type Matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";
import type { Evaluation, Head } from "./head_objective.ts";

/** The chain rule: the sums over (W, V) from those over `[W, W V]`. */
export function evaluationOf({ W, V }: Head, { value, gradient, predictions, slopes }: LinearSums): Evaluation {
  const [S, R] = splitColumns({ rows: W.rows, cols: W.cols + V.cols, data: gradient }, W.cols);
  const gradientW = plus(S, multiply(R, transpose(V)));
  const gradientV = multiply(transpose(W), R);
  const gradientNorm = Math.hypot(norm(gradientW.data), norm(gradientV.data));
  return Object.freeze({ W, V, value, predictions, slopes, S, R, gradientW, gradientV, gradientNorm });
}

/** The losses of one output at the prediction 0: their mean and their slopes. */
export function lossesAtZero(loss: Loss, y: Vector): Omit<LinearSums, "gradient"> {
  const n = y.length;
  let value = 0;
  const slopes = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    value += loss.value(0, y[i]);
    slopes[i] = loss.d1(0, y[i]);
  }
  return { value: value / n, slopes, predictions: new Float64Array(n) };
}

/** The first columns of a matrix, and the rest. */
export function splitColumns({ rows, cols, data }: Matrix, first: number): readonly [Matrix, Matrix] {
  const rest = cols - first;
  const [a, b] = [new Float64Array(rows * first), new Float64Array(rows * rest)];
  for (let i = 0; i < rows; i++) {
    a.set(data.subarray(i * cols, i * cols + first), i * first);
    b.set(data.subarray(i * cols + first, (i + 1) * cols), i * rest);
  }
  return [Object.freeze({ rows, cols: first, data: a }), Object.freeze({ rows, cols: rest, data: b })];
}

/** `a + b`. */
export function plus(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array(a.data.length);
  for (let i = 0; i < data.length; i++) data[i] = a.data[i] + b.data[i];
  return Object.freeze({ rows: a.rows, cols: a.cols, data });
}
