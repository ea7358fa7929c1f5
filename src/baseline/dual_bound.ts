import { isJoint } from "../loss/mod.ts";
import type { LinearObjective, LinearSums } from "../objective/mod.ts";
import { dot, letGo, norm, type Vector } from "../tensor/mod.ts";

/** A lower bound on the loss of linear predictors. */
export interface DualBound {
  /** No linear predictor with `||u|| <= reach` has a mean loss below this. */
  readonly value: number;
  /** The norm, in orthonormal coordinates, up to which that is proved; beyond, the bound falls in proportion. */
  readonly reach: number;
}

/** How far beyond the solution the bound reaches, in norms of the solution. */
const BEYOND = 3;

/** How far a bound reaches from weights. */
const reachOf = (weights: Vector): number => 1 + BEYOND * norm(weights);

/**
 * The norm of a gradient with which the tangent alone proves that no more than a gap is left.
 *
 * @param weights Where [m, r].
 * @param gap The gap.
 * @returns The norm.
 * @example At 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(provingGradient(new Float64Array(2), 1e-9), 1e-9);
 * ```
 */
export function provingGradient(weights: Vector, gap: number): number {
  return gap / (norm(weights) + reachOf(weights));
}

/**
 * A lower bound on `inf_u E[l(Q u; y)]` that shares nothing with the solver that found u: for any numbers nu with conjugates,
 * `E[l(Q u)] >= -E[l*(nu; y)] + <E[nu q], u>` (Fenchel and Young, row by row), and `E[nu q]` is 0 but for rounding when
 * `nu = l' - l'' Q c` with `H c = g`: the slopes after a Newton step, which leaves no slope along any column. What is left of it counts
 * against the bound, times the reach. Where a conjugate is not known, or nu leaves its domain, the tangent at u itself serves:
 * `F(v) >= F(u) + <g, v - u>`.
 *
 * @param objective The mean loss, convex, on orthonormal inputs.
 * @param weights u [m, r].
 * @param sums Value, gradient, predictions and slopes at u.
 * @param step `-c` [m, r]: a Newton step from u; null where there is none.
 * @returns The bound.
 */
export function dualBound(
  objective: LinearObjective,
  weights: Vector,
  sums: LinearSums,
  step: Vector | null,
): DualBound {
  const reach = reachOf(weights);
  const tangent = sums.value - dot(sums.gradient, weights) - norm(sums.gradient) * reach;
  const bounds = [tangent];
  if (step !== null) {
    using second = objective.second(sums.predictions);
    const moved = objective.project(step);
    const bend = second.bend(moved);
    const nu = sums.slopes.map((slope, at) => slope + bend[at]) as Vector;
    const conjugate = meanConjugate(objective, nu);
    if (conjugate !== null) bounds.push(-conjugate - norm(objective.correlate(nu)) * reach);
    letGo(moved, bend, nu);
  }
  return { value: Math.max(...bounds.filter((bound) => !Number.isNaN(bound)), -Infinity), reach };
}

/** `E[l*(nu; y)]`, of a row with the weight w `w l*(nu / w; y)`; null when the loss does not define it, or nu is outside its domain. */
function meanConjugate({ loss, rows: n, outputs: m, y, weights }: LinearObjective, nu: Vector): number | null {
  let sum = 0;
  if (!isJoint(loss) && loss.conjugate === null) return null;
  for (let i = 0; i < n; i++) {
    const [from, to, weight] = [i * m, (i + 1) * m, weights === null ? 1 : weights[i]];
    if (isJoint(loss)) {
      const own = weights === null ? nu.subarray(from, to) : nu.slice(from, to).map((value) => value / weight);
      sum += weight * loss.conjugate(own, y.subarray(from, to));
    } else {
      for (let at = from; at < to; at++) sum += weight * loss.conjugate!(nu[at] / weight, y[at]);
    }
  }
  return Number.isFinite(sum) ? sum / n : null;
}
