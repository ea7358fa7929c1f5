import type { ColumnDependence, ColumnEffects, ColumnImportance } from "../model/mod.ts";

import { plain } from "./plain.ts";

/** How the mean predictions depend on a column, as plain data. */
export interface DependenceReport {
  /** The name of the column. */
  readonly name: string;
  /** The values that were set: numbers in the column's unit, or its categories. */
  readonly values: readonly number[] | readonly string[];
  /** The mean prediction of the model at each of them, for each output in the target's unit. */
  readonly model: readonly (readonly (number | null)[])[];
  /** That of the linear model; null where the model is linear itself. */
  readonly linear: readonly (readonly (number | null)[])[] | null;
}

/** What the model reads of which column. */
export interface EffectsReport {
  /** Which rows: those held out where there are any. */
  readonly on: "held-out rows" | "training rows";
  /** How many of them. */
  readonly rows: number;
  /** Permutation importance of every column, the largest first. */
  readonly importance: readonly (Omit<ColumnImportance, "increase"> & { readonly increase: number | null })[];
  /** Partial dependence on the most important columns. */
  readonly dependence: readonly DependenceReport[];
}

/**
 * The effects of columns as plain data.
 *
 * @param effects Importance and dependence.
 * @param on Which rows they were computed on.
 * @returns The same, ready for `JSON.stringify`.
 * @example One column
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const dependence = [{ name: "a", values: [1, 2], model: matrix(2, 1, [3, 5]), linear: null }];
 * const report = effectsReport({ rows: 9, importance: [], dependence }, "held-out rows");
 * assertEquals(report.dependence, [{ name: "a", values: [1, 2], model: [[3], [5]], linear: null }]);
 * ```
 */
export function effectsReport({ rows, importance, dependence }: ColumnEffects, on: EffectsReport["on"]): EffectsReport {
  return plain({
    on,
    rows,
    importance,
    dependence: dependence.map(({ model, linear, ...rest }) => ({
      ...rest,
      model: rowsOf(model),
      linear: linear && rowsOf(linear),
    })),
  }) as EffectsReport;
}

const rowsOf = ({ rows, cols, data }: ColumnDependence["model"]): readonly (readonly number[])[] =>
  Array.from({ length: rows }, (_, row) => [...data.subarray(row * cols, (row + 1) * cols)]);
