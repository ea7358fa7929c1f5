import type { LinearObjective, LinearSums } from "../objective/mod.ts";
import { trustRegionStep } from "../optim/mod.ts";
import { combine, dot, eigen, norm, times, transposeTimes, type Vector } from "../tensor/mod.ts";
import { restrict, type RowSpace } from "./optimality.ts";

/** Where a Newton iteration stands. */
export interface NewtonState {
  /** The weights [d], in the row space. */
  readonly weights: Vector;
  /** Value, gradient and predictions there. */
  readonly sums: LinearSums;
  /** Steps taken so far. */
  readonly iterations: number;
  /** Whether a further step could still lower the value or the gradient. */
  readonly finished: boolean;
}

/** The state at given weights. */
export function startNewton(objective: LinearObjective, weights: Vector): NewtonState {
  return { weights, sums: objective.at(weights), iterations: 0, finished: false };
}

/**
 * One damped Newton step on the row space, inside the ball `||w|| <= radius` (Infinity: everywhere): minimises the
 * quadratic model over the ball exactly, then halves the step until the value falls enough. Both ends lie in the ball,
 * so all of the segment does. Finished when rounding hides any further gain.
 */
export function newtonStep(
  objective: LinearObjective,
  space: RowSpace,
  state: NewtonState,
  radius: number,
): NewtonState {
  const { weights, sums } = state;
  const { basis } = space;
  const hessian = restrict(objective.kernels, objective.hessian(sums.predictions), basis);
  const { values, vectors } = eigen(objective.kernels, hessian);
  const at = times(basis, weights);
  const gradient = times(basis, sums.gradient);
  // In terms of the end point v: minimise v'Hv/2 + (g - H w)'v over ||v|| <= radius.
  const pull = combine(1, gradient, -1, times(hessian, at));
  const reach = Math.min(radius, 1e8 * (1 + norm(at)));
  const { step: end } = trustRegionStep(values, vectors, pull, reach);
  const step = transposeTimes(basis, combine(1, end, -1, at));
  const slope = dot(sums.gradient, step);
  const noise = 8 * Number.EPSILON * Math.abs(sums.value);
  if (!(slope < 0)) return { ...state, finished: true };
  for (let length = 1; length > 1e-12; length /= 2) {
    const next = combine(1, weights, length, step);
    const reached = objective.at(next);
    // Near the optimum values only tell noise; there a falling gradient is the sign of progress.
    const better = -slope * length > noise
      ? reached.value <= sums.value + 1e-4 * length * slope
      : norm(reached.gradient) < norm(sums.gradient);
    if (better && Number.isFinite(reached.value)) {
      return { weights: next, sums: reached, iterations: state.iterations + 1, finished: false };
    }
    if (-slope * length <= noise) break;
  }
  return { ...state, finished: true };
}
