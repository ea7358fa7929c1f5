import { dot, type Matrix, norm, times, transposeTimes, type Vector } from "../tensor/mod.ts";
import type { Comparator } from "./comparator.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";
import type { HeadSpectrum } from "./spectrum.ts";

/** A direction in (w, V). */
export interface HeadDirection {
  /** The part in w [d]. */
  readonly u: Vector;
  /** The part in V [d, k]. */
  readonly D: Matrix;
}

/** A way down from a point, tried out. */
export interface Escape extends HeadDirection {
  /** `first`: along the gradient inequality of Theorem 1; `second`: along negative curvature. */
  readonly order: "first" | "second";
  /** The derivative of F_theta along the direction. */
  readonly slope: number;
  /** Its second derivative. */
  readonly curvature: number;
  /** How far along the direction the search went. */
  readonly step: number;
  /** The point reached. */
  readonly reached: PointSums;
  /** `F(before) - F(after)`, above 0. */
  readonly drop: number;
}

/**
 * The first-order escape direction of Theorem 1's proof: minus `G = (w - w*, w w*'V / ||w||²)`. F_theta falls along it at a
 * rate of at least `F - F_lin(w*)`, since `<grad F_theta, G> = E[l'(p) (p - w*'x)]` and the loss is convex.
 *
 * @param point The sums at (w, V).
 * @param weights `w*` [d].
 * @returns The direction; null when w = 0.
 * @example From w = 1 towards w* = 3
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createPartialProblem } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(3), loss: squared });
 * const point = problem.at({ w: Float64Array.of(1), V: matrix(1, 1, [2]) });
 * assertEquals(towardsLinear(point, Float64Array.of(3))?.u, Float64Array.of(2));
 * ```
 */
export function towardsLinear(point: PointSums, weights: Vector): HeadDirection | null {
  const { w, V } = point;
  const length = norm(w);
  if (length === 0) return null;
  const across = transposeTimes(V, weights);
  const D = new Float64Array(V.rows * V.cols);
  for (let i = 0; i < V.rows; i++) {
    for (let j = 0; j < V.cols; j++) D[i * V.cols + j] = -(w[i] / length) * (across[j] / length);
  }
  return { u: weights.map((value, i) => value - w[i]), D: Object.freeze({ rows: V.rows, cols: V.cols, data: D }) };
}

/**
 * The way down from a point: along {@linkcode towardsLinear} when the point lies above the linear predictor (at w = 0, where it is
 * none, along minus the gradient), along the spectrum's witness of negative curvature when there is one; the lower end of the two
 * line searches wins.
 *
 * @param problem F_theta.
 * @param point The sums at (w, V).
 * @param spectrum The spectrum there.
 * @param comparator The linear predictor w*.
 * @returns The escape; null when neither direction leads down, as at a stationary point that is no worse than linear.
 * @example Down from a point above the linear predictor w* = -1
 * ```ts
 * import { assert } from "@std/assert";
 * import { createPartialProblem, headSpectrum, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const point = problem.at({ w: Float64Array.of(1), V: matrix(1, 1, [0.5]) });
 * const linear = { weights: Float64Array.of(-1), value: 1 / 3 };
 * const found = escape(problem, point, headSpectrum(problem, point), linear);
 * assert(found !== null && found.reached.value < point.value);
 * ```
 */
export function escape(
  problem: PartialProblem,
  point: PointSums,
  spectrum: HeadSpectrum,
  comparator: Comparator,
): Escape | null {
  const first = point.value > comparator.value
    ? towardsLinear(point, comparator.weights) ?? (point.gradientNorm > 0 ? againstGradient(point) : null)
    : null;
  const tried = [
    first && search(problem, point, first, "first"),
    spectrum.witness && search(problem, point, spectrum.witness, "second"),
  ];
  return tried.reduce((best, next) => next && (!best || next.reached.value < best.reached.value) ? next : best, null) ??
    null;
}

/** Minus the gradient over (w, V): `-(s + V r, w r')`. */
function againstGradient({ w, V, r, gradientW }: PointSums): HeadDirection {
  const D = Float64Array.from(V.data, (_, at) => -w[Math.floor(at / V.cols)] * r[at % V.cols]);
  return { u: gradientW.map((value) => -value), D: Object.freeze({ ...V, data: D }) };
}

/** Doublings and halvings of the step before a line search gives up. */
const MOST_TRIES = 100;

/** Goes downhill along a direction or its opposite: halves the step until F falls, or doubles it while F goes on falling. */
function search(
  problem: PartialProblem,
  point: PointSums,
  direction: HeadDirection,
  order: Escape["order"],
): Escape | null {
  const slope = dot(point.gradientW, direction.u) + dot(point.w, times(direction.D, point.r));
  const sign = order === "second" && slope > 0 ? -1 : 1;
  const at = (step: number) => problem.at(moved(point, direction, sign * step));
  let step = 1;
  let reached = at(step);
  for (let tries = 0; tries < MOST_TRIES && !(reached.value < point.value); tries++) reached = at(step /= 2);
  if (!(reached.value < point.value)) return null;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const further = at(2 * step);
    if (!(further.value < reached.value)) break;
    [step, reached] = [2 * step, further];
  }
  const { u, D } = direction;
  return {
    order,
    u: u.map((value) => sign * value),
    D: Object.freeze({ ...D, data: D.data.map((value) => sign * value) }),
    slope: sign * slope,
    curvature: problem.curvatureAlong(point, u, D),
    step,
    reached,
    drop: point.value - reached.value,
  };
}

/** `(w, V) + step (u, D)`. */
function moved({ w, V }: PointSums, { u, D }: HeadDirection, step: number) {
  return {
    w: w.map((value, i) => value + step * u[i]),
    V: Object.freeze({ ...V, data: V.data.map((value, i) => value + step * D.data[i]) }),
  };
}
