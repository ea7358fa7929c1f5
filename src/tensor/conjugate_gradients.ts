import { dot, norm } from "./algebra.ts";
import type { Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/** Options of {@linkcode conjugateGradients}. */
export interface ConjugateGradientsOptions {
  /** `M^-1 r` for a positive definite M near A (default: r itself). */
  readonly preconditioner?: (residual: Vector) => Vector;
  /** The residual to reach, as a share of `||b||` (default 1e-10). */
  readonly tolerance?: number;
  /** The most products with A (default twice the order). */
  readonly steps?: number;
  /** Curvature `p'Ap / p'p` at or below which a direction counts as flat (default 0). */
  readonly flat?: number;
}

/** The end of {@linkcode conjugateGradients}. */
export interface ConjugateGradients {
  /** The best x so far [size]; where a direction is flat, x before that step. */
  readonly x: Vector;
  /** `||b - A x||`, carried along by the recurrence. */
  readonly residual: number;
  /** Products with A. */
  readonly iterations: number;
  /** Whether the residual came below the tolerance. */
  readonly converged: boolean;
  /** The smallest `p'Ap / p'p` of all directions p: NaN where a product has NaN or infinite entries, Infinity before any. */
  readonly curvature: number;
  /** The direction that ended the search since it is flat, or its product is not finite; null where none did. */
  readonly flat: Vector | null;
}

/**
 * Solves `A x = b` for a symmetric positive semidefinite A that is known only by its products: conjugate gradients from
 * `x = 0`. Where A is singular and b in its range, x is the shortest solution (without a preconditioner).
 * Source: M. R. Hestenes, E. Stiefel, Journal of Research of the National Bureau of Standards 49 (1952).
 * Cost: one product and about `10 size` flops a step.
 *
 * @param apply The product with A.
 * @param b The right side [size].
 * @param options When to stop, and what to precondition with.
 * @returns A generator that yields the residual after each product, so that a caller can stop; returns the solution, how good it is, and
 * the smallest curvature that was met.
 * @throws {ShapeError} If a product has another length.
 * @throws {RangeError} If `b` has NaN or infinite entries, or an option is out of range.
 * @example Two steps for two eigenvalues
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { matrix, times } from "@resland/resland/tensor";
 * const a = matrix(2, 2, [2, 0, 0, 5]);
 * const steps = conjugateGradients((v) => times(a, v), Float64Array.of(2, 10));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * const { x, converged, iterations } = step.value;
 * assertEquals([converged, iterations], [true, 2]);
 * assertAlmostEquals(x[1], 2, 1e-14);
 * ```
 */
export function* conjugateGradients(
  apply: (v: Vector) => Vector,
  b: Vector,
  options: ConjugateGradientsOptions = {},
): Generator<number, ConjugateGradients> {
  const { preconditioner = (r: Vector) => r, tolerance = 1e-10, steps = 2 * b.length } = options;
  if (!(tolerance >= 0)) {
    throw new RangeError(`Cannot solve by conjugate gradients: the tolerance must be 0 or more, got ${tolerance}`);
  }
  if (!(steps >= 0)) {
    throw new RangeError(`Cannot solve by conjugate gradients: the number of steps must be 0 or more, got ${steps}`);
  }
  const x = new Float64Array(b.length);
  const r = b.slice();
  let residual = norm(checked(r, b.length));
  const enough = tolerance * residual;
  let curvature = Infinity;
  let iterations = 0;
  let z = checked(preconditioner(r), b.length);
  let weight = dot(r, z);
  const p = z.slice();
  let flat: Vector | null = null;
  while (residual > enough && iterations < steps) {
    const product = sized(apply(p), b.length);
    iterations++;
    yield residual;
    const bend = dot(p, product);
    const size = norm(p);
    curvature = Math.min(curvature, bend / size / size);
    if (!(bend > (options.flat ?? 0) * size * size && weight > 0)) {
      flat = p;
      break;
    }
    const step = weight / bend;
    for (let i = 0; i < x.length; i++) {
      x[i] += step * p[i];
      r[i] -= step * product[i];
    }
    residual = norm(r);
    z = sized(preconditioner(r), b.length);
    const next = dot(r, z);
    for (let i = 0; i < p.length; i++) p[i] = z[i] + next / weight * p[i];
    weight = next;
  }
  return Object.freeze({ x, residual, iterations, converged: residual <= enough, curvature, flat });
}

function sized(v: Vector, length: number): Vector {
  if (v.length !== length) throw new ShapeError("solve by conjugate gradients", `[${length}]`, `[${v.length}]`);
  return v;
}

function checked(v: Vector, length: number): Vector {
  if (!sized(v, length).every(Number.isFinite)) {
    throw new RangeError("Cannot solve by conjugate gradients: a vector has NaN or infinite entries");
  }
  return v;
}
