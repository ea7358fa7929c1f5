import { eigen, type Matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";
import { flat, unflat } from "./_head_algebra.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";

/** A norm over directions (D, E) in which the Hessian at a point is about the identity. */
export interface HeadNorm {
  /** `M⁻¹ x` for `||x||² = x'Mx`, over directions as vectors. */
  solve(x: Vector): Vector;
}

/** Orders up to which the matrices of the norm are worth their eigenvectors, and columns for each output up to which their sums are worth a pass. */
const [ORDER, COLUMNS] = [256, 10];

/** The least share of the largest eigenvalue, or mean second derivative, that counts. */
const FLOOR = 1e-3;

/**
 * `E[[x f] [x f]']`, of which the norms at all points are made; null where it would cost more than it saves.
 *
 * @param objective F_theta.
 * @returns The matrix [d + k, d + k].
 */
export function squaresForNorms({ linear, rows: n, d, k, outputs: m, weights }: HeadObjective): Matrix | null {
  if (Math.max(d, k) > ORDER || d + k > COLUMNS * m) return null;
  return linear.gram(weights ? weights.map((weight) => weight / n) : new Float64Array(n).fill(1 / n));
}

/**
 * The norm at a point: with `z = x + V f` and the mean second derivatives c of the outputs, `diag(c) ⊗ E[z z']` over D, and
 * `(W' diag(c) W) ⊗ E[f f']` over E, which is the Hessian's part without second derivatives across outputs, l'' taken for independent of the row; small
 * eigenvalues are raised, and R counts as curvature of E.
 *
 * @param objective F_theta.
 * @param squares What {@linkcode squaresForNorms} gave.
 * @param at The point.
 * @returns The norm.
 */
export function headNormAt(objective: HeadObjective, squares: Matrix, at: Evaluation): HeadNorm {
  const { kernels, d, k } = objective;
  const { W, V } = at;
  const means = objective.curvatureMeans(at);
  const floor = FLOOR * means.reduce((most, value) => Math.max(most, value), Number.MIN_VALUE);
  const c = means.map((value) => Math.max(value, floor));
  // z' = [x f]' [I; V']: E[z z'] = [I V] squares [I; V'].
  const wide = joined(d, k, V);
  const z = inverse(kernels, multiply(multiply(wide, squares), transpose(wide)), 0);
  const f = inverse(kernels, lastBlock(squares, d), 0);
  const scaled: Matrix = { ...W, data: W.data.map((value, i) => c[Math.floor(i / d)] * value) };
  const across = k === 0 ? null : inverse(kernels, multiply(transpose(W), scaled), norm(at.R.data));
  const solveHead = ({ W: D, V: E }: Head): Head => {
    const own = multiply(D, z);
    return {
      W: { ...own, data: own.data.map((value, i) => value / c[Math.floor(i / d)]) },
      V: across === null ? E : multiply(across, multiply(E, f)),
    };
  };
  return { solve: (x) => flat(solveHead(unflat(objective, x))) };
}

/** `[I V]` [d, d + k]. */
function joined(d: number, k: number, V: Matrix): Matrix {
  const data = new Float64Array(d * (d + k));
  for (let i = 0; i < d; i++) {
    data[i * (d + k) + i] = 1;
    data.set(V.data.subarray(i * k, (i + 1) * k), i * (d + k) + d);
  }
  return { rows: d, cols: d + k, data };
}

/** The rows and columns from one on. */
function lastBlock({ rows, data }: Matrix, from: number): Matrix {
  const size = rows - from;
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    out.set(data.subarray((from + i) * rows + from, (from + i + 1) * rows), i * size);
  }
  return { rows: size, cols: size, data: out };
}

/** The inverse of a positive semidefinite matrix, its eigenvalues raised to a share of the largest, and all by `more`. */
function inverse(kernels: HeadObjective["kernels"], a: Matrix, more: number): Matrix {
  if (a.rows === 0) return a;
  const { values, vectors } = eigen(kernels, a);
  const least = FLOOR * FLOOR * values[values.length - 1] || 1;
  const scaled = vectors.data.map((value, i) => value / (Math.max(values[Math.floor(i / a.rows)], least) + more));
  return multiply(transpose(vectors), { ...vectors, data: scaled });
}
