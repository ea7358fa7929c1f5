import {
  dot,
  eigenvalues,
  lowestEigenpair,
  lowestEigenvector,
  multiply,
  norm,
  scaled,
  times,
  transpose,
  transposeTimes,
  type Vector,
} from "../tensor/mod.ts";
import { flat, unflat } from "./_head_algebra.ts";
import { type Rounding, roundingAt, solverRounding } from "./_rounding.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";
import { isReducible, type ReducedHessian, reducedHessian, reducedOrder } from "./reduced_hessian.ts";
import { leadingSingular } from "./spectral_norm.ts";

/** Bounds on the smallest eigenvalue of the Hessian over (W, V) from both sides, rounding included. */
export interface LambdaMin {
  /** The eigenvalue is at least this. */
  readonly lower: number;
  /** The eigenvalue is at most this. */
  readonly upper: number;
  /** Whether the ends come from the exact eigenvalue of the reduced matrix, so that only rounding is between them. */
  readonly exact: boolean;
  /** Where `upper < 0`: a unit direction whose curvature, summed over the rows, is at most `upper` but for rounding. */
  readonly direction: Head | null;
  /** `||A v - lambda v||` of the eigenpair that `upper` comes from. */
  readonly residual: number;
  /** How it was found: from the reduced matrix, or by Lanczos on Hessian-vector products. */
  readonly method: "reduced" | "lanczos";
}

/** A share of the eigenvalue; with rounding above it, a second bound is worth computing. */
const UNCLEAR = 1e-3;

/** The order up to which the reduced matrix is formed where nobody says otherwise. */
export const REDUCED_ORDER = 400;

/** Limits on the work of {@linkcode lambdaMin}. */
export interface LambdaMinOptions {
  /** The reduced matrix is formed up to this order (default {@linkcode REDUCED_ORDER}). */
  readonly order?: number;
  /** Most Hessian-vector products of Lanczos (default 10); 0 leaves the two explicit bounds. */
  readonly steps?: number;
}

/**
 * The smallest eigenvalue of the Hessian over (W, V) at a point, as an interval.
 *
 * Where the reduced matrix is small, its exact eigenvalue, widened by all that rounding can have done (Weyl), which grows
 * with `||V||`. Else the upper end is the curvature along a direction, measured on the rows, from Lanczos. In both cases the
 * explicit bounds of Theorem A cut: `lambda_min >= -||R||_2`, and for m < d
 * `lambda_min <= -(sqrt(b² + 4 ||R||_2²) - b) / 2` by a direction that is tried out. At predictions on a kink of the loss
 * l'' is its larger value.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param options How much work.
 * @returns The interval; -Infinity to Infinity where the point is not finite.
 * @example Example 1 of the paper: a saddle with lambda_min = -1
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const { lower, upper } = lambdaMin(objective, objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) }));
 * assert(lower <= -1 && upper >= -1 && upper - lower < 1e-12);
 * ```
 */
export function lambdaMin(
  objective: HeadObjective,
  evaluation: Evaluation,
  options: LambdaMinOptions = {},
): LambdaMin {
  const { order = REDUCED_ORDER } = options;
  if (!Number.isFinite(evaluation.value + evaluation.gradientNorm)) return unknown("lanczos");
  if (isReducible(objective, evaluation, order)) {
    const reduced = reducedHessian(objective, evaluation);
    if (reduced.matrix.data.every(Number.isFinite)) return lambdaMinOf(objective, evaluation, reduced);
  }
  return lambdaMinByLanczos(objective, evaluation, options.steps ?? 10);
}

/**
 * {@linkcode lambdaMin} where the reduced matrix is there already, and perhaps its smallest eigenpair.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param reduced The reduced matrix, of finite numbers.
 * @param lowest Its smallest eigenvalue and the eigenvector, where they are known.
 * @returns The interval.
 * @example The same as from the start
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective, reducedHessian } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) });
 * assertEquals(lambdaMinOf(objective, at, reducedHessian(objective, at)).lower, lambdaMin(objective, at).lower);
 * ```
 */
export function lambdaMinOf(
  objective: HeadObjective,
  evaluation: Evaluation,
  reduced: ReducedHessian,
  lowest?: { readonly value: number; readonly vector: Vector },
): LambdaMin {
  const { kernels } = objective;
  const rounding = roundingAt(objective, evaluation);
  const { value, vector } = lowest ?? lowestPair(objective, reduced);
  const spread = finite(rounding.hessian + solverRounding(reduced.matrix));
  const found = vector && reduced.direction(vector);
  // Rounding of the matrix does not affect the explicit direction, which is worth computing where the matrix gives a wide interval.
  const unclear = spread > UNCLEAR * Math.abs(value);
  const negative = value < 0 ? [found, unclear ? explicitDirection(objective, evaluation) : null] : [];
  const witness = bestWitness(objective, evaluation, rounding, negative);
  const { value: normR } = leadingSingular(kernels, evaluation.R);
  const ceiling = reduced.zeros > 0 ? 0 : Infinity;
  const residual = vector === null
    ? Infinity
    : norm(times(reduced.matrix, vector).map((entry, i) => entry - value * vector[i]));
  return interval({
    lower: Math.max(value - spread, -normR - finite(rounding.sums)),
    upper: Math.min(value + spread, ceiling, witness?.bound ?? Infinity),
    exact: true,
    direction: witness?.direction ?? null,
    residual,
    method: "reduced",
  });
}

