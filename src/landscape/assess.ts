import { norm } from "../tensor/mod.ts";
import { type ConvexCertificate, convexCertificate, type HeadComparator } from "./certificate.ts";
import { type Comparator, type Inequality, judge } from "./comparator.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";
import { spectralNorm } from "./spectral_norm.ts";
import type { HeadSpectrum } from "./spectrum.ts";
import { theorem1 } from "./theorem1.ts";
import { type Theorem2, theorem2 } from "./theorem2.ts";
import { smoothness, sopspEpsilon, type Theorem3, theorem3 } from "./theorem3.ts";

/** What a point is held to. */
export interface Yardsticks {
  /** The best linear predictor on x. */
  readonly linear: Comparator;
  /** The best linear predictor on [x; f_theta(x)], argmin H. */
  readonly features: HeadComparator;
}

/** Everything that is claimed about one point, and how it came out. */
export interface Assessment {
  /** `F - F_lin(w*)`. */
  readonly gap: number;
  /** Whether `||grad|| <= epsilon` and `lambda_min >= -sqrt(mu2 epsilon)` for the epsilon asked about. */
  readonly stationary: boolean;
  /** The least epsilon for which the point is an epsilon-SOPSP. */
  readonly epsilon: number;
  /** Theorem 1; null when w = 0. */
  readonly theorem1: Inequality | null;
  /** Theorem 2 at (0, V). */
  readonly theorem2: Theorem2;
  /** Theorem 3's bound on the gap; null when the loss's second derivative jumps, so that there is no mu2. */
  readonly theorem3: (Theorem3 & Inequality) | null;
  /** The convex certificate against the best linear predictor. */
  readonly certificate: ConvexCertificate;
  /** The convex certificate against the best that these features allow. */
  readonly features: ConvexCertificate;
}

/**
 * Holds one point to everything that the theory says about it: Theorem 1, Theorem 2 at (0, V), the explicit Theorem 3, and
 * the convex certificate against the best linear predictor on x and on [x; f_theta(x)].
 * Where the loss has no mu2, stationarity is judged with mu2 = 1.
 *
 * @param problem F_theta.
 * @param point The sums at (w, V).
 * @param spectrum The spectrum there.
 * @param yardsticks The two comparators.
 * @param epsilon What counts as stationary.
 * @returns Each claim's two sides and whether it holds.
 * @example A point above the linear predictor w* = -1, held to everything
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPartialProblem, headSpectrum, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 1, [-1, 0, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const point = problem.at({ w: Float64Array.of(1), V: matrix(1, 1, [0.5]) });
 * const yardsticks = {
 *   linear: { weights: Float64Array.of(-1), value: 1 / 3 },
 *   features: { a: Float64Array.of(-1), c: Float64Array.of(1), value: 0 },
 * };
 * const found = assess(problem, point, headSpectrum(problem, point), yardsticks, 1e-6);
 * assertEquals([found.stationary, found.theorem1?.holds, found.certificate.holds], [false, true, true]);
 * ```
 */
export function assess(
  problem: PartialProblem,
  point: PointSums,
  spectrum: HeadSpectrum,
  yardsticks: Yardsticks,
  epsilon: number,
): Assessment {
  const { linear } = yardsticks;
  const gap = point.value - linear.value;
  const constants = smoothness(problem, point);
  const mu2 = constants.mu2 ?? 1;
  const least = sopspEpsilon(point.gradientNorm, spectrum.lambdaMin, mu2);
  const b = Math.max(norm(point.w), spectralNorm(problem.kernels, point.V));
  const explicit = theorem3(constants, point.gradientNorm, {
    b,
    radius: norm(linear.weights),
    curvature: Math.max(0, -spectrum.lambdaMin),
  });
  const scale = Math.abs(point.value) + Math.abs(linear.value);
  return {
    gap,
    stationary: point.gradientNorm <= epsilon && spectrum.lambdaMin >= -Math.sqrt(mu2 * epsilon),
    epsilon: least,
    theorem1: theorem1(problem, point, linear),
    theorem2: theorem2(problem, point.V, linear),
    theorem3: explicit && { ...explicit, ...judge(explicit.bound, gap, scale, problem.x.rows + 64) },
    certificate: convexCertificate(problem, point, {
      a: linear.weights,
      c: new Float64Array(point.r.length),
      value: linear.value,
    }),
    features: convexCertificate(problem, point, yardsticks.features),
  };
}
