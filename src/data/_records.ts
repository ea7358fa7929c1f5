import { counted } from "./_wording.ts";
import { InputError } from "./input_error.ts";

/** A record and the line it starts at. */
export type Record = readonly [cells: readonly string[], line: number];

/** The trimmed names of the columns, each there and each only once. */
export function columnNames([cells, line]: Record, file: string): string[] {
  const names = cells.map((cell) => cell.trim());
  const unnamed = names.indexOf("");
  if (unnamed >= 0) {
    throw new InputError(`cell ${unnamed + 1} of the header is blank; give the column a name`, { file, line });
  }
  const second = names.findIndex((name, at) => names.indexOf(name) < at);
  if (second >= 0) {
    const [column, first] = [names[second], names.indexOf(names[second])];
    const problem = `cells ${first + 1} and ${second + 1} of the header have the same name; rename one of them`;
    throw new InputError(problem, { file, line, column });
  }
  return names;
}

/** Refuses a row that has more or fewer cells than the header. */
export function refuseUneven(records: readonly Record[], columns: readonly string[], file: string): void {
  for (const [cells, line] of records) {
    if (cells.length === columns.length) continue;
    const [found, wanted] = [counted(cells.length, "cell"), counted(columns.length, "column")];
    const repair = cells.length < columns.length ? "add the missing ones" : "quote cells that hold the separator";
    throw new InputError(`the row has ${found} but the header names ${wanted}; ${repair}`, { file, line });
  }
}

/** Refuses a table that has fewer rows than are needed. */
export function refuseFew(rows: number, least: number, file: string): void {
  if (rows >= least) return;
  throw new InputError(`the table has ${counted(rows, "row")} below its header; give it at least ${least}`, { file });
}
