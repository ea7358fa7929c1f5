import { parse } from "@std/csv/parse";
import { counted } from "./_wording.ts";
import { recordEnd, recordLines, separatorOf } from "./_quotes.ts";
import { InputError } from "./input_error.ts";

/** What the first record of a table tells. */
export interface Header {
  /** The names of the columns, trimmed, all different. */
  readonly columns: readonly string[];
  /** A comma, semicolon or tab. */
  readonly separator: string;
}

/** The header of a text of whole records, and where it ends; null when there are only blank lines. */
export function readHeader(text: string, file: string, first: number): { header: Header; end: number } | null {
  const separator = separatorOf(text);
  for (
    let [from, end, line] = [0, 0, first];
    from < text.length;
    line += countLines(text.slice(from, end)), from = end
  ) {
    end = recordEnd(text, from);
    const record = text.slice(from, end);
    const isQuoted = record.includes('"');
    if (isQuoted) recordLines(record, file, { line, separator });
    const cells = isQuoted ? parse(record, { separator })[0] : record.slice(0, -1).split(separator);
    if (cells.length === 1 && cells[0].trim() === "") continue;
    return { header: Object.freeze({ columns: columnNames(cells, line, file), separator }), end };
  }
  return null;
}

/** The trimmed names of the columns, each there and each only once. */
function columnNames(cells: readonly string[], line: number, file: string): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const unnamed = names.indexOf("");
  if (unnamed >= 0) {
    throw new InputError(`cell ${unnamed + 1} of the header is empty; give the column a name`, { file, line });
  }
  const firstOf = new Map<string, number>();
  for (const [second, column] of names.entries()) {
    const first = firstOf.get(column);
    if (first === undefined) {
      firstOf.set(column, second);
      continue;
    }
    const problem = `cells ${first + 1} and ${second + 1} of the header have the same name; rename one of them`;
    throw new InputError(problem, { file, line, column });
  }
  return Object.freeze(names);
}

/** Why a row that has more or fewer cells than the header is refused. */
export function unevenRow(cells: number, columns: number, file: string, line: number): InputError {
  const repair = cells < columns ? "add the missing ones" : "quote cells that hold the separator";
  const problem = `the row has ${counted(cells, "cell")} but the header names ${counted(columns, "column")}; ${repair}`;
  return new InputError(problem, { file, line });
}

/** Refuses a table that has fewer rows than are needed. */
export function refuseFew(rows: number, least: number, file: string): void {
  if (rows >= least) return;
  throw new InputError(`the table has ${counted(rows, "row")} below its header; give it at least ${least}`, { file });
}

/** How many line ends a text has. */
export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
