import type { Evaluation, HeadObjective } from "../landscape/mod.ts";

/** Half the distance from 1 to the next number in f64. */
const UNIT = 2 ** -53;

/** How far rounding can have moved mean losses at and near a point. */
export interface LossRounding {
  /** Of `F - value`, where the predictors compared have weights on [x f] whose norms add up to `sizes`. */
  of(value: number, sizes: number): number;
}

/**
 * A prediction is off by `(d + k) u ||[x f]||` times the norm of its weights, a mean of n losses by n u of itself: to first order the
 * slopes carry that into F, to second order l'' does, which is all that is left where every slope is 0. A column that a baseline cut
 * as dependent is off by max(n, d + k) u as well. Cost: the sizes at the point, once.
 */
export function lossRounding(objective: HeadObjective, at: Evaluation): LossRounding {
  const { rows, d, k } = objective;
  const operations = UNIT * (rows + d + k + 64);
  const [slopes, curvatures] = [objective.slopeSize(at), objective.curvatureSize(at)];
  return {
    of(value, sizes) {
      const moved = operations * sizes;
      return operations * (Math.abs(at.value) + Math.abs(value)) + slopes * moved + curvatures * moved * moved;
    },
  };
}
