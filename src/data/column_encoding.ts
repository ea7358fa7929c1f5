import { type ColumnScaling, type Measure, standardise } from "./_scaling.ts";
import { quoted } from "./_wording.ts";
import { type Column, distinctTexts, missingCode, textAt } from "./column.ts";
import { InputError, type Remedy } from "./input_error.ts";
import { columnAt, columnIndex, missingValue, numbersAt, refuseSpelling, type Table, typeOf } from "./table.ts";

/** How missing values are treated: an error, replaced by the mean of the column, or the row is left out. */
export type Missing = "refuse" | "mean" | "drop";

/** How a column of a table becomes inputs: a number, or a one-hot encoded category. */
export interface ColumnEncoding {
  /** Its name. */
  readonly name: string;
  /** Its categories in alphabetical order; null for numbers. */
  readonly levels: readonly string[] | null;
  /** Whether every row that was learned from held the same number, up to rounding; such a column is 0 in new rows too. */
  readonly constant?: true;
}

/** A column with more categories than this more likely holds names or comments. */
const MOST_LEVELS = 200;

/**
 * The encoding of a column: categories when most of its cells are texts, or were said to be; else numbers.
 *
 * @param table The table.
 * @param name The name of the column.
 * @returns The column with its levels.
 * @throws {InputError} If there is no such column, or every row has the same text, or a text of its own, or there are more than 200.
 * @example Numbers and a text
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("age,town\n3,Ulm\n4,Aach\n5,Ulm\n", { file: "a.csv" });
 * assertEquals(inferColumnEncoding(table, "age").levels, null);
 * assertEquals(inferColumnEncoding(table, "town").levels, ["Aach", "Ulm"]);
 * ```
 */
export function inferColumnEncoding(table: Table, name: string): ColumnEncoding {
  const at = columnIndex(table, name, "feature", { option: "features" });
  refuseSpelling(table, at);
  if (typeOf(table, at) === "number") return Object.freeze({ name, levels: null });
  const column = columnAt(table, at);
  const levels = distinctTexts(column).filter((text) => text !== "").sort();
  const missing = missingCode(column);
  const cells = column.codes!.reduce((count, code) => code === missing ? count : count + 1, 0);
  if (levels.length === 1 || levels.length > MOST_LEVELS || levels.length === cells) {
    const count = levels.length === 1 ? "the same text" : `${levels.length} different texts`;
    const problem = `the column holds ${count} in ${cells} rows; leave the column out`;
    throw new InputError(problem, { file: table.file, column: name, remedy: { option: "drop", value: name } });
  }
  return Object.freeze({ name, levels: Object.freeze(levels) });
}

/** Which of the levels stands in a row; -1 for none of them. */
function levelsOf(column: Column, levels: readonly string[]): (row: number) => number {
  const index = new Map(levels.map((level, at) => [level, at]));
  const byCode = Int32Array.from(column.texts, (text) => index.get(text) ?? -1);
  const { codes } = column;
  return (row) => codes !== null && codes[row] >= 0 ? byCode[codes[row]] : index.get(textAt(column, row)) ?? -1;
}

/** How many inputs a column becomes. */
export const widthOf = ({ levels }: ColumnEncoding): number => levels?.length ?? 1;

/** The names of the inputs that a column becomes: its own, or `name=level` for each level. */
export const inputNames = ({ name, levels }: ColumnEncoding): readonly string[] =>
  levels === null ? [name] : levels.map((level) => `${name}=${level}`);

/** The scaling of each input of a column, missing values left out. */
export function scalingsOfColumn(
  table: Table,
  column: ColumnEncoding,
  missing: Missing,
  measure: Measure,
): readonly ColumnScaling[] {
  const at = table.columns.indexOf(column.name);
  const { codes } = columnAt(table, at);
  if (column.levels === null) {
    const numbers = numbersAt(table, at, "feature", missing);
    const known = codes === null ? numbers : numbers.filter((value) => !Number.isNaN(value));
    return [known.length > 0 ? measure(known) : { mean: 0, scale: 1 }];
  }
  const levelOf = levelsOf(columnAt(table, at), column.levels);
  const blank = missingCode(columnAt(table, at));
  const known = Array.from({ length: table.rows }, (_, row) => row).filter((row) =>
    blank === null || codes![row] !== blank
  );
  return column.levels.map((_, level) => measure(Float64Array.from(known, (row) => levelOf(row) === level ? 1 : 0)));
}

/**
 * Writes the standardised inputs of a column for every row, `(value - mean) / scale`, at `from` and every `stride` numbers after
 * it; what is missing, and an unknown category, is the mean: 0 where the column is centred.
 */
export function fillColumn(
  table: Table,
  at: number,
  column: ColumnEncoding,
  scalings: readonly ColumnScaling[],
  missing: Missing,
  out: { readonly data: Float64Array; readonly from: number; readonly stride: number },
): void {
  const { file, columns, lines, rows } = table;
  const { data, from, stride } = out;
  const refuse = (row: number, problem: string, remedy: Remedy | null = null): never => {
    throw new InputError(problem, { file, line: lines[row], column: columns[at], remedy });
  };
  const fills = scalings.map((scaling) => standardise(scaling.fill ?? scaling.mean, scaling));
  if (column.levels === null) {
    const [scaling] = scalings;
    const numbers = numbersAt(table, at, "feature", missing);
    for (let row = 0; row < rows; row++) {
      const value = numbers[row];
      const entry = column.constant ? 0 : Number.isNaN(value) ? fills[0] : standardise(value, scaling);
      if (!Number.isFinite(entry)) {
        refuse(row, `${quoted(String(value))} is too large for the scale of this column; check its unit`);
      }
      data[from + row * stride] = entry;
    }
    return;
  }
  const { levels } = column;
  const levelOf = levelsOf(columnAt(table, at), levels);
  const [zeros, ones] = [0, 1].map((value) => scalings.map((scaling) => standardise(value, scaling)));
  for (let row = 0; row < rows; row++) {
    const level = levelOf(row);
    if (level < 0 && missing === "refuse") {
      const cell = textAt(columnAt(table, at), row);
      if (cell === "") throw missingValue(table, at, row, "feature");
      refuse(row, `${quoted(cell)} is not one of the ${levels.length} categories that the model knows; correct it`);
    }
    for (let j = 0; j < levels.length; j++) {
      data[from + row * stride + j] = level < 0 ? fills[j] : j === level ? ones[j] : zeros[j];
    }
  }
}
