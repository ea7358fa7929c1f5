import type { Kernels } from "../kernels/mod.ts";
import { fold, type Key, normal } from "../random/mod.ts";
import { combine, eigen, norm, rowOf, type Vector } from "../tensor/mod.ts";
import { checkWhole } from "./_check.ts";
import { finish } from "../tensor/internal.ts";
import { type Krylov, krylov, productOf, projectionOf, removeParts, residualEstimate, unit } from "./_krylov.ts";
import type { SymmetricOperator } from "./operator.ts";

/** An eigenvalue with its unit eigenvector, and how well they fit. */
export interface EigenPair {
  /** The eigenvalue lambda. */
  readonly value: number;
  /** The unit eigenvector q [size]; its sign means nothing. */
  readonly vector: Vector;
  /** `||A q - lambda q||`, measured with one more product: some eigenvalue of A is at most this far from lambda. */
  readonly residual: number;
}

/** The eigenvalues at both ends of a spectrum. */
export interface ExtremeEigenvalues {
  /** The smallest eigenvalues, the very smallest first. */
  readonly low: readonly EigenPair[];
  /** The largest eigenvalues, the very largest first. */
  readonly high: readonly EigenPair[];
  /** Whether the estimates of all these residuals fell below the tolerance. */
  readonly converged: boolean;
  /** Products that built the basis; the measured residuals took `2 count` more. */
  readonly steps: number;
}

/** How {@linkcode extremeEigenvalues} searches. */
export interface LanczosOptions {
  /** How many eigenvalues at each end, each as often as it occurs (default 1). */
  readonly count?: number;
  /** What a residual may keep, as a share of the largest eigenvalue found, by its absolute value (default 1e-10). */
  readonly tolerance?: number;
  /** The most products to build the basis with (default 300); more than `size` are never made. */
  readonly steps?: number;
  /**
   * How many random vectors to start from (default `count`): of an eigenvalue that occurs m times, the search sees
   * `min(m, block)` copies (rounding brings in the others, but late). Fewer starts need fewer steps, and are enough where
   * no wanted eigenvalue occurs twice.
   */
  readonly block?: number;
}

/** The wanted Ritz pairs, as rows of coordinates in the basis. */
interface RitzPairs {
  readonly values: Vector;
  readonly rows: readonly Vector[];
  readonly converged: boolean;
}

/**
 * The smallest and the largest eigenvalues of a symmetric matrix that is known only by its products, with eigenvectors:
 * the Lanczos method. It builds an orthonormal basis Q of `span(S, A S, A² S, ...)` from `block` random vectors S, and
 * takes the eigenpairs `(theta, s)` of the small matrix `Q'AQ` for those of A: `(theta, Q s)`. Each vector is
 * orthogonalised twice against all before. Where the space is closed under A, a new random vector orthogonal to it goes
 * on. With `size` steps the basis is complete, and the answer exact but for rounding.
 *
 * A residual shows that A has an eigenvalue that near, not that it has none further out: a random start has a part along
 * every eigenvector with probability 1, but a part of less than rounding would go unseen. By the theorem of Cauchy the
 * smallest value is never below the smallest eigenvalue, nor the largest above the largest, but for rounding.
 * Sources: C. Lanczos, Journal of Research of the National Bureau of Standards 45 (1950); A. Ruhe, Mathematics of
 * Computation 33 (1979), for several starts; B. N. Parlett, "The Symmetric Eigenvalue Problem" (1998), chapter 13;
 * J. Kuczynski, H. Wozniakowski, SIAM Journal on Matrix Analysis and Applications 13 (1992), for the random start.
 * Cost: `steps + 2 count` products, `4 steps² size` flops and a memory of `steps + block` vectors.
 *
 * @param kernels The kernels that solve the small eigenproblem.
 * @param apply The symmetric matrix A.
 * @param size Its order.
 * @param key Where the random starts come from; same key, same bits.
 * @param options How many eigenvalues, to what tolerance, in how many steps.
 * @returns The eigenpairs at both ends, outermost first; the two lists overlap when `2 count > size`.
 * @throws {RangeError} If a product has NaN or infinite entries, or an option is out of range.
 * @throws {ShapeError} If a product has another length.
 * @example The Hessian of a network over all its parameters, at a strict saddle
 * ```ts
 * import { assert, assertAlmostEquals } from "@std/assert";
 * import { createObjective, dense, key, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const data = { x: matrix(1, 1, [1]), y: Float64Array.of(1) };
 * using objective = createObjective(kernels, network(1, dense(1, 1)), squared, data);
 * const saddle = Float64Array.of(0, -1, 0, 1);
 * const { low, high, converged } = extremeEigenvalues(kernels, (v) => objective.hvp(saddle, v), objective.size, key(1));
 * assert(converged && low[0].residual < 1e-12);
 * assertAlmostEquals(low[0].value, -Math.sqrt(3), 1e-12);
 * assertAlmostEquals(high[0].value, Math.sqrt(3), 1e-12);
 * ```
 */
