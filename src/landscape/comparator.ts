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
 * `F - F_lin(w*)`; exactly 0 when rounding alone can have made it, so that dividing by a small norm cannot blow noise up.
 *
 * @param value F, a mean of losses.
 * @param comparator The linear predictor.
 * @param operations About how many roundings either value comes from.
 * @returns The gap.
 * @example A difference in the last place is none
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const weights = Float64Array.of(1);
 * assertEquals(gapAbove(0.5 + 2 ** -53, { weights, value: 0.5 }, 10), 0);
 * assertEquals(gapAbove(0.75, { weights, value: 0.5 }, 10), 0.25);
 * ```
 */
export function gapAbove(value: number, comparator: Comparator, operations: number): number {
  const gap = value - comparator.value;
  return Math.abs(gap) <= UNIT * operations * (Math.abs(value) + Math.abs(comparator.value)) ? 0 : gap;
}

/**
 * Judges `left >= right`, where both sides came out of about `operations` roundings of numbers of size `scale`.
 * NaN on either side never holds.
 *
 * @param left The measured left side.
 * @param right The measured right side.
 * @param scale Size of the numbers that both were made from.
 * @param operations About how many roundings they went through.
 * @returns Both sides, the rounding allowed for, and whether the inequality holds.
 * @example Equal but for rounding, and not
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([judge(1, 1 + 1e-15, 1, 10).holds, judge(1, 1.1, 1, 10).holds], [true, false]);
 * ```
 */
export function judge(left: number, right: number, scale: number, operations: number): Inequality {
  const rounding = UNIT * operations * (scale + Math.abs(left) + Math.abs(right));
  return { left, right, rounding, holds: left >= right - rounding };
}
