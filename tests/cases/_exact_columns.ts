import { type Matrix, matrix, type Vector } from "../../src/tensor/mod.ts";
import type { ReferenceSet } from "../support/nist.ts";

/** A reference set as the program would fit it: columns and target centred and scaled to a mean square of 1. */
export interface StandardisedSet {
  /** The columns, a constant 1 first where the model has an intercept. */
  readonly x: Matrix;
  /** The target. */
  readonly y: Vector;
  /** What a unit of the target is worth. */
  readonly targetScale: number;
  /** What a unit of each column of `x` is worth; 1 for the intercept. */
  readonly columnScales: readonly number[];
}

interface Standardised {
  readonly values: readonly number[];
  readonly scale: number;
}

/** Integers over `unit`, centred if asked for: exact until one rounding to f64 and one division. */
function standardise(integers: readonly bigint[], unit: number, centred: boolean): Standardised {
  const n = BigInt(integers.length);
  const sum = centred ? integers.reduce((total, value) => total + value, 0n) : 0n;
  const shifted = integers.map((value) => Number(n * value - sum));
  const size = Math.sqrt(shifted.reduce((total, value) => total + value ** 2, 0) / shifted.length);
  return { values: shifted.map((value) => value / size), scale: size / Number(n) / unit };
}

/**
 * The columns of a reference set without the rounding of powers and means in f64, which moves the best fit of Filip by
 * 1e-8 of itself: powers and sums are integers, as the data are decimal numbers.
 */
export function standardisedSet(set: ReferenceSet): StandardisedSet {
  const unit = 10 ** set.places;
  const integers = (values: readonly number[]) => values.map((value) => BigInt(Math.round(value * unit)));
  const columns = set.predictors.map(integers).flatMap((base) =>
    Array.from({ length: set.degree }, (_, at) => at + 1).map((power) =>
      standardise(base.map((value) => value ** BigInt(power)), unit ** power, set.intercept)
    )
  );
  const { values: y, scale: targetScale } = standardise(integers(set.y), unit, set.intercept);
  const constant: readonly Standardised[] = set.intercept ? [{ values: y.map(() => 1), scale: 1 }] : [];
  const all = [...constant, ...columns];
  return {
    x: matrix(y.length, all.length, y.flatMap((_, i) => all.map(({ values }) => values[i]))),
    y: Float64Array.from(y),
    targetScale,
    columnScales: all.map(({ scale }) => scale),
  };
}
