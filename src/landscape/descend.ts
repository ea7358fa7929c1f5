import { type Matrix, norm, transposeTimes, type Vector } from "../tensor/mod.ts";
import type { HeadPoint, PartialProblem, PointSums } from "./partial_problem.ts";
import { directionOf, slopeCoordinates } from "./small_hessian.ts";
import { type HeadSpectrum, headSpectrum } from "./spectrum.ts";
import { trustRegionStep } from "../optim/mod.ts";

/** Where a descent over (w, V) stands; a step makes the next state. */
export interface DescentState {
  /** The sums at the point. */
  readonly point: PointSums;
  /** The spectrum there. */
  readonly spectrum: HeadSpectrum;
  /** Radius of the region in which the quadratic model is trusted. */
  readonly radius: number;
  /** Steps taken or tried so far. */
  readonly iterations: number;
  /** Whether the point meets both tolerances. */
  readonly converged: boolean;
  /** Whether rounding leaves nothing to gain, so that further steps are in vain. */
  readonly stalled: boolean;
}

/** When to be content. */
export interface DescentOptions {
  /** `||grad F_theta||` at most this (default 1e-10). */
  readonly gradient?: number;
  /** `lambda_min` at least minus this (default 1e-8). */
  readonly curvature?: number;
  /** Most steps of {@linkcode descend} (default 300). */
  readonly iterations?: number;
}

/** Where values are noise, shorter steps may still lower the gradient; below this share of the noise none is tried. */
const HOPELESS = 1e-6;

/**
 * The first state of a descent from a point. Cost: the sums at the point and the spectrum there.
 *
 * @param problem F_theta.
 * @param at Where to start.
 * @param options The tolerances that `converged` is judged by.
 * @returns The state, for {@linkcode descentStep} to go on from.
 * @throws {ShapeError} If the point does not fit the problem.
 * @throws {RangeError} If the sums at the point have NaN or infinite entries.
 * @example Not converged at a point with a slope
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const state = startDescent(problem, { w: Float64Array.of(1), V: matrix(1, 1, [0]) });
 * assertEquals([state.converged, state.iterations], [false, 0]);
 * ```
 */
export function startDescent(problem: PartialProblem, at: HeadPoint, options: DescentOptions = {}): DescentState {
  const point = problem.at(at);
  const radius = Math.max(1, Math.hypot(norm(at.w), norm(at.V.data)));
  return stateAt(problem, point, { radius, iterations: 0, stalled: false }, options);
}

/**
 * One trust-region Newton step over (w, V), theta fixed, in the 2d + k - 1 dimensions in which the Hessian acts: the
 * quadratic model is minimised exactly in its ball, negative curvature included, so saddles are left. The step is tried as a
 * straight line and along a curve that keeps V'w on the model's course; the better end counts. F never rises but by rounding.
 * Cost: the sums at two points, and one spectrum with its eigenvectors where the step is taken.
 *
 * @param problem F_theta.
 * @param state The state to go on from.
 * @param options The tolerances that `converged` is judged by.
 * @returns The next state: at a better point, or at the same one with a smaller radius.
 * @example One step down
 * ```ts
 * import { assert } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const state = startDescent(problem, { w: Float64Array.of(1), V: matrix(1, 1, [0]) });
 * const next = descentStep(problem, state);
 * assert(next.point.value <= state.point.value && next.iterations === 1);
 * ```
 */
export function descentStep(problem: PartialProblem, state: DescentState, options: DescentOptions = {}): DescentState {
  const { point, spectrum, radius, iterations } = state;
  const { step, decrease } = trustRegionStep(spectrum.values, spectrum.vectors!, slopeCoordinates(point), radius);
  const { u, D } = directionOf(spectrum.small, step);
  const length = norm(step);
  // Below this, values cannot tell better from worse; the gradient still can.
  const noise = 128 * Number.EPSILON * Math.abs(point.value) + Number.MIN_VALUE;
  const measure = (at: PointSums) => decrease > noise ? at.value : at.gradientNorm;
  const [line, curve] = [problem.at(straight(point, u, D)), problem.at(bent(point, u, D))];
  const next = measure(curve) < measure(line) ? curve : line;
  const gained = point.value - next.value;
  const better = Number.isFinite(next.value) && Number.isFinite(next.gradientNorm) &&
    (decrease > noise ? gained > 0.01 * decrease : gained > -noise && next.gradientNorm < point.gradientNorm);
  if (!better) {
    const stalled = decrease <= HOPELESS * noise || length <= 1e-14 * (1 + norm(point.w) + norm(point.V.data));
    return { ...state, radius: Math.min(radius, length) / 4, iterations: iterations + 1, stalled };
  }
  const wider = gained > 0.7 * decrease && length > 0.9 * radius
    ? 2.5 * radius
    : gained < 0.25 * decrease && decrease > noise
    ? radius / 2
    : radius;
  return stateAt(problem, next, { radius: wider, iterations: iterations + 1, stalled: false }, options);
}

/**
 * Brings (w, V) to an epsilon-SOPSP with theta fixed: {@linkcode descentStep} until both tolerances are met.
 *
 * @param problem F_theta.
 * @param at Where to start.
 * @param options Tolerances and the most steps.
 * @returns The last state; `converged` tells whether the tolerances were met.
 * @example To the bottom, where p = -x + f fits every row
 * ```ts
 * import { assert } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const { point, converged } = descend(problem, { w: Float64Array.of(1), V: matrix(1, 1, [0]) });
 * assert(converged && point.value < 1e-15);
 * ```
 */
export function descend(problem: PartialProblem, at: HeadPoint, options: DescentOptions = {}): DescentState {
  const { iterations: most = 300 } = options;
  let state = startDescent(problem, at, options);
  while (!state.converged && !state.stalled && state.iterations < most) state = descentStep(problem, state, options);
  return state;
}

function stateAt(
  problem: PartialProblem,
  point: PointSums,
  rest: Pick<DescentState, "radius" | "iterations" | "stalled">,
  options: DescentOptions,
): DescentState {
  const { gradient = 1e-10, curvature = 1e-8 } = options;
  const spectrum = headSpectrum(problem, point, { vectors: true });
  const converged = point.gradientNorm <= gradient && spectrum.lambdaMin >= -curvature;
  return { point, spectrum, converged, ...rest };
}

/** `(w + u, V + D)`. */
function straight({ w, V }: PointSums, u: Vector, D: Matrix): HeadPoint {
  return {
    w: w.map((value, i) => value + u[i]),
    V: Object.freeze({ ...V, data: V.data.map((value, i) => value + D.data[i]) }),
  };
}

/**
 * The same step along a curve: predictions are `w'x + (V'w)'f`, and a straight step moves V'w by `V'u + D'w + D'u`. The least
 * change of V takes the last term away, which is what a step along a curved valley wants; the straight one suits saddles.
 */
function bent(point: PointSums, u: Vector, D: Matrix): HeadPoint {
  const { w, V } = straight(point, u, D);
  const square = norm(w) ** 2;
  if (square === 0) return { w, V };
  const excess = transposeTimes(D, u);
  const data = V.data.map((value, i) => value - w[Math.floor(i / V.cols)] * excess[i % V.cols] / square);
  return { w, V: Object.freeze({ ...V, data }) };
}
