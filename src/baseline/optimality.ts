import type { LinearObjective, LinearSums } from "../objective/mod.ts";
import { dot, eigen, eigenvalues, type Matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";

/** Coordinates on the row space of the inputs: the weights that predictions can feel. */
export interface RowSpace {
  /** An orthonormal basis, as rows [rank, d]; the identity when the rank is d. */
  readonly basis: Matrix;
}

/** The row space of the inputs, from the eigenvectors of `X'X / n` above `n d` units of the largest. */
export function rowSpace(objective: LinearObjective): RowSpace {
  const { rows, cols } = objective.examples.x;
  const gram = objective.gram(new Float64Array(rows).fill(1 / rows));
  const { values, vectors } = eigen(objective.kernels, gram);
  const floor = Math.max(rows, cols) * Number.EPSILON * values[cols - 1];
  const first = values.findIndex((value) => value > floor);
  const start = first < 0 ? cols : first;
  if (start === 0) return { basis: identity(cols) };
  return { basis: Object.freeze({ rows: cols - start, cols, data: vectors.data.slice(start * cols) }) };
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
  const { examples: { x, y }, loss, kernels } = objective;
  const size = norm(sums.gradient);
  if (!Number.isFinite(size)) return { attained: false, gapBound: null };
  if (size === 0 || basis.rows === 0) return { attained: true, gapBound: 0 };
  const least = (weights: Vector) => eigenvalues(kernels, restrict(objective.gram(weights), basis))[0];
  const mu = least(objective.curvatures(sums.predictions));
  if (!(mu > 0)) return { attained: false, gapBound: null };
  const rho = 4 * size / mu;
  const floors = sums.predictions.map((p, i) => {
    const reach = rho * norm(x.data.subarray(i * x.cols, (i + 1) * x.cols));
    return loss.curvatureFloor(p, y[i], reach) / x.rows;
  });
  const floor = least(floors);
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

/** `Q A Q'` for the rows Q of the basis of {@linkcode rowSpace}, which is the identity when the rank is full. */
export function restrict(a: Matrix, basis: Matrix): Matrix {
  if (basis.rows === basis.cols) return a;
  return multiply(multiply(basis, a), transpose(basis));
}

/** For w in the ball of that radius: `F(w) - min over the ball <= <g, w> + radius ||g||`, by convexity. */
export function ballGap(gradient: Vector, w: Vector, radius: number): number {
  return Math.max(0, dot(gradient, w) + radius * norm(gradient));
}
