import { eigen, type Matrix, multiply, norm, trustRegionStep, type Vector } from "../tensor/mod.ts";
import { flat, headNorm, moved, plusTimes, scaledHead, slopeAlong, unflat } from "./_head_algebra.ts";
import { headNormAt, squaresForNorms } from "./_head_norm.ts";
import { trustRegionCg } from "./_trust_region_cg.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";
import { type LambdaMin, lambdaMin, lambdaMinOf } from "./lambda_min.ts";
import { isReducible, type ReducedHessian, reducedHessian } from "./reduced_hessian.ts";
import { solveAcross } from "./settle.ts";

/** The state of a descent over (W, V). */
export interface DescentState {
  /** The sums at the point. */
  readonly point: Evaluation;
  /** The smallest eigenvalue there. */
  readonly lambda: LambdaMin;
  /** The reduced matrix with its eigenpairs; null where its order is too large, so that steps are matrix-free. */
  readonly model: DescentModel | null;
  /** `E[[x f] [x f]']`, of which matrix-free steps make the norm of their region; null where their norm is the Euclidean one. */
  readonly squares: Matrix | null;
  /** Products of the Hessian with directions that a step from this point has made: one in a smaller region starts with them. */
  readonly products: readonly Vector[];
  /** Radius of the region in which the quadratic model is trusted. */
  readonly radius: number;
  /** Steps taken or tried so far. */
  readonly iterations: number;
  /** Whether the point meets both tolerances. */
  readonly converged: boolean;
  /** Whether rounding leaves nothing to gain, so that further steps cannot help. */
  readonly stalled: boolean;
  /** Whether the maximum number of steps was reached without either of the above. */
  readonly outOfSteps: boolean;
}

/** The quadratic model in the dimensions in which the Hessian acts. */
export interface DescentModel {
  /** The reduced matrix. */
  readonly reduced: ReducedHessian;
  /** Its eigenvalues, ascending. */
  readonly values: Vector;
  /** Its eigenvectors, as rows. */
  readonly vectors: Matrix;
}

/** Tolerances and limits of a descent. */
export interface DescentOptions {
  /** `||grad F_theta||` at most this (default 1e-10). */
  readonly gradient?: number;
  /** `lambda_min` at least minus this (default 1e-8). */
  readonly curvature?: number;
  /** Most steps of {@linkcode descend} (default 300). */
  readonly iterations?: number;
  /** Up to this order of the reduced matrix steps are exact (default 400). */
  readonly order?: number;
}

/** Where values are noise, shorter steps may still lower the gradient; below this share of the noise none is tried. */
const HOPELESS = 1e-6;

/** Hessian-vector products of a matrix-free step, at most. */
const MOST_PRODUCTS = 200;

/**
 * The first state of a descent from a point. Cost: the sums at the point and the eigenpairs there.
 *
 * @param objective F_theta.
 * @param at Where to start.
 * @param options The tolerances that `converged` is judged by.
 * @returns The state, for {@linkcode descentStep} to continue from.
 * @throws {ShapeError} If the point does not fit the objective.
 * @example Not converged at a point with a slope
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const state = startDescent(objective, { W: matrix(1, 1, [1]), V: matrix(1, 1, [0]) });
 * assertEquals([state.converged, state.iterations], [false, 0]);
 * ```
 */
export function startDescent(objective: HeadObjective, at: Head, options: DescentOptions = {}): DescentState {
  const point = objective.at(at);
  const rest = { radius: Math.max(1, headNorm(at)), iterations: 0, stalled: false };
  const state = stateAt(objective, point, { ...rest, squares: null }, options);
  const squares = state.model === null ? squaresForNorms(objective) : null;
  // In a norm that is about the Hessian's own, a step of length r changes the loss by about r² / 2.
  return squares === null ? state : Object.freeze({ ...state, squares, radius: Math.sqrt(2 * Math.abs(point.value)) });
}

