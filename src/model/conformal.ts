import type { Vector } from "../tensor/mod.ts";

/** Half the widths of prediction intervals. */
export interface ConformalWidths {
  /** The chance with which an interval covers the target of a new row. */
  readonly coverage: number;
  /** How many rows the widths come from. */
  readonly rows: number;
  /** Half the width for each output; null where the rows are too few for this coverage. */
  readonly halfWidths: readonly (number | null)[];
}

/**
 * Half the widths of prediction intervals by split conformal prediction: of n absolute errors on rows that the model was not fitted on, the
 * `ceil((n + 1) coverage)`-th smallest. If these rows and a new one are exchangeable, the interval `prediction ± half width` covers the new
 * target with at least that chance, whatever the model and the noise, and with at most `1 / (n + 1)` more
 * where errors do not tie; for each output by itself, and on average over rows: intervals are as wide everywhere. Errors of
 * the folds of a cross-validation serve too; their bound is weaker, the coverage about the same. Sources: J. Lei et al., "Distribution-free predictive
 * inference for regression", JASA 113 (2018); R. F. Barber et al., "Predictive inference with the jackknife+", Annals of Statistics 49 (2021).
 *
 * @param predicted Predictions in the target's unit [n, m].
 * @param actual The targets in their unit [n, m].
 * @param options `outputs` m (default 1) and `coverage`, above 0 and below 1 (default 0.9).
 * @returns Half a width for each output; null where `(n + 1) coverage > n`, which needs an infinite one, or an error is not finite.
 * @throws {RangeError} If there are not as many predictions as targets, whole rows of them, or the coverage is not between 0 and 1.
 * @example Nine errors from 1 to 9
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const actual = Float64Array.of(1, -2, 3, -4, 5, -6, 7, -8, 9);
 * assertEquals(conformalWidths(new Float64Array(9), actual).halfWidths, [9]);
 * assertEquals(conformalWidths(new Float64Array(9), actual, { coverage: 0.5 }).halfWidths, [5]);
 * assertEquals(conformalWidths(new Float64Array(9), actual, { coverage: 0.95 }).halfWidths, [null]);
 * ```
 */
export function conformalWidths(
  predicted: Vector,
  actual: Vector,
  { outputs = 1, coverage = 0.9 }: { readonly outputs?: number; readonly coverage?: number } = {},
): ConformalWidths {
  if (predicted.length !== actual.length || actual.length % outputs !== 0) {
    const got = `${predicted.length} predictions of ${actual.length} targets`;
    throw new RangeError(`Cannot make prediction intervals: as many of each, in rows of ${outputs}, got ${got}`);
  }
  if (!(coverage > 0 && coverage < 1)) {
    throw new RangeError(`Cannot make prediction intervals: the coverage must be between 0 and 1, got ${coverage}`);
  }
  const rows = actual.length / outputs;
  // A product such as 10 * 0.9 may be above the whole number by a rounding.
  const rank = Math.ceil((rows + 1) * coverage * (1 - 4 * Number.EPSILON));
  const halfWidths = Array.from({ length: outputs }, (_, output) => {
    const errors = Float64Array.from(
      { length: rows },
      (_, row) => Math.abs(predicted[row * outputs + output] - actual[row * outputs + output]),
    ).sort();
    return rank <= rows && Number.isFinite(errors[rows - 1]) ? errors[rank - 1] : null;
  });
  return { coverage, rows, halfWidths };
}
