import type { InequalityId, Judgement, PointRecord } from "../../src/claims/mod.ts";

/** An inequality with room to spare. */
export const TRUE: Judgement = { left: 2, right: 1, rounding: 0, holds: true };

/** One that is broken. */
export const BROKEN: Judgement = { left: 1, right: 2, rounding: 0, holds: false };

const IDS: readonly InequalityId[] = [
  "theorem-1",
  "theorem-2",
  "theorem-3",
  "theorem-a",
  "theorem-a1",
  "convex-certificate",
  "features-certificate",
];

/** The record of a stationary point 0.1 below linear, where everything holds; changed as a test needs. */
export function record(
  change: Partial<Omit<PointRecord, "inequalities">> = {},
  inequalities: Partial<Record<InequalityId, Judgement>> = {},
): PointRecord {
  return {
    value: 0.4,
    gap: -0.1,
    infimumGap: -0.1,
    tolerance: 1e-12,
    scale: 1,
    standing: "below",
    allowance: 1e-6,
    gradientNorm: 1e-12,
    lambda: { lower: -1e-13, upper: 0 },
    wNorm: 1,
    vNorm: 1,
    sNorm: 0,
    rNorm: 0,
    mu2: 1,
    epsilon: 1e-12,
    asked: 1e-6,
    stationary: true,
    featureOptimum: { value: 0.4, gap: 0, equal: true },
    ...change,
    inequalities: {
      ...Object.fromEntries(IDS.map((id) => [id, TRUE])) as Record<InequalityId, Judgement>,
      ...inequalities,
    },
  };
}
