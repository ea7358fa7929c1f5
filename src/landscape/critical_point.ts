import { dot, type Vector } from "../tensor/mod.ts";
import { moved } from "./_head_algebra.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";
import { type HeadSpectrum, headSpectrum } from "./reduced_hessian.ts";

/** The end of a search for a critical point. */
export interface CriticalPoint {
  /** The sums at the point. */
  readonly point: Evaluation;
  /** The spectrum there, with its eigenvectors. */
  readonly spectrum: HeadSpectrum;
  /** Whether `||grad F_theta||` is at most the tolerance. */
  readonly found: boolean;
}

/** Damping of the first step, relative to the largest squared eigenvalue, and of the last one worth trying. */
const [FIRST_DAMPING, LAST_DAMPING] = [1e-3, 1e12];

/**
 * Minimises `||grad F_theta||²` from a start, theta fixed, and so ends at critical points of every kind, saddles and maxima
 * among them: Levenberg-Marquardt steps `-H (H² + mu)^-1 grad` in the coordinates in which the Hessian acts.
 *
 * @param objective F_theta.
 * @param start Where to start.
 * @param options `gradient`: the norm to reach (default 1e-10); `steps`: most steps (default 200).
 * @returns The point, its spectrum, and whether it is critical.
 * @throws {RangeError} If the Hessian at the start is not finite.
 * @example The saddle of Example 1
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const { point } = seekCritical(objective, { W: matrix(1, 1, [0.01]), V: matrix(1, 1, [-1.02]) });
 * assertAlmostEquals(point.value, 0.5, 1e-12);
 * ```
 */
export function seekCritical(
  objective: HeadObjective,
  start: Head,
  options: { readonly gradient?: number; readonly steps?: number } = {},
): CriticalPoint {
  const { gradient = 1e-10, steps = 200 } = options;
  let point = objective.at(start);
  let spectrum = headSpectrum(objective, point, { vectors: true });
  let damping = FIRST_DAMPING;
  for (let step = 0; step < steps && point.gradientNorm > gradient && damping < LAST_DAMPING; step++) {
    const next = objective.at(moved(point, dampedStep(point, spectrum, damping)));
    if (next.gradientNorm < point.gradientNorm) {
      damping /= 10;
      point = next;
      spectrum = headSpectrum(objective, point, { vectors: true });
    } else {
      damping *= 10;
    }
  }
  return Object.freeze({ point, spectrum, found: point.gradientNorm <= gradient });
}

function dampedStep({ gradientW, gradientV }: Evaluation, spectrum: HeadSpectrum, damping: number): Head {
  const { values, vectors, reduced } = spectrum;
  const order = values.length;
  const slope = reduced.coordinates({ W: gradientW, V: gradientV });
  const mu = damping * Math.max(values[0] ** 2, values[order - 1] ** 2);
  const step = new Float64Array(order);
  for (let j = 0; j < order; j++) {
    const vector = vectors!.data.subarray(j * order, (j + 1) * order) as Vector;
    const length = values[j] === 0 ? 0 : -dot(vector, slope) * values[j] / (values[j] ** 2 + mu);
    for (let i = 0; i < order; i++) step[i] += length * vector[i];
  }
  return reduced.direction(step);
}
