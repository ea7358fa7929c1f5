import type { Matrix } from "../tensor/mod.ts";

/** The predictor `A x + C f` that a network is compared with, however it was found. */
export interface Comparator {
  /** A [m, d]. */
  readonly A: Matrix;
  /** C [m, k]; null for a linear predictor, C = 0. */
  readonly C: Matrix | null;
  /** Its mean loss `H(A, C)`; for C = 0 this is `F_lin(A)`. */
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
 * `F - F_lin(W*)`; exactly 0 when rounding alone can have made it, so that a division by a small norm cannot amplify noise.
 *
 * @param value F, a mean of losses.
 * @param comparator The predictor that F is compared with.
 * @param operations About how many roundings either value comes from.
 * @returns The gap.
 * @example A difference in the last place is none
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(gapAbove(0.5 + 2 ** -53, { value: 0.5 }, 10), 0);
 * assertEquals(gapAbove(0.75, { value: 0.5 }, 10), 0.25);
 * ```
 */
export function gapAbove(value: number, comparator: Pick<Comparator, "value">, operations: number): number {
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
  return judgeWithin(left, right, UNIT * operations * (scale + Math.abs(left) + Math.abs(right)));
}

/**
 * Judges `left >= right` where the rounding of the difference is known. NaN anywhere never holds.
 *
 * @param left The measured left side.
 * @param right The measured right side.
 * @param rounding How far rounding can have moved `left - right`.
 * @returns The inequality.
 * @example Short by more than the rounding
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([judgeWithin(1, 1.1, 0.2).holds, judgeWithin(1, 1.1, 0.01).holds], [true, false]);
 * ```
 */
export function judgeWithin(left: number, right: number, rounding: number): Inequality {
  return Object.freeze({ left, right, rounding, holds: left >= right - rounding });
}
