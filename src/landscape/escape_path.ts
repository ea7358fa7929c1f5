import { headSpectrum } from "./spectrum.ts";
import { combine, dot, norm, transposeTimes, type Vector } from "../tensor/mod.ts";
import type { Comparator } from "./comparator.ts";
import { escape } from "./escape.ts";
import type { HeadPoint, PartialProblem, PointSums } from "./partial_problem.ts";

/** A point on the way down. */
export interface EscapeStep {
  /** `start`; `second`: reached along negative curvature; `first`: on the way that Lemma 1 begins. */
  readonly order: "start" | "first" | "second";
  /** The sums there, F among them. */
  readonly point: PointSums;
}

/** Where the line from w to w* passes nearer to 0 than this share of ||w*||, w is first turned aside. */
const NEAR_ZERO = 1e-3;

/**
 * A way down from a point above a linear predictor to that predictor, theta fixed, F falling all along. Predictions depend
 * on `alpha = w` and `beta = V'w` alone, and the loss is convex in them: on the line from (w, V'w) to (w*, 0), which starts
 * along Lemma 1's direction, F is at most its linear interpolation. Each point of the line is a (w, V): the least change of
 * V that gives beta, as long as w is not 0. At w = 0 a step along negative curvature (Theorem 2) comes first.
 *
 * @param problem F_theta.
 * @param start Where to start, above the comparator; a start at or below it is the whole path.
 * @param comparator The linear predictor to reach.
 * @param points How many points of the line are returned (default 16).
 * @returns The path, F falling from step to step; null where none was found: with d = 1 the line may have to pass w = 0.
 * @example From a saddle of Example 1 to the linear predictor
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const linear = { weights: Float64Array.of(1), value: 0 };
 * const path = escapePath(problem, { w: Float64Array.of(0), V: matrix(1, 1, [-1]) }, linear);
 * assertAlmostEquals(path === null ? 0 : path.at(-1)!.point.value, 0, 1e-12);
 * ```
 */
export function escapePath(
  problem: PartialProblem,
  start: HeadPoint,
  comparator: Comparator,
  points = 16,
): readonly EscapeStep[] | null {
  const steps: EscapeStep[] = [{ order: "start", point: problem.at(start) }];
  const last = () => steps[steps.length - 1].point;
  if (last().value <= comparator.value) return steps;
  if (norm(start.w) <= NEAR_ZERO * norm(comparator.weights)) {
    const point = last();
    const way = escape(problem, point, headSpectrum(problem, point), comparator);
    if (way === null) return null;
    steps.push({ order: way.order, point: way.reached });
    if (last().value <= comparator.value) return steps;
  }
  if (nearestToZero(last().w, comparator.weights) <= NEAR_ZERO * norm(comparator.weights)) {
    const aside = turnedAside(problem, last(), comparator);
    if (aside === null) return null;
    steps.push({ order: "first", point: aside });
  }
  const from = last();
  const beta = transposeTimes(from.V, from.w);
  for (let i = 1; i <= points; i++) {
    const share = i / points;
    const next = problem.at(onLine(from, beta, comparator.weights, share));
    // By convexity F falls; where it does not, rounding has the last word, and the comparator is as near as it gets.
    if (next.value <= last().value) steps.push({ order: "first", point: next });
  }
  return steps;
}

/** The point a share of the way from (w, beta) to (w*, 0), with the least change of V. */
function onLine({ w, V }: HeadPoint, beta: Vector, weights: Vector, share: number): HeadPoint {
  const along = combine(1 - share, w, share, weights);
  const square = dot(along, along);
  const missing = combine(1 - share, beta, -1, transposeTimes(V, along));
  const data = V.data.map((value, at) => value + along[Math.floor(at / V.cols)] * missing[at % V.cols] / square);
  return { w: along, V: Object.freeze({ ...V, data }) };
}

/** How near to 0 the line from w to w* passes. */
function nearestToZero(w: Vector, weights: Vector): number {
  const along = combine(1, weights, -1, w);
  const square = dot(along, along);
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, -dot(w, along) / square));
  return norm(combine(1 - share, w, share, weights));
}

/**
 * A lower point a little further on the line and off it: w turned towards a direction across w*, as far as F still falls.
 * Null where no direction across exists (d = 1), or none helps.
 */
function turnedAside(problem: PartialProblem, point: PointSums, { weights }: Comparator): PointSums | null {
  const beta = transposeTimes(point.V, point.w);
  for (let axis = 0; axis < weights.length; axis++) {
    const unit = new Float64Array(weights.length).with(axis, 1);
    const across = combine(1, unit, -dot(unit, weights) / (dot(weights, weights) || 1), weights);
    if (norm(across) < 0.5 / Math.sqrt(weights.length)) continue;
    for (let size = 0.1 * norm(weights); size > 1e-6 * norm(weights); size /= 2) {
      for (const sign of [1, -1]) {
        const turned = combine(1, weights, sign * size / norm(across), across);
        const next = problem.at(onLine(point, beta, turned, 0.5 * size / norm(weights)));
        const clear = nearestToZero(next.w, weights) > 1e-9 * norm(weights);
        if (next.value < point.value && clear) return next;
      }
    }
  }
  return null;
}
