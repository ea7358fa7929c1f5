import { type Claim, isEvaluated, type Judgement } from "../claims/mod.ts";
import type { CertifiedPoint } from "../train/mod.ts";
import { finite } from "./format.ts";

/** An inequality as it was measured; null where it does not apply. */
export type ReportedSides =
  | { readonly left: number | null; readonly right: number | null; readonly holds: boolean }
  | null;

/** An interval of f64. */
export interface ReportedInterval {
  /** Its lower end. */
  readonly lower: number | null;
  /** Its upper end. */
  readonly upper: number | null;
}

/** What is known of a point: everything but the direction of its escape, which is long. */
export interface CertificateReport {
  /** F on the rows. */
  readonly value: number | null;
  /** F less the value of the linear predictor that it is compared with. */
  readonly gap: number | null;
  /** F less the infimum over linear predictors; null where that is not known. */
  readonly infimumGap: number | null;
  /** How F lies to linear: apart by more than rounding, or not. */
  readonly standing: "below" | "equal" | "above";
  /** `||grad||` over (W, V). */
  readonly gradientNorm: number | null;
  /** `||E[l' x']||`. */
  readonly sNorm: number | null;
  /** `||E[l' f']||`. */
  readonly rNorm: number | null;
  /** The smallest eigenvalue of the Hessian over (W, V): the upper end of its interval. */
  readonly lambdaMin: number | null;
  /** The interval that holds that eigenvalue. */
  readonly lambda: ReportedInterval;
  /** `||W||`. */
  readonly wNorm: number | null;
  /** `||V||`, Frobenius. */
  readonly vNorm: number | null;
  /** Whether the point is second-order stationary to epsilon: training with respect to (W, V) has converged here. */
  readonly stationary: boolean;
  /** The convex certificate. */
  readonly certificate: { readonly bound: number | null; readonly holds: boolean };
  /** The best that the features allow. */
  readonly features: { readonly value: number | null; readonly gap: number | null };
  /** Theorem 1. */
  readonly theorem1: ReportedSides;
  /** Theorem 2. */
  readonly theorem2: ReportedSides;
  /** Theorem 3: left is the bound on the gap. */
  readonly theorem3: ReportedSides;
  /** Theorem A: left is the bound on the gap. */
  readonly theoremA: ReportedSides;
  /** Why an inequality is null, by its name. */
  readonly outside: Readonly<Record<string, string>>;
  /** The way down from a point above linear; null when there is none. */
  readonly escape: { readonly order: "first" | "second"; readonly slope: number | null } | null;
  /** What is claimed. */
  readonly claims: readonly Claim[];
  /** Over all claims. */
  readonly verdict: Claim["status"];
}

/**
 * A certificate as plain data; numbers that are not finite become null.
 *
 * @param found What was found at the point.
 * @returns The same, ready for `JSON.stringify`; of the way down only its order and slope.
 * @example JSON keeps all of it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { certifyPoint, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const fitted = { net: network(2, dense(2, 1)), params: Float64Array.of(1, 1, 0, 0, 0, 0, 0), loss: squared, examples };
 * const found = certifyPoint(await loadKernels("simd"), fitted);
 * const report = certificateReport(found);
 * assertEquals(JSON.parse(JSON.stringify(report)), report);
 * ```
 */
export function certificateReport(found: CertifiedPoint): CertificateReport {
  const { point, claims, escape } = found;
  const { inequalities, lambda } = point;
  const sides = (one: Judgement): ReportedSides =>
    isEvaluated(one) ? { left: finite(one.left), right: finite(one.right), holds: one.holds } : null;
  const certificate = sides(inequalities["convex-certificate"]);
  return {
    value: finite(point.value),
    gap: finite(point.gap),
    infimumGap: finite(point.infimumGap),
    standing: point.standing,
    gradientNorm: finite(point.gradientNorm),
    sNorm: finite(point.sNorm),
    rNorm: finite(point.rNorm),
    lambdaMin: finite(lambda.upper),
    lambda: { lower: finite(lambda.lower), upper: finite(lambda.upper) },
    wNorm: finite(point.wNorm),
    vNorm: finite(point.vNorm),
    stationary: point.stationary,
    certificate: { bound: certificate?.left ?? null, holds: certificate?.holds ?? false },
    features: { value: finite(point.featureOptimum.value), gap: finite(point.featureOptimum.gap) },
    theorem1: sides(inequalities["theorem-1"]),
    theorem2: sides(inequalities["theorem-2"]),
    theorem3: sides(inequalities["theorem-3"]),
    theoremA: sides(inequalities["theorem-a"]),
    outside: Object.fromEntries(
      Object.entries(inequalities).flatMap(([id, one]) => isEvaluated(one) ? [] : [[id, one.outside]]),
    ),
    escape: escape && { order: escape.order, slope: finite(escape.slope) },
    claims: claims.map((claim) => ({ ...claim, measured: finite(claim.measured), bound: finite(claim.bound) })),
    verdict: found.verdict,
  };
}

/**
 * The claims that do not hold, each with its status and reason, a line each.
 *
 * @param claims The claims.
 * @returns The lines.
 * @example One that is open
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const claim = { id: "theorem-2", statement: "A", source: "B", status: "outside", reason: "it is about one output", measured: null, bound: null, points: 0 } as const;
 * assertEquals(openClaims([claim]), ["theorem-2 is outside: it is about one output."]);
 * ```
 */
export function openClaims(claims: readonly Claim[]): readonly string[] {
  return claims.filter(({ status }) => status !== "holds").map(({ id, status, reason, statement }) =>
    status === "fails" ? `${id} fails: ${statement}.` : `${id} is ${status}: ${reason ?? statement}.`
  );
}
