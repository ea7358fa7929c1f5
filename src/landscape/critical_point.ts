import { dot, type Vector } from "../tensor/mod.ts";
import type { HeadPoint, PartialProblem, PointSums } from "./partial_problem.ts";
import { directionOf, slopeCoordinates } from "./small_hessian.ts";
import { type HeadSpectrum, headSpectrum } from "./spectrum.ts";

/** Where a search for a critical point ended. */
export interface CriticalPoint {
  /** The sums at the point. */
  readonly point: PointSums;
  /** The spectrum there. */
  readonly spectrum: HeadSpectrum;
  /** Whether `||grad F_theta||` is at most what was asked for. */
  readonly found: boolean;
}

/** Damping of the first step, relative to the largest squared eigenvalue, and of the last one worth trying. */
const [FIRST_DAMPING, LAST_DAMPING] = [1e-3, 1e12];

/**
 * Minimises `||grad F_theta||²` from a start, theta fixed, and so ends at critical points of every kind, saddles and maxima
 * among them: Levenberg-Marquardt steps `-H (H² + mu)^-1 grad` in the coordinates in which the Hessian acts.
 *
 * @param problem F_theta.
 * @param start Where to start.
 * @param options `gradient`: the norm to reach (default 1e-10); `steps`: most steps (default 200).
 * @returns The point, its spectrum, and whether it is critical.
 * @example The saddle of Example 1
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { createPartialProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const { point } = seekCritical(problem, { w: Float64Array.of(0.01), V: matrix(1, 1, [-1.02]) });
 * assertAlmostEquals(point.value, 0.5, 1e-12);
 * ```
 */
export function seekCritical(
  problem: PartialProblem,
  start: HeadPoint,
  options: { readonly gradient?: number; readonly steps?: number } = {},
): CriticalPoint {
  const { gradient = 1e-10, steps = 200 } = options;
  let point = problem.at(start);
  let spectrum = headSpectrum(problem, point, { vectors: true });
  let damping = FIRST_DAMPING;
  for (let step = 0; step < steps && point.gradientNorm > gradient && damping < LAST_DAMPING; step++) {
    const next = problem.at(moved(point, spectrum, damping));
    if (next.gradientNorm < point.gradientNorm) {
      damping /= 10;
      point = next;
      spectrum = headSpectrum(problem, point, { vectors: true });
    } else {
      damping *= 10;
    }
  }
  return { point, spectrum, found: point.gradientNorm <= gradient };
}

/** The end of a damped step from a point. */
function moved(point: PointSums, { values, vectors, small }: HeadSpectrum, damping: number): HeadPoint {
  const order = values.length;
  const slope = slopeCoordinates(point);
  const mu = damping * Math.max(values[0] ** 2, values[order - 1] ** 2);
  const step = new Float64Array(order);
  for (let j = 0; j < order; j++) {
    const vector = vectors!.data.subarray(j * order, (j + 1) * order) as Vector;
    const length = values[j] === 0 ? 0 : -dot(vector, slope) * values[j] / (values[j] ** 2 + mu);
    for (let i = 0; i < order; i++) step[i] += length * vector[i];
  }
  const { u, D } = directionOf(small, step);
  return {
    w: point.w.map((value, i) => value + u[i]),
    V: { ...point.V, data: point.V.data.map((value, i) => value + D.data[i]) },
  };
}
