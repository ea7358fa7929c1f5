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

/** Columns that were read as numbers, by the rows of their table: each cell is read once. NaN stands for a cell that holds none. */
const READ = new WeakMap<Table["rows"], Map<number, Float64Array>>();

/** Reads several columns as numbers in one pass over the rows, for `numbersOf` to find. */
export function readNumbers({ rows }: Table, columns: readonly number[]): void {
  const known = READ.get(rows) ?? new Map<number, Float64Array>();
  READ.set(rows, known);
  const wanted = columns.filter((at) => !known.has(at));
  const values = wanted.map(() => new Float64Array(rows.length));
  for (let row = 0; row < rows.length; row++) {
    const cells = rows[row];
    for (let j = 0; j < wanted.length; j++) values[j][row] = numberIn(cells[wanted[j]].trim()) ?? NaN;
  }
  wanted.forEach((at, j) => known.set(at, values[j]));
}

/**
 * The numbers of a column, not to be changed; the first cell that holds none is an InputError, with the repair for its kind of
 * column. A blank is NaN where blanks are not refused.
 */
export function numbersOf(
  table: Table,
  at: number,
  kind: "feature" | "target",
  missing: "refuse" | "mean" | "drop" = "refuse",
): Float64Array {
  readNumbers(table, [at]);
  const { file, columns, lines, rows } = table;
  const values = READ.get(rows)!.get(at)!;
  for (let row = 0; row < values.length; row++) {
    if (!Number.isNaN(values[row])) continue;
    const cell = rows[row][at].trim();
    if (cell === "" && missing !== "refuse") continue;
    const instead = kind === "feature" ? `leave the column out with ${dropping(columns[at])}` : "leave the row out";
    const problem = `${numberProblem(cell, quoted(cell))}, or ${instead}`;
    throw new InputError(problem, { file, line: lines[row], column: columns[at] });
  }
  return values;
}
