import { type Claim, type InequalityId, isEvaluated, type Judgement, type PointRecord } from "../claims/mod.ts";
import { pick } from "./_pick.ts";
import { type Plain, plain } from "./plain.ts";

/** Figures of a point that are reported as they were measured, under the same name. */
const FIGURES = [
  "value",
  "gap",
  "infimumGap",
  "standing",
  "gradientNorm",
  "sNorm",
  "rNorm",
  "lambda",
  "wNorm",
  "vNorm",
  "stationary",
] as const satisfies readonly PointFigure[];

/** The name of such a figure. */
export type PointFigure =
  | "value"
  | "gap"
  | "infimumGap"
  | "standing"
  | "gradientNorm"
  | "sNorm"
  | "rNorm"
  | "lambda"
  | "wNorm"
  | "vNorm"
  | "stationary";

/** What every report says of a point; the figures are those of {@linkcode PointRecord}, null where they are not finite. */
export interface PointReport extends Plain<Pick<PointRecord, PointFigure>> {
  /** The smallest eigenvalue of the Hessian over (W, V): the upper end of its interval. */
  readonly lambdaMin: number | null;
  /** The convex certificate against the best linear predictor; `holds` is null where the loss is not convex. */
  readonly certificate: { readonly bound: number | null; readonly holds: boolean | null };
  /** min H, the best that the features allow, and the distance to it. */
  readonly features: { readonly value: number | null; readonly gap: number | null };
}

/** An inequality of each theorem. */
export interface ByTheorem<Told> {
  /** Theorem 1: the gradient norm, and its lower bound. */
  readonly theorem1: Told;
  /** Theorem 2 at (0, V). */
  readonly theorem2: Told;
  /** Theorem 3: the bound on the gap, and the gap. */
  readonly theorem3: Told;
  /** Theorem A: the bound on the gap, and the gap. */
  readonly theoremA: Told;
}

/** The figures of a point, for any report. */
export function pointReport(point: PointRecord): PointReport {
  const { inequalities, lambda, featureOptimum: { value, gap } } = point;
  const certificate = inequalities["convex-certificate"];
  return plain({
    ...pick(point, FIGURES),
    lambdaMin: lambda.upper,
    certificate: isEvaluated(certificate)
      ? { bound: certificate.left, holds: certificate.holds }
      : { bound: null, holds: null },
    features: { value, gap },
  });
}

/** The inequality of each theorem at a point, as a report tells it. */
export function byTheorem<Told>({ inequalities }: PointRecord, tell: (one: Judgement) => Told): ByTheorem<Told> {
  const told = (id: InequalityId) => tell(inequalities[id]);
  return {
    theorem1: told("theorem-1"),
    theorem2: told("theorem-2"),
    theorem3: told("theorem-3"),
    theoremA: told("theorem-a"),
  };
}

/** A claim, ready for JSON. */
export const claimReport = <One extends Claim>(claim: One): One => ({
  ...claim,
  ...plain({ measured: claim.measured, bound: claim.bound }),
});
