import { type Matrix, matrix, ShapeError } from "../tensor/mod.ts";
import { columnIndex, numbersOf } from "./_columns.ts";
import { standardise } from "./_scaling.ts";
import { listed, quoted } from "./_wording.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";
import type { Dataset } from "./types.ts";

/** How the columns of a table become numbers: kept with a model, so that new rows are read in the same units. */
export type Encoding = Pick<Dataset, "features" | "target" | "intercept" | "classes" | "standardisation">;

/** The columns' indices, all of them there. */
function indicesOf(table: Table, names: readonly string[]): number[] {
  const { file, columns } = table;
  const missing = names.filter((name) => !columns.includes(name));
  if (missing.length < 2) return names.map((name) => columnIndex(table, name, "the model's feature"));
  const problem = `the model's features ${listed(missing.map((name) => quoted(name)))} are not columns`;
  throw new InputError(`${problem}; the columns are ${listed(columns)}`, { file });
}

/**
 * Encodes the features of new rows in the units of a stored encoding: `(cell - mean) / scale` per feature, after the
 * constant 1 when there is an intercept. The target may be missing; other columns are ignored.
 *
 * @param table The rows.
 * @param encoding The features, the intercept and the standardisation; a {@linkcode Dataset} is one.
 * @returns The inputs [rows, d].
 * @throws {ShapeError} If the standardisation does not have one mean and one scale per feature.
 * @throws {InputError} If a feature is missing or a cell holds no number, or one too large for its column's scale.
 * @example Two rows in stored units
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a\n5\n7\n", { file: "new.csv" });
 * const standardisation = { x: { mean: [5], scale: [2] }, y: null };
 * const x = encodeInputs(table, { features: ["a"], target: "y", intercept: true, classes: null, standardisation });
 * assertEquals([...x.data], [1, 0, 1, 1]);
 * ```
 */
export function encodeInputs(table: Table, encoding: Encoding): Matrix {
  const { features, intercept, standardisation: { x: { mean, scale } } } = encoding;
  for (const { length } of [mean, scale]) {
    if (length === features.length) continue;
    throw new ShapeError("standardise the features", `[${features.length}]`, `[${length}]`);
  }
  const offset = intercept ? 1 : 0;
  const [rows, cols] = [table.rows.length, features.length + offset];
  const data = new Float64Array(rows * cols).fill(1);
  indicesOf(table, features).forEach((at, feature) => {
    numbersOf(table, at, "feature").forEach((value, row) => {
      const entry = standardise(value, { mean: mean[feature], scale: scale[feature] });
      if (!Number.isFinite(entry)) throw tooFar(table, row, at);
      data[row * cols + feature + offset] = entry;
    });
  });
  return matrix(rows, cols, data);
}

/** A number that overflows in the units of its column. */
function tooFar({ file, columns, lines, rows }: Table, row: number, at: number): InputError {
  const problem = `${quoted(rows[row][at].trim())} is too large for the scale of this column; check its unit`;
  return new InputError(problem, { file, line: lines[row], column: columns[at] });
}
