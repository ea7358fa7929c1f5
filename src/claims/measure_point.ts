import {
  type Comparator,
  convexCertificate,
  type Evaluation,
  type HeadObjective,
  type Inequality,
  isStationary,
  judge,
  type LambdaMin,
  smoothness,
  sopspEpsilon,
  spectralNorm,
  theorem1,
  theorem2,
  theorem3,
  type TheoremA,
  theoremA,
} from "../landscape/mod.ts";
import { type Matrix, multiply, norm } from "../tensor/mod.ts";
import { GAP_TOLERANCE } from "./gap_tolerance.ts";
import { InternalFault } from "./internal_fault.ts";
import { lossScale } from "./_loss_scale.ts";
import { type LossRounding, lossRounding } from "./_rounding.ts";
import { isEvaluated, type Judgement, type Optimum, type PointRecord } from "./point.ts";
import { roundingTie, standingOf } from "./standing.ts";
import { type InequalityId, STATEMENTS } from "./statements.ts";

/** What a point is compared with. */
export interface Yardsticks {
  /** The best linear predictor on x [m, d]. */
  readonly linear: Optimum;
  /** The best linear predictor on `[x f_theta(x)]` [m, d + k]: min H. */
  readonly featureOptimum: Optimum;
}

/**
 * Everything that is known about one point: its gaps to the best linear predictor and to the feature optimum, whether it is
 * second-order stationary, and every inequality of {@linkcode STATEMENTS} as it was measured.
 *
 * Cost: about ten passes over the data. lambda_min is taken as it was found.
 *
 * @param objective F_theta.
 * @param at The sums at the point.
 * @param lambda The interval of its smallest Hessian eigenvalue.
 * @param yardsticks What it is compared with.
 * @param epsilon The tolerance epsilon for stationary points.
 * @returns The record.
 * @throws {InternalFault} Where numbers contradict each other: a minimum above a value, a rule that disagrees with its own epsilon.
 * @example A point above the linear predictor, where training has not converged
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, createHeadObjective, lambdaMin, loadKernels, matrix, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const [x, f, y] = [matrix(3, 1, [-1, 0, 1]), matrix(3, 1, [1, 0, 1]), Float64Array.of(2, 0, 0)];
 * using objective = createHeadObjective(kernels, { x, f, y, loss: squared });
 * const at = objective.at({ W: matrix(1, 1, [1]), V: matrix(1, 1, [0.5]) });
 * const yardsticks = {
 *   linear: bestLinear(kernels, squared, { x, y }),
 *   featureOptimum: bestLinear(kernels, squared, { x, beside: f, y }),
 * };
 * const { standing, stationary } = measurePoint(objective, at, lambdaMin(objective, at), yardsticks, 1e-6);
 * assertEquals([standing, stationary], ["above", false]);
 * ```
 */
export function measurePoint(
  objective: HeadObjective,
  at: Evaluation,
  lambda: LambdaMin,
  { linear, featureOptimum }: Yardsticks,
  epsilon: number,
): PointRecord {
  const { loss, d, k } = objective;
  const { value, gradientNorm, W, V } = at;
  const [star, best] = [comparatorOf(linear, objective, d), comparatorOf(featureOptimum, objective, d + k)];
  const rounding = lossRounding(objective, at);
  const norms = { point: norm(W.data) + norm(multiply(W, V).data), star: sizeOf(star), best: sizeOf(best) };
  if (loss.convex) refuseContradictions(value, linear, featureOptimum, rounding, norms);

  const constants = smoothness(objective, at);
  const { mu2 } = constants;
  const { least, stationary } = convergence({ gradientNorm, lambda, mu2 }, epsilon);
  const gap = value - linear.value;
  const inequalities = loss.convex
    ? evaluate(objective, at, lambda, star, best, constants)
    : allOutside(`the loss ${loss.name} is not convex`);
  const allowance = allowanceOf(inequalities);
  const scale = lossScale(objective);
  const tieWith = (other: number, sizes: number, certified: number) =>
    tieOf(value, other, roundingTie(rounding, value, other, sizes), certified <= GAP_TOLERANCE * scale ? certified : 0);
  const tolerance = tieWith(linear.value, norms.point + norms.star, certifiedBy(inequalities["convex-certificate"]));
  const minimum = featureOptimum.infimum;
  const above = minimum === null ? null : value - minimum;
  const certified = featureOptimum.attained ? certifiedBy(inequalities["features-certificate"]) : Infinity;
  const equal = above !== null && above <= tieWith(minimum!, norms.point + norms.best, certified);
  return Object.freeze({
    value,
    gap,
    infimumGap: linear.infimum === null ? null : value - linear.infimum,
    tolerance,
    scale,
    standing: standingOf(gap, tolerance),
    allowance,
    gradientNorm,
    lambda: Object.freeze({ lower: lambda.lower, upper: lambda.upper }),
    wNorm: norm(W.data),
    vNorm: norm(V.data),
    sNorm: norm(at.S.data),
    rNorm: norm(at.R.data),
    mu2,
    epsilon: least,
    asked: epsilon,
    stationary,
    inequalities,
    featureOptimum: Object.freeze({ value: minimum, gap: above, equal }),
  });
}

/** Whether a point is stationary to epsilon, and the least epsilon to which it is. */
function convergence(at: Parameters<typeof isStationary>[0], epsilon: number) {
  const least = sopspEpsilon(at);
  const stationary = isStationary(at, epsilon);
  if (stationary !== least <= epsilon && Math.abs(least - epsilon) > GAP_TOLERANCE * epsilon) {
    throw new InternalFault(
      `a point counts as ${stationary ? "" : "not "}stationary to ${epsilon}, but its least epsilon is ${least}`,
    );
  }
  return { least, stationary };
}

