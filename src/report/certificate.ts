import { type Claim, isEvaluated, type Judgement } from "../claims/mod.ts";
import type { CertifiedPoint } from "../train/mod.ts";
import { plain } from "./plain.ts";
import { type ByTheorem, byTheorem, claimReport, type PointReport, pointReport } from "./point_report.ts";

/** An inequality as it was measured; null where it does not apply. */
export type ReportedInequality =
  | { readonly left: number | null; readonly right: number | null; readonly holds: boolean }
  | null;

/** What is known of a point: everything but the direction of its escape, which is long. */
export interface CertificateReport extends PointReport, ByTheorem<ReportedInequality> {
  /** The convex certificate. */
  readonly certificate: { readonly bound: number | null; readonly holds: boolean };
  /** Why an inequality is null, by its name. */
  readonly outside: Readonly<Record<string, string>>;
  /** A descent direction from a point above linear; null when there is none. */
  readonly escape: { readonly order: "first" | "second"; readonly slope: number | null } | null;
  /** What is claimed. */
  readonly claims: readonly Claim[];
  /** Over all claims. */
  readonly verdict: Claim["status"];
}

/**
 * A certificate as plain data; numbers that are not finite become null.
 *
 * @param found The certificate of the point.
 * @returns The same, ready for `JSON.stringify`; of the descent direction only its order and slope.
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
export function certificateReport({ point, claims, escape, verdict }: CertifiedPoint): CertificateReport {
  const { certificate, ...figures } = pointReport(point);
  const outside = Object.entries(point.inequalities)
    .flatMap(([id, one]) => isEvaluated(one) ? [] : [[id, one.outside]]);
  return {
    ...figures,
    ...byTheorem(point, reported),
    certificate: { bound: certificate.bound, holds: certificate.holds ?? false },
    outside: Object.fromEntries(outside),
    escape: escape && plain({ order: escape.order, slope: escape.slope }),
    claims: claims.map(claimReport),
    verdict,
  };
}

const reported = (one: Judgement): ReportedInequality =>
  isEvaluated(one) ? plain({ left: one.left, right: one.right, holds: one.holds }) : null;

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