export function extremeEigenvalues(
  kernels: Kernels,
  apply: SymmetricOperator,
  size: number,
  key: Key,
  options: LanczosOptions = {},
): ExtremeEigenvalues {
  return finish(findExtremeEigenvalues(kernels, apply, size, key, options));
}

/**
 * {@linkcode extremeEigenvalues} product by product, so that a caller can stop it.
 *
 * @param kernels The kernels that solve the small eigenproblem.
 * @param apply The symmetric matrix A.
 * @param size Its order.
 * @param key Where the random starts come from; same key, same bits.
 * @param options As for {@linkcode extremeEigenvalues}.
 * @returns A generator that yields the number of products so far, and returns the eigenpairs.
 * @throws {RangeError} If a product has NaN or infinite entries, or an option is out of range.
 * @throws {ShapeError} If a product has another length.
 * @example To the end
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { key, loadKernels } from "@resland/resland";
 * const diagonal = (v: Float64Array) => v.map((value, i) => (i + 1) * value);
 * const steps = findExtremeEigenvalues(await loadKernels("simd"), diagonal, 4, key(1));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertAlmostEquals(step.value.high[0].value, 4, 1e-12);
 * ```
 */
export function* findExtremeEigenvalues(
  kernels: Kernels,
  apply: SymmetricOperator,
  size: number,
  key: Key,
  options: LanczosOptions = {},
): Generator<number, ExtremeEigenvalues> {
  const task = "find extreme eigenvalues";
  checkWhole(task, "the size", size, 1);
  const { count = 1, tolerance = 1e-10, steps: most = 300, block = count } = options;
  checkWhole(task, "the count", count, 1, size);
  checkWhole(task, "the number of starts", block, 1, size);
  checkWhole(task, "the number of steps", most, Math.min(size, Math.max(count, block)));
  if (!(tolerance >= 0)) throw new RangeError(`Cannot ${task}: the tolerance must be 0 or more, got ${tolerance}`);

  const fresh = (basis: readonly Vector[]): Vector => {
    const draws = normal(fold(key, basis.length), size);
    removeParts(draws, basis);
    return unit(draws);
  };
  const starts: Vector[] = [];
  for (let i = 0; i < block; i++) starts.push(fresh(starts));
  let checked = 0;
  for (const state of krylov(apply, starts, fresh)) {
    const steps = state.columns.length;
    yield steps;
    const last = steps === Math.min(size, most);
    // Some steps apart, so that the small problems cost less than the products.
    if (!last && (steps < count || !(state.closed || steps >= checked + Math.max(4, checked / 8)))) continue;
    checked = steps;
    const { values, rows, converged } = ritzPairs(kernels, state, count, tolerance);
    if (!last && !converged) continue;
    const pairs = rows.map((row, i) => measured(apply, values[i], lifted(state.basis, row)));
    return Object.freeze({
      low: Object.freeze(pairs.slice(0, count)),
      high: Object.freeze(pairs.slice(count)),
      converged,
      steps,
    });
  }
  throw new RangeError(`Cannot ${task}: the basis ended early`);
}

/** The lowest `count` Ritz pairs, upwards, then the highest, downwards. */
function ritzPairs(kernels: Kernels, state: Krylov, count: number, tolerance: number): RitzPairs {
  const { values, vectors } = eigen(kernels, projectionOf(state));
  const order = values.length;
  const wanted = [
    ...Array.from({ length: count }, (_, i) => i),
    ...Array.from({ length: count }, (_, i) => order - 1 - i),
  ];
  const rows = wanted.map((j) => rowOf(vectors, j));
  const limit = tolerance * Math.max(Math.abs(values[0]), Math.abs(values[order - 1]));
  return {
    values: Float64Array.from(wanted, (j) => values[j]),
    rows,
    converged: rows.every((row) => residualEstimate(state, row) <= limit),
  };
}

/** `Q s`, of length 1. */
function lifted(basis: readonly Vector[], s: Vector): Vector {
  const sum = new Float64Array(basis[0].length);
  s.forEach((factor, j) => {
    const q = basis[j];
    for (let i = 0; i < sum.length; i++) sum[i] += factor * q[i];
  });
  return unit(sum);
}

function measured(apply: SymmetricOperator, value: number, vector: Vector): EigenPair {
  return Object.freeze({ value, vector, residual: norm(combine(1, productOf(apply, vector), -value, vector)) });
}
