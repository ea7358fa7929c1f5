import { numberIn, numberProblem } from "./_number.ts";
import { dropping, quoted, suggestion } from "./_wording.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";

/** The index of a column, or an InputError that says who asked for it. */
export function columnIndex({ file, columns }: Table, name: string, asker: string): number {
  const at = columns.indexOf(name);
  if (at >= 0) return at;
  throw new InputError(`${asker} ${quoted(name)} is not a column; ${suggestion(name, columns)}`, { file });
}

/** The trimmed cells of a column. */
export function cellsOf({ rows }: Table, at: number): string[] {
  return rows.map((row) => row[at].trim());
}

/** The first cell that is blank, as an InputError; does nothing when there is none. */
export function refuseBlank({ file, columns, lines }: Table, at: number, cells: readonly string[]): void {
  const blank = cells.indexOf("");
  if (blank < 0) return;
  throw new InputError("the cell is blank; fill it in, or leave the row out", {
    file,
    line: lines[blank],
    column: columns[at],
  });
}

/**
 * The numbers of a column; the first cell that holds none is an InputError, with the repair for its kind of column. A blank is
 * NaN where blanks are not refused.
 */
export function numbersOf(
  table: Table,
  at: number,
  kind: "feature" | "target",
  missing: "refuse" | "mean" | "drop" = "refuse",
): Float64Array {
  const { file, columns, lines, rows } = table;
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const cell = rows[row][at].trim();
    const value = numberIn(cell);
    if (value !== null || cell === "" && missing !== "refuse") {
      values[row] = value ?? NaN;
      continue;
    }
    const instead = kind === "feature" ? `leave the column out with ${dropping(columns[at])}` : "leave the row out";
    const problem = `${numberProblem(cell, quoted(cell))}, or ${instead}`;
    throw new InputError(problem, { file, line: lines[row], column: columns[at] });
  }
  return values;
}
