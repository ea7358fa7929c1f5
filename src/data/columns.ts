import { cellsOf, columnIndex, numbersOf } from "./_columns.ts";
import { numberIn } from "./_number.ts";
import { type ColumnScaling, scalingOf, standardise } from "./_scaling.ts";
import { dropping, quoted } from "./_wording.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";

/** What becomes of a blank cell: an error, the mean of its column, or the row is left out. */
export type Missing = "refuse" | "mean" | "drop";

/** A column of a table as inputs: a number, or one input per level of a text, 1 where the row has it and 0 elsewhere. */
export interface Column {
  /** Its name. */
  readonly name: string;
  /** The texts that it holds, in the order of the alphabet; null for numbers. */
  readonly levels: readonly string[] | null;
}

/** A text with more levels than this is more likely a name or a comment. */
const MOST_LEVELS = 200;

/**
 * What a column holds: numbers, unless none of its cells is one.
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
 * assertEquals(columnOf(table, "age").levels, null);
 * assertEquals(columnOf(table, "town").levels, ["Aach", "Ulm"]);
 * ```
 */
export function columnOf(table: Table, name: string): Column {
  const at = columnIndex(table, name, "--features");
  const isNumber = table.rows.some((row) => numberIn(row[at].trim()) !== null);
  const cells = isNumber ? [] : cellsOf(table, at).filter((cell) => cell !== "");
  if (cells.length === 0) return Object.freeze({ name, levels: null });
  const levels = [...new Set(cells)].sort();
  if (levels.length === 1 || levels.length > MOST_LEVELS || levels.length === cells.length) {
    const count = levels.length === 1 ? "the same text" : `${levels.length} different texts`;
    const problem = `the column holds ${count} in ${cells.length} rows; leave it out with ${dropping(name)}`;
    throw new InputError(problem, { file: table.file, column: name });
  }
  return Object.freeze({ name, levels: Object.freeze(levels) });
}

/** How many inputs a column becomes. */
export const widthOf = ({ levels }: Column): number => levels?.length ?? 1;

/** The names of the inputs that a column becomes: its own, or `name=level` for each level. */
export const inputNames = ({ name, levels }: Column): readonly string[] =>
  levels === null ? [name] : levels.map((level) => `${name}=${level}`);

/** Mean and scale of each input of a column, blanks left out. */
export function scalingsOfColumn(table: Table, column: Column, missing: Missing): readonly ColumnScaling[] {
  const at = table.columns.indexOf(column.name);
  if (column.levels === null) {
    const known = numbersOf(table, at, "feature", missing).filter((value) => !Number.isNaN(value));
    return [known.length > 0 ? scalingOf(known) : { mean: 0, scale: 1 }];
  }
  const cells = cellsOf(table, at).filter((cell) => cell !== "");
  return column.levels.map((level) => scalingOf(Float64Array.from(cells, (cell) => cell === level ? 1 : 0)));
}

/**
 * Writes the standardised inputs of a column for every row, `(value - mean) / scale`; what is missing, and a level that the
 * column does not know, is the mean: 0.
 */
export function fillColumn(
  table: Table,
  at: number,
  column: Column,
  scalings: readonly ColumnScaling[],
  missing: Missing,
  write: (row: number, input: number, value: number) => void,
): void {
  const { file, columns, lines, rows } = table;
  if (column.levels === null) {
    const [scaling] = scalings;
    numbersOf(table, at, "feature", missing).forEach((value, row) => {
      const entry = Number.isNaN(value) ? 0 : standardise(value, scaling);
      if (!Number.isFinite(entry)) {
        const problem = `${quoted(rows[row][at].trim())} is too large for the scale of this column; check its unit`;
        throw new InputError(problem, { file, line: lines[row], column: columns[at] });
      }
      write(row, 0, entry);
    });
    return;
  }
  const { levels } = column;
  const values = [0, 1].map((value) => scalings.map((scaling) => standardise(value, scaling)));
  const indices = new Map(levels.map((level, index) => [level, index]));
  rows.forEach((cells, row) => {
    const cell = cells[at].trim();
    const found = indices.get(cell);
    if (found === undefined && missing === "refuse") {
      const problem = cell === ""
        ? "the cell is blank; fill it in, or say what becomes of blanks with --missing"
        : `${quoted(cell)} is not one of the ${levels.length} texts that the model knows; correct it`;
      throw new InputError(problem, { file, line: lines[row], column: columns[at] });
    }
    for (let j = 0; j < levels.length; j++) write(row, j, found === undefined ? 0 : values[j === found ? 1 : 0][j]);
  });
}

/** The rows of a table without those that have a blank in one of the columns. */
export function dropBlanks(table: Table, names: readonly string[]): Table {
  const indices = names.map((name) => table.columns.indexOf(name)).filter((at) => at >= 0);
  const kept = table.rows.map((cells) => indices.every((at) => cells[at].trim() !== ""));
  if (kept.every(Boolean)) return table;
  if (kept.filter(Boolean).length < 2) {
    throw new InputError(
      "fewer than 2 rows are left without blanks; use --missing mean, or --drop the columns that are blank",
      {
        file: table.file,
      },
    );
  }
  return Object.freeze({
    ...table,
    rows: Object.freeze(table.rows.filter((_, row) => kept[row])),
    lines: Object.freeze(table.lines.filter((_, row) => kept[row])),
  });
}
