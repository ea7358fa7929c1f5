import type { Kernels } from "../kernels/mod.ts";
import { isJoint } from "../loss/mod.ts";
import type { LinearObjective, LinearSums } from "../objective/mod.ts";
import { dot, eigen, eigenvalues, type Matrix, norm, productTransposed, type Vector } from "../tensor/mod.ts";

/** Coordinates on the weights that the loss can feel: the row space of the inputs, for each output. */
export interface RowSpace {
  /** An orthonormal basis, as rows [rank, m d]; the identity when the rank is m d. */
  readonly basis: Matrix;
}

/**
 * The row space of the inputs, from the eigenvectors of `X'X / n` above `n d` units of the largest; for several outputs, that of
 * each, less the direction in which they all shift together where the loss does not feel it.
 */
export function rowSpace(objective: LinearObjective): RowSpace {
  const { rows, inputs: cols } = objective;
  const gram = objective.gram(new Float64Array(rows).fill(1 / rows));
  const { values, vectors } = eigen(objective.kernels, gram);
  const floor = Math.max(rows, cols) * Number.EPSILON * values[cols - 1];
  const first = values.findIndex((value) => value > floor);
  const start = first < 0 ? cols : first;
  const one = start === 0
    ? identity(cols)
    : Object.freeze({ rows: cols - start, cols, data: vectors.data.slice(start * cols) });
  const { loss, outputs } = objective;
  if (outputs === 1) return { basis: one };
  return { basis: product(isJoint(loss) && loss.shiftFree ? contrasts(outputs) : identity(outputs), one) };
}

/** An orthonormal basis of the vectors in R^m whose entries sum to 0, as rows [m - 1, m] (Helmert's). */
function contrasts(m: number): Matrix {
  const data = new Float64Array((m - 1) * m);
  for (let i = 1; i < m; i++) {
    const size = Math.sqrt(i * (i + 1));
    for (let j = 0; j <= i; j++) data[(i - 1) * m + j] = (j < i ? 1 : -i) / size;
  }
  return Object.freeze({ rows: m - 1, cols: m, data });
}

/** The Kronecker product of two matrices. */
function product(a: Matrix, b: Matrix): Matrix {
  const [rows, cols] = [a.rows * b.rows, a.cols * b.cols];
  const data = Float64Array.from({ length: rows * cols }, (_, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    return a.data[Math.floor(i / b.rows) * a.cols + Math.floor(j / b.cols)] *
      b.data[i % b.rows * b.cols + j % b.cols];
  });
  return Object.freeze({ rows, cols, data });
}

/** What a gradient and a Hessian prove about a weight vector. */
export interface Optimality {
  /** Whether a minimiser exists, as far as this proves it: one lies within the ball that the proof used. */
  readonly attained: boolean;
  /** `F(w) - min F` is at most this; null when nothing is proved. */
  readonly gapBound: number | null;
}

/**
 * Proves that a minimiser is near, from numbers at w alone. With mu the least eigenvalue of the Hessian on the row space, take a
 * ball of radius `rho = 4 ||g|| / mu`, and mu' the same eigenvalue with each row's l'' replaced by its least value in that
 * ball. If `mu' rho / 2 > ||g||`, F is above F(w) on the whole sphere, so a minimiser lies inside, and the gap is at most
 * `||g||² / (2 mu')`. On separable classes no such ball exists, since mu falls as fast as ||g||.
 *
 * @param objective The linear objective, its loss convex.
 * @param space The row space of its inputs.
 * @param sums Value, gradient and predictions at w.
 * @returns What is proved.
 */
export function proveOptimality(objective: LinearObjective, space: RowSpace, sums: LinearSums): Optimality {
  const { basis } = space;
  const { kernels } = objective;
  const size = norm(sums.gradient);
  if (!Number.isFinite(size)) return { attained: false, gapBound: null };
  if (size === 0 || basis.rows === 0) return { attained: true, gapBound: 0 };
  const least = (hessian: Matrix) => eigenvalues(kernels, restrict(kernels, hessian, basis))[0];
  const mu = least(objective.hessian(sums.predictions));
  if (!(mu > 0)) return { attained: false, gapBound: null };
  const rho = 4 * size / mu;
  const floor = least(objective.hessianFloor(sums.predictions, rho));
  return floor * rho / 2 > size
    ? { attained: true, gapBound: size * size / (2 * floor) }
    : { attained: false, gapBound: null };
}

function identity(n: number): Matrix {
  return Object.freeze({
    rows: n,
    cols: n,
    data: Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0),
  });
}

/** `Q A Q'` of a symmetric A, for the rows Q of the basis of {@linkcode rowSpace}, which is the identity when the rank is full. */
export function restrict(kernels: Kernels, a: Matrix, basis: Matrix): Matrix {
  if (basis.rows === basis.cols) return a;
  return productTransposed(kernels, productTransposed(kernels, basis, a), basis);
}

/** For w in the ball of that radius: `F(w) - min over the ball <= <g, w> + radius ||g||`, by convexity. */
export function ballGap(gradient: Vector, w: Vector, radius: number): number {
  return Math.max(0, dot(gradient, w) + radius * norm(gradient));
}
