import type { Evaluation, HeadObjective } from "../landscape/mod.ts";
import { multiply, norm } from "../tensor/mod.ts";
import { GAP_TOLERANCE } from "./gap_tolerance.ts";
import type { Optimum, Standing } from "./point.ts";
import { type LossRounding, lossRounding } from "./_rounding.ts";

/** Where a point lies beside a linear predictor. */
export interface PointStanding {
  /** `F - F_lin(w*)`. */
  readonly gap: number;
  /** Gaps up to this are none. */
  readonly tolerance: number;
  /** Below, equal to or above it. */
  readonly standing: Standing;
}

/** The difference that rounding can make between two mean losses, where the weights of their predictors have norms that add up to `sizes`. */
export function roundingTie(rounding: LossRounding, value: number, other: number, sizes: number): number {
  return GAP_TOLERANCE * Math.max(Math.abs(value), Math.abs(other)) + rounding.of(other, sizes);
}

/** Below, equal or above, by a tolerance. */
export const standingOf = (gap: number, tolerance: number): Standing =>
  gap > tolerance ? "above" : gap < -tolerance ? "below" : "equal";

/**
 * Whether a point lies above a linear predictor by more than rounding: the rule of every record, for networks that the theorems are not about
 * too, such as those without the skip.
 *
 * @param objective F_theta of the network.
 * @param at The sums at the point.
 * @param linear The linear predictor.
 * @returns The gap, the tolerance and the standing.
 * @example A point where the prediction is 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, createHeadObjective, loadKernels, matrix, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const [x, f, y] = [matrix(2, 1, [1, 2]), matrix(2, 1, [0, 0]), Float64Array.of(1, 2)];
 * using objective = createHeadObjective(kernels, { x, f, y, loss: squared });
 * const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [0]) });
 * assertEquals(standingBeside(objective, at, bestLinear(kernels, squared, { x, y })).standing, "above");
 * ```
 */
export function standingBeside(
  objective: HeadObjective,
  at: Evaluation,
  linear: Pick<Optimum, "value" | "weights">,
): PointStanding {
  const sizes = norm(at.W.data) + norm(multiply(at.W, at.V).data) + norm(linear.weights);
  const tolerance = roundingTie(lossRounding(objective, at), at.value, linear.value, sizes);
  const gap = at.value - linear.value;
  return { gap, tolerance, standing: standingOf(gap, tolerance) };
}
