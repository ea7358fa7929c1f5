import {
  type Comparator,
  convexCertificate,
  type Evaluation,
  type HeadObjective,
  type Inequality,
} from "../landscape/mod.ts";

/** Mean losses that differ by this share of the larger one are equal: more than rounding leaves, less than anyone can see. */
export const TIE = 1e-9;

/**
 * How far F may lie above a predictor's loss and still equal it: a share of the losses themselves, the rounding of both, and what the
 * gradient that is left allows by convexity, where that is next to nothing beside the loss of predicting 0.
 */
export function tieWith(objective: HeadObjective, point: Evaluation, comparator: Comparator): number {
  const { bound, rounding } = convexCertificate(objective, point, comparator);
  const tie = TIE * Math.max(Math.abs(point.value), Math.abs(comparator.value)) + rounding;
  return bound <= TIE * lossOfZero(objective) ? tie + Math.max(0, bound) : tie;
}

/** `E[l(0; y)]`: the size of the loss before anything is learnt. */
export function lossOfZero({ linear, outputs, d, k }: HeadObjective): number {
  return Math.abs(linear.at(new Float64Array(outputs * (d + k))).value);
}

/** That F is at or below a value, up to a tolerance: the gap is the right side. */
export function atOrBelow(gap: number, tolerance: number): Inequality {
  return Object.freeze({ left: tolerance, right: gap, rounding: 0, holds: gap <= tolerance });
}