function lowestPair({ kernels }: HeadObjective, { matrix }: ReducedHessian) {
  const [value] = eigenvalues(kernels, matrix);
  try {
    return { value, vector: value < 0 ? lowestEigenvector(kernels, matrix, value) : null };
  } catch (error) {
    // Inverse iteration found no shift: the eigenvalue is known, its direction is not.
    if (error instanceof RangeError) return { value, vector: null };
    throw error;
  }
}

function lambdaMinByLanczos(objective: HeadObjective, evaluation: Evaluation, steps: number): LambdaMin {
  const { kernels, outputs: m, d, k } = objective;
  const rounding = roundingAt(objective, evaluation);
  const { value: normR } = leadingSingular(kernels, evaluation.R);
  const lower = -normR - finite(rounding.sums);
  // For m < d the directions (0, a c') have no curvature; elsewhere there are others, as long as the reduced order is smaller.
  const ceiling = m < d || reducedOrder(objective, evaluation) < m * d + d * k ? 0 : Infinity;
  const explicit = explicitDirection(objective, evaluation);
  const tried: (Head | null)[] = [explicit];
  let residual = Infinity;
  // Where R is no more than rounding the two ends meet already.
  if (steps > 0 && normR > finite(rounding.sums)) {
    const found = lowestEigenpair(kernels, flatOperator(objective, evaluation), flat(explicit ?? start(objective)), {
      steps,
    });
    if (found) {
      residual = found.residual;
      tried.push(unflat(objective, found.vector));
    }
  }
  const witness = bestWitness(objective, evaluation, rounding, tried);
  return interval({
    lower,
    upper: Math.min(ceiling, witness?.bound ?? Infinity),
    exact: false,
    direction: witness?.direction ?? null,
    residual,
    method: "lanczos",
  });
}

/** Keeps `lower <= upper`, and a direction only where it proves negative curvature. */
function interval(found: LambdaMin): LambdaMin {
  if (Number.isNaN(found.lower) || Number.isNaN(found.upper)) return unknown(found.method);
  const lower = Math.min(found.lower, found.upper);
  return Object.freeze({ ...found, lower, direction: found.upper < 0 ? found.direction : null });
}

const unknown = (method: LambdaMin["method"]): LambdaMin =>
  Object.freeze({ lower: -Infinity, upper: Infinity, exact: false, direction: null, residual: Infinity, method });

/** An unknown bound is infinite. */
const finite = (rounding: number): number => Number.isNaN(rounding) ? Infinity : rounding;

/** The direction of least curvature among those tried, and the bound that it proves. */
function bestWitness(
  objective: HeadObjective,
  evaluation: Evaluation,
  rounding: Rounding,
  tried: readonly (Head | null)[],
): { readonly direction: Head; readonly bound: number } | null {
  let best: { readonly direction: Head; readonly bound: number } | null = null;
  const directions = tried.filter((direction) => direction !== null);
  const curvatures = directions.length > 0 ? objective.curvaturesAlong(evaluation, directions) : [];
  for (const [j, direction] of directions.entries()) {
    const curvature = curvatures[j];
    const bound = curvature + finite(rounding.along(direction, curvature));
    if (bound < (best?.bound ?? Infinity)) best = { direction, bound };
  }
  return best;
}

/**
 * Theorem A's descent direction, `(u a', -t a (R'u)' / ||R'u||)` as a unit direction, u the leading left singular vector of R, t the best:
 * its curvature is `(b - sqrt(b² + 4 ||R||²)) / 2` with `b = u'E[(a'z)² l'']u`. Null where R = 0 or no a has `W a = 0`.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @returns The direction.
 * @example Negative curvature wherever R is not 0
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(1, 2, [1, 2]), f: matrix(1, 1, [1]), y: Float64Array.of(1), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const at = objective.at({ W: matrix(1, 2, [1, 1]), V: matrix(2, 1, [0, 0]) });
 * assert(objective.curvatureAlong(at, explicitDirection(objective, at)!) < 0);
 * ```
 */
export function explicitDirection(objective: HeadObjective, evaluation: Evaluation): Head | null {
  const { kernels, outputs: m, d, k } = objective;
  const { R } = evaluation;
  const { value, left } = leadingSingular(kernels, R);
  if (!(value > 0) || k === 0) return null;
  const found = objective.nullCurvature(evaluation);
  if (found === null) return null;
  const { a, bend } = found;
  const pull = transposeTimes(R, left);
  const r = norm(pull);
  const b = dot(left, times(bend, left));
  // The eigenvector of [b -r; -r 0] for its negative eigenvalue.
  const root = Math.hypot(b, 2 * r);
  const lowest = b > 0 ? -2 * r * (r / (b + root)) : (b - root) / 2;
  const length = Math.hypot(lowest, r);
  const [inW, inV] = [-lowest / length, r / length];
  const W = multiply({ rows: m, cols: 1, data: scaled(inW, left) }, { rows: 1, cols: d, data: a });
  const V = multiply({ rows: d, cols: 1, data: scaled(-inV, a) }, { rows: 1, cols: k, data: scaled(1 / r, pull) });
  return { W, V };
}

function flatOperator(objective: HeadObjective, evaluation: Evaluation): (x: Vector) => Vector {
  const product = objective.hvp(evaluation);
  return (x) => flat(product(unflat(objective, x)));
}

/** A start vector without preferred coordinates, unlikely to be orthogonal to an eigenvector. */
function start({ outputs: m, d, k }: HeadObjective): Head {
  const weyl = (i: number) => 1 + (i * 0.6180339887498949) % 1;
  return {
    W: { rows: m, cols: d, data: Float64Array.from({ length: m * d }, (_, i) => weyl(i)) },
    V: transpose({ rows: k, cols: d, data: Float64Array.from({ length: d * k }, (_, i) => weyl(m * d + i)) }),
  };
}
