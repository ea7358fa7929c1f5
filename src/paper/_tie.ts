import {
  type Comparator,
  convexCertificate,
  type Evaluation,
  type HeadObjective,
  type Inequality,
} from "../landscape/mod.ts";
import type { Yardstick } from "./_baseline.ts";

/** Mean losses that differ by this share of the larger one are equal: more than rounding leaves, less than anyone can see. */
export const TIE = 1e-9;

/** Units of rounding, as a share of the loss of predicting 0: losses that differ by less are equal also where both are nearly 0. */
const ROUNDING = 64 * 2 ** -53;

/**
 * How far F may lie above a predictor's loss and still equal it: a share of the losses themselves, rounding, and what the
 * gradient that is left allows by convexity, where that is negligible compared with the loss of predicting 0.
 */
export function tieWith(objective: HeadObjective, point: Evaluation, comparator: Comparator): number {
  const { bound, rounding } = convexCertificate(objective, point, comparator);
  const unlearnt = lossOfZero(objective);
  const tie = TIE * Math.max(Math.abs(point.value), Math.abs(comparator.value)) + rounding + ROUNDING * unlearnt;
  return bound <= TIE * unlearnt ? tie + Math.max(0, bound) : tie;
}

/** That F equals the least loss of any predictor, attained and found up to `gapBound`: F may be below what was found by so much. */
export function equalTo(objective: HeadObjective, point: Evaluation, best: Yardstick): Inequality {
  const gap = point.value - best.value;
  return atOrBelow(Math.abs(gap), tieWith(objective, point, best) + (gap < 0 ? best.gapBound ?? 0 : 0));
}

/** `E[l(0; y)]`: the loss of a trivial predictor. */
export function lossOfZero({ linear, outputs, d, k }: HeadObjective): number {
  return Math.abs(linear.at(new Float64Array(outputs * (d + k))).value);
}

/** That F is at or below a value, up to a tolerance: the gap is the right side. */
export function atOrBelow(gap: number, tolerance: number): Inequality {
  return Object.freeze({ left: tolerance, right: gap, rounding: 0, holds: gap <= tolerance });
}