/**
 * One trust-region Newton step over (W, V), theta fixed. Up to a moderate order the quadratic model is minimised exactly in
 * its ball, in the dimensions in which the Hessian acts; above, by conjugate gradients on Hessian-vector products, and
 * along the direction of negative curvature where the gradient is spent. So the descent leaves saddles. The step is tried as a straight
 * line and along a curve that keeps W V on the model's course; the better end counts. F never rises but by rounding.
 * Cost: the sums at two points, and one set of eigenpairs where the step is taken.
 *
 * @param objective F_theta.
 * @param state The state to continue from.
 * @param options The tolerances that `converged` is judged by.
 * @returns The next state: at a better point, or at the same one with a smaller radius.
 * @example One step down
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const state = startDescent(objective, { W: matrix(1, 1, [1]), V: matrix(1, 1, [0]) });
 * const next = descentStep(objective, state);
 * assert(next.point.value <= state.point.value && next.iterations === 1);
 * ```
 */
export function descentStep(
  objective: HeadObjective,
  state: DescentState,
  options: DescentOptions = {},
): DescentState {
  const parts = descentStepInParts(objective, state, options);
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/**
 * {@linkcode descentStep} part by part, so that a caller can stop it: for many classes a step is hundreds of products with the data.
 *
 * @param objective F_theta.
 * @param state The state to continue from.
 * @param options The tolerances that `converged` is judged by.
 * @returns A generator that yields after each product of a matrix-free step and each sum at a point, and returns the next state.
 * @example To its end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const state = startDescent(objective, { W: matrix(1, 1, [1]), V: matrix(1, 1, [0]) });
 * const parts = descentStepInParts(objective, state);
 * let part = parts.next();
 * while (!part.done) part = parts.next();
 * assertEquals(part.value.point.value, descentStep(objective, state).point.value);
 * ```
 */
export function* descentStepInParts(
  objective: HeadObjective,
  state: DescentState,
  options: DescentOptions = {},
): Generator<number, DescentState> {
  const { point, radius } = state;
  const iterations = state.iterations + 1;
  const { direction, decrease, length, products } = yield* modelStep(objective, state, options);
  // Below this, differences of values are rounding; the gradient is still meaningful.
  const noise = 128 * Number.EPSILON * Math.abs(point.value) + Number.MIN_VALUE;
  const measure = (at: Evaluation) => decrease > noise ? at.value : at.gradientNorm;
  const line = objective.at(moved(point, direction));
  yield iterations;
  const end = bent(line, direction);
  const curve = end && objective.at(end);
  yield iterations;
  const next = curve !== null && measure(curve) < measure(line) ? curve : line;
  const gained = point.value - next.value;
  if (curve !== null) objective.leave(next === curve ? line : curve);
  const better = Number.isFinite(next.value) && Number.isFinite(next.gradientNorm) &&
    (decrease > noise ? gained > 0.01 * decrease : gained > -noise && next.gradientNorm < point.gradientNorm);
  if (!better) {
    objective.leave(next);
    const stalled = decrease <= HOPELESS * noise || headNorm(direction) <= 1e-14 * (1 + headNorm(point));
    return Object.freeze({ ...state, products, radius: Math.min(radius, length) / 4, iterations, stalled });
  }
  const wider = gained > 0.7 * decrease && length > 0.9 * radius
    ? 2.5 * radius
    : gained < 0.25 * decrease && decrease > noise
    ? radius / 2
    : radius;
  return stateAt(objective, next, { squares: state.squares, radius: wider, iterations, stalled: false }, options);
}

/**
 * Brings (W, V) to an epsilon-SOPSP with theta fixed: {@linkcode descentStep} until both tolerances are met. For m < d it ends
 * at min H. For m = d the matrices W with det W = 0 part the space, and where the optimum is on the other side a descent can
 * run towards ||V|| = infinity, as Example 1 warns for m = d = 1; then it does not converge, or only to an epsilon.
 *
 * @param objective F_theta.
 * @param at Where to start.
 * @param options Tolerances and the most steps.
 * @returns The last state; `converged`, `stalled` or `outOfSteps` tells why it is the last.
 * @example To the bottom, where p = -x + f fits every row
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const { point, converged } = descend(objective, { W: matrix(1, 1, [1]), V: matrix(1, 1, [0]) });
 * assert(converged && point.value < 1e-15);
 * ```
 */
export function descend(objective: HeadObjective, at: Head, options: DescentOptions = {}): DescentState {
  const { iterations: most = 300 } = options;
  let state = startDescent(objective, at, options);
  while (!state.converged && !state.stalled && state.iterations < most) state = descentStep(objective, state, options);
  return Object.freeze({ ...state, outOfSteps: !state.converged && !state.stalled });
}

function stateAt(
  objective: HeadObjective,
  point: Evaluation,
  rest: Pick<DescentState, "radius" | "iterations" | "stalled" | "squares">,
  options: DescentOptions,
): DescentState {
  const { gradient = 1e-10, curvature = 1e-8, order = 400 } = options;
  const finite = Number.isFinite(point.value + point.gradientNorm);
  const model = finite && isReducible(objective, point, order) ? modelAt(objective, point) : null;
  const small = point.gradientNorm <= gradient;
  const lambda = model
    ? lambdaMinOf(objective, point, model.reduced, { value: model.values[0], vector: lowest(model) })
    // Without the matrix, negative curvature is searched for where the gradient is small.
    : lambdaMin(objective, point, { order: 0, steps: small ? 60 : 0 });
  const converged = small && lambda.lower >= -curvature;
  return Object.freeze({ point, lambda, model, converged, outOfSteps: false, products: [], ...rest });
}

function modelAt(objective: HeadObjective, point: Evaluation): DescentModel | null {
  const reduced = reducedHessian(objective, point);
  return reduced.matrix.data.every(Number.isFinite) ? { reduced, ...eigen(objective.kernels, reduced.matrix) } : null;
}

const lowest = ({ vectors }: DescentModel): Vector => vectors.data.slice(0, vectors.cols);

/** The step of a quadratic model. */
interface ModelStep {
  readonly direction: Head;
  /** The decrease that it predicts. */
  readonly decrease: number;
  /** Its length in the norm of the region. */
  readonly length: number;
  /** Products of the Hessian that were made for it, or before. */
  readonly products: readonly Vector[];
}

/** The step of the quadratic model. */
function* modelStep(
  objective: HeadObjective,
  { point, lambda, model, radius, squares, products }: DescentState,
  { gradient = 1e-10 }: DescentOptions,
): Generator<number, ModelStep> {
  const slope: Head = { W: point.gradientW, V: point.gradientV };
  if (model) {
    const { reduced, values, vectors } = model;
    const { step, decrease } = trustRegionStep(values, vectors, reduced.coordinates(slope), radius);
    const direction = reduced.direction(step);
    return { direction, decrease, length: headNorm(direction), products };
  }
  if (point.gradientNorm <= gradient && lambda.direction) {
    const sign = slopeAlong(point, lambda.direction) > 0 ? -1 : 1;
    const direction = scaledHead(lambda.direction, sign * radius);
    return {
      direction,
      decrease: -slopeAlong(point, direction) - lambda.upper * radius * radius / 2,
      length: radius,
      products,
    };
  }
  const product = objective.hvp(point);
  const apply = (x: Vector) => flat(product(unflat(objective, x)));
  const solve = squares && headNormAt(objective, squares, point).solve;
  const { step, ...rest } = yield* trustRegionCg(apply, flat(slope), { radius, most: MOST_PRODUCTS, solve, products });
  return { ...rest, direction: unflat(objective, step) };
}

/** The straight step along a curve: the least change of V removes `dW dV` from W V, which the model does not contain. Null where W is rank-deficient. */
function bent({ W, V }: Head, direction: Head): Head | null {
  const excess = solveAcross(W, multiply(direction.W, direction.V));
  return excess && norm(excess.data) < Infinity ? { W, V: plusTimes(V, -1, excess) } : null;
}
