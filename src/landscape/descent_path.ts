import { combine, dot, type Matrix, multiply, norm } from "../tensor/mod.ts";
import { plusTimes } from "./_head_algebra.ts";
import { findDescent } from "./find_descent.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";
import type { Comparator } from "./inequality.ts";
import { lambdaMin } from "./lambda_min.ts";
import { headWith, solveAcross } from "./settle.ts";

/** A point on the path. */
export interface DescentPathStep {
  /** `start`; `second`: reached along negative curvature; `first`: on the way that Theorem 1's proof begins. */
  readonly order: "start" | "first" | "second";
  /** The sums there, F among them. */
  readonly point: Evaluation;
}

/** Where the line from W to W* passes nearer to 0 than this share of ||W*||, W is first turned aside. */
const NEAR_ZERO = 1e-3;

/**
 * A path from a point above a linear predictor to that predictor, theta fixed, along which F falls. Predictions depend
 * on W and W V alone, and the loss is convex in them: on the line from (W, W V) to (W*, 0), which starts along Theorem 1's
 * direction, F is at most its linear interpolation. Each point of the line is a (W, V): the least change of V that gives W V,
 * as long as W keeps its rank. Where W is rank-deficient at the start, a step down by gradient or curvature comes first.
 *
 * @param objective F_theta.
 * @param start Where to start, above the comparator; a start at or below it is the whole path.
 * @param comparator The linear predictor to reach.
 * @param points How many points of the line are returned (default 16).
 * @returns The path, F falling from step to step; null where none was found: for m = d the line may have to pass a W that lacks a
 * rank.
 * @example From a saddle of Example 1 to the linear predictor
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const linear = { A: one, C: null, value: 0 };
 * const path = descentPath(objective, { W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) }, linear);
 * assertAlmostEquals(path === null ? 0 : path.at(-1)!.point.value, 0, 1e-12);
 * ```
 */
export function descentPath(
  objective: HeadObjective,
  start: Head,
  comparator: Comparator,
  points = 16,
): readonly DescentPathStep[] | null {
  const steps: DescentPathStep[] = [{ order: "start", point: objective.at(start) }];
  const last = () => steps[steps.length - 1].point;
  const near = NEAR_ZERO * norm(comparator.A.data);
  if (last().value <= comparator.value) return steps;
  if (norm(start.W.data) <= near || solveAcross(start.W, multiply(start.W, start.V)) === null) {
    const point = last();
    const way = findDescent(objective, point, lambdaMin(objective, point), comparator);
    if (way === null) return null;
    steps.push({ order: way.order, point: way.reached });
    if (last().value <= comparator.value) return steps;
  }
  if (nearestToZero(last().W, comparator.A) <= near) {
    const aside = turnedAside(objective, last(), comparator);
    if (aside === null) return null;
    steps.push({ order: "first", point: aside });
  }
  const from = last();
  for (let i = 1; i <= points; i++) {
    const head = onLine(from, comparator.A, i / points);
    if (head === null) continue;
    const next = objective.at(head);
    // By convexity F falls; where it does not, the rest is rounding, and the comparator is as near as it gets.
    if (next.value <= last().value) steps.push({ order: "first", point: next });
  }
  return steps;
}

/** The point a share of the way from (W, W V) to (A, 0), with the least change of V; null where W V cannot be had there. */
function onLine({ W, V }: Head, A: Matrix, share: number): Head | null {
  const along = plusTimes(scale(W, 1 - share), share, A);
  return headWith({ W, V }, along, scale(multiply(W, V), 1 - share));
}

const scale = (a: Matrix, share: number): Matrix => ({ ...a, data: a.data.map((entry) => share * entry) });

/** How near to 0 the line from W to A passes. */
function nearestToZero(W: Matrix, A: Matrix): number {
  const along = plusTimes(A, -1, W).data;
  const square = dot(along, along);
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, -dot(W.data, along) / square));
  return norm(combine(1 - share, W.data, share, A.data));
}

/**
 * A lower point a little further on the line and off it: W turned towards a direction across W*, as far as F still falls.
 * Null where no direction across exists (m d = 1), or none helps.
 */
function turnedAside(objective: HeadObjective, point: Evaluation, { A }: Comparator): Evaluation | null {
  const size = A.data.length;
  const length = norm(A.data);
  for (let axis = 0; axis < size; axis++) {
    const unit = new Float64Array(size).with(axis, 1);
    const across = combine(1, unit, -dot(unit, A.data) / (dot(A.data, A.data) || 1), A.data);
    if (norm(across) < 0.5 / Math.sqrt(size)) continue;
    for (let far = 0.1 * length; far > 1e-6 * length; far /= 2) {
      for (const sign of [1, -1]) {
        const turned: Matrix = { ...A, data: combine(1, A.data, sign * far / norm(across), across) };
        const head = onLine(point, turned, 0.5 * far / length);
        if (head === null) continue;
        const next = objective.at(head);
        if (next.value < point.value && nearestToZero(next.W, A) > 1e-9 * length) return next;
      }
    }
  }
  return null;
}
