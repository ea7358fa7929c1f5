import type { Vector } from "../tensor/mod.ts";

/** What a network is held to: a linear predictor `w*` with its value. The landscape takes it as numbers, whoever found it. */
export interface Comparator {
  /** `w*` [d]. */
  readonly weights: Vector;
  /** `F_lin(w*)`. */
  readonly value: number;
}

/** An inequality `left >= right` as it was measured. */
export interface Inequality {
  /** The measured left side. */
  readonly left: number;
  /** The measured right side. */
  readonly right: number;
  /** How far rounding can have moved the difference. */
  readonly rounding: number;
  /** `left >= right - rounding`. */
  readonly holds: boolean;
}

/** Half the distance from 1 to the next number in f64. */
const UNIT = 2 ** -53;

/**
 * Judges `left >= right`, where both sides came out of about `operations` roundings of numbers of size `scale`.
 * NaN on either side never holds.
 */
export function judge(left: number, right: number, scale: number, operations: number): Inequality {
  const rounding = UNIT * operations * (scale + Math.abs(left) + Math.abs(right));
  return { left, right, rounding, holds: left >= right - rounding };
}