/** Gaps up to this are none: those of rounding, and what a certificate leaves open of a gap that is larger. */
const tieOf = (value: number, other: number, rounding: number, open: number): number =>
  value - other > rounding ? rounding + open : rounding;

/** What a certificate says that a gap is at most. */
const certifiedBy = (certificate: Judgement): number =>
  isEvaluated(certificate) && certificate.left >= 0 ? certificate.left : Infinity;

/** The weights [m, d] or [m, d + k] of a predictor as `A x + C f`. */
function comparatorOf({ weights, value }: Optimum, { outputs: m, d }: HeadObjective, width: number): Comparator {
  const part = (from: number, to: number): Matrix => {
    const data = new Float64Array(m * (to - from));
    for (let a = 0; a < m; a++) data.set(weights.subarray(a * width + from, a * width + to), a * (to - from));
    return Object.freeze({ rows: m, cols: to - from, data });
  };
  return { A: part(0, d), C: width > d ? part(d, width) : null, value };
}

const sizeOf = ({ A, C }: Comparator): number => norm(A.data) + (C === null ? 0 : norm(C.data));

/** min H is at most F, and at most F_lin(w*): anything else is a fault of the solver, beyond rounding and what its proof leaves open. */
function refuseContradictions(
  value: number,
  linear: Optimum,
  features: Optimum,
  rounding: LossRounding,
  norms: { readonly point: number; readonly star: number; readonly best: number },
): void {
  const { infimum, lowerBound } = features;
  const open = (features.gapBound ?? 0) + GAP_TOLERANCE * Math.abs(features.value) * Number(features.attained);
  const claimed = Math.max(infimum === null ? -Infinity : infimum - open, lowerBound ?? -Infinity);
  const refuse = (what: string, other: number, size: number) => {
    if (!(claimed > other + rounding.of(claimed, norms.best + size))) return;
    throw new InternalFault(
      `min H, the best loss that the features allow, was found as ${claimed}, above ${what} = ${other}`,
    );
  };
  refuse("F", value, norms.point);
  refuse("F_lin", linear.value, norms.star);
}

const allOutside = (reason: string): PointRecord["inequalities"] =>
  Object.fromEntries(
    STATEMENTS.flatMap(({ inequalities }) => inequalities.map((id) => [id, { outside: reason }])),
  ) as Record<
    InequalityId,
    Judgement
  >;

/** Every inequality at a point, for a convex loss. */
function evaluate(
  objective: HeadObjective,
  at: Evaluation,
  lambda: LambdaMin,
  star: Comparator,
  best: Comparator,
  constants: ReturnType<typeof smoothness>,
): PointRecord["inequalities"] {
  const { outputs: m, d, rows, kernels } = objective;
  const bySmoothness = (): Inequality | null => {
    const b = Math.max(norm(at.W.data), spectralNorm(kernels, at.V));
    const options = { b, radius: norm(star.A.data), curvature: Math.max(0, -lambda.lower) };
    const found = theorem3(constants, at.gradientNorm, options);
    return found && judge(found.bound, at.value - star.value, Math.abs(at.value) + Math.abs(star.value), rows + 64);
  };
  const several: Judgement = { outside: "it is about one output; Theorem A covers several" };
  const tooFewInputs = `it needs fewer outputs than inputs, here ${m} and ${d}`;
  const a = measured<Pick<TheoremA, "gap" | "stationarity"> | null>(() => theoremA(objective, at, lambda, star), {
    gap: LOST,
    stationarity: LOST,
  });
  return Object.freeze({
    "theorem-1": sides(
      measured(() => theorem1(objective, at, star)),
      m === 1 ? "w = 0, which Theorem 2 is about" : "W lacks full row rank",
    ),
    "theorem-2": m > 1 ? several : sides(
      measured(() => theorem2(objective, at.V, star)),
      "some row is on a kink of the loss at w = 0, where there is no Hessian",
    ),
    "theorem-3": m > 1 ? several : sides(
      measured(bySmoothness),
      objective.ridge === null
        ? "the second derivative of the loss jumps, so that the Hessian is not Lipschitz"
        : "its constants are those of the loss alone; Theorem A covers a ridge",
    ),
    "theorem-a": sides(a && a.gap, tooFewInputs),
    "theorem-a1": sides(a && a.stationarity, tooFewInputs),
    "convex-certificate": sides(measured(() => convexCertificate(objective, at, star)), ""),
    "features-certificate": sides(measured(() => convexCertificate(objective, at, best)), ""),
  });
}

/** What is left of an inequality whose numbers are too large for f64: it decides nothing. */
const LOST: Inequality = Object.freeze({ left: NaN, right: NaN, rounding: NaN, holds: false });

/** The outcome, or {@linkcode LOST} where an eigenproblem met numbers that are not finite. */
function measured(compute: () => Inequality | null): Inequality | null;
function measured<T>(compute: () => T, lost: T): T;
function measured(compute: () => unknown, lost: unknown = LOST): unknown {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return lost;
    throw error;
  }
}

const sides = (found: Inequality | null, reason: string): Judgement =>
  found === null
    ? { outside: reason }
    : Object.freeze({ left: found.left, right: found.right, rounding: found.rounding, holds: found.holds });

/** The tightest bound on the gap that comes from the gradient and lambda_min alone; the certificate's where there is none. */
function allowanceOf(inequalities: PointRecord["inequalities"]): number {
  for (const id of ["theorem-a", "theorem-3", "convex-certificate"] as const) {
    const found = inequalities[id];
    if (isEvaluated(found)) return Math.max(0, found.left + found.rounding);
  }
  return Infinity;
}
