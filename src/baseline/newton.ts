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
  /** How far a step may go where no ball bounds the weights. */
  readonly reach: number;
  /** Whether a further step could still lower the value or the gradient. */
  readonly finished: boolean;
}

/** The state at given weights. */
export function startNewton(objective: LinearObjective, weights: Vector): NewtonState {
  return { weights, sums: objective.at(weights), iterations: 0, reach: FIRST_REACH, finished: false };
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
  const noise = 8 * Number.EPSILON * Math.abs(sums.value);
  /** The end of the model's best step: anywhere within reach, or, in a ball, `v'Hv/2 + (g - H w)'v` least over `||v|| <= radius`. */
  const stepWithin = (reach: number): Vector => {
    if (radius === Infinity) return transposeTimes(basis, trustRegionStep(values, vectors, gradient, reach).step);
    const pull = combine(1, gradient, -1, times(hessian, at));
    const { step: end } = trustRegionStep(values, vectors, pull, radius);
    return transposeTimes(basis, combine(1, end, -1, at));
  };
  // Where the loss has straight stretches the model is flat and its step endless: then a nearer end is tried.
  for (let reach = state.reach; reach >= SHORTEST * (1 + norm(at)); reach *= NEARER) {
    const step = stepWithin(reach);
    const slope = dot(sums.gradient, step);
    if (!(slope < 0)) break;
    const found = along(objective, state, step, slope, noise);
    if (found !== null) {
      return { ...found, reach: nextReach(reach, norm(step), norm(combine(1, found.weights, -1, weights))) };
    }
    if (radius < Infinity || -slope <= noise) break;
  }
  return { ...state, finished: true };
}

/** How far the first step may go; how much nearer an end is tried when one is too far; the nearest, relative to the weights. */
const [FIRST_REACH, NEARER, SHORTEST] = [10, 1e-3, 1e-15];

/** Farther after a whole step to the edge, less far after one that had to be cut, else as before. */
function nextReach(reach: number, asked: number, gone: number): number {
  if (gone < 0.75 * asked) return Math.max(2 * gone, Number.MIN_VALUE);
  return asked > 0.9 * reach ? 4 * reach : reach;
}

/** The first of the points at 1, 1/2, 1/4, ... of a step that is better enough; null when there is none. */
function along(
  objective: LinearObjective,
  { weights, sums, iterations, reach }: NewtonState,
  step: Vector,
  slope: number,
  noise: number,
): NewtonState | null {
  for (let length = 1; length > 1e-12; length /= 2) {
    const next = combine(1, weights, length, step);
    const reached = objective.at(next);
    // Near the optimum values only tell noise; there a falling gradient is the sign of progress.
    const better = -slope * length > noise
      ? reached.value <= sums.value + 1e-4 * length * slope
      : norm(reached.gradient) < norm(sums.gradient);
    if (better && Number.isFinite(reached.value)) {
      return { weights: next, sums: reached, iterations: iterations + 1, reach, finished: false };
    }
    if (-slope * length <= noise) return null;
  }
  return null;
}
