import { parse } from "@std/csv/parse";
import { counted } from "./_wording.ts";
import { recordEnd, recordLines, separatorOf } from "./_quotes.ts";
import { InputError } from "./input_error.ts";

/** What the first record of a table tells. */
export interface Header {
  /** The names of the columns, trimmed, all different. */
  readonly columns: readonly string[];
  /** Which column each name is. */
  readonly places: ReadonlyMap<string, number>;
  /** A comma, a semicolon, a tab or a bar. */
  readonly separator: string;
}

/** The header of a text of whole records, and where it ends; null when there are only blank lines. */
export function readHeader(text: string, file: string, first: number): { header: Header; end: number } | null {
  const { start, separator } = preambleOf(text);
  for (
    let [from, end, line] = [start, start, first + countLines(text.slice(0, start))];
    from < text.length;
    line += countLines(text.slice(from, end)), from = end
  ) {
    end = recordEnd(text, from);
    const record = text.slice(from, end);
    const isQuoted = record.includes('"');
    if (isQuoted) recordLines(record, file, { line, separator });
    const cells = isQuoted ? parse(record, { separator })[0] : record.slice(0, -1).split(separator);
    if (cells.length === 1 && cells[0].trim() === "") continue;
    return { header: makeHeader(cells, line, file, separator), end };
  }
  return null;
}

/** A header of the cells of the first record; `line` is null where there are no lines. */
export function makeHeader(cells: readonly string[], line: number | null, file: string, separator: string): Header {
  const columns = columnNames(cells, line, file);
  return Object.freeze({ columns, places: new Map(columns.map((name, at) => [name, at])), separator });
}

/**
 * Where the header starts, and the separator: after comment lines, which begin with #, and after a line such as `sep=;`, which
 * spreadsheets write. A line that begins with # and has as many cells as the next one is a header.
 */
function preambleOf(text: string): { readonly start: number; readonly separator: string } {
  for (let start = 0;;) {
    const end = text.indexOf("\n", start) + 1;
    const line = text.slice(start, end).trim();
    const told = /^"?sep=([,;\t|])"?[ \n]*$/i.exec(text.slice(start, end));
    if (told) return { start: end, separator: told[1] };
    const separator = separatorOf(text.slice(start));
    if (end === 0 || !line.startsWith("#") || separator === null) return { start, separator };
    const next = text.slice(end, (text.indexOf("\n", end) + 1 || text.length + 1) - 1);
    const cells = line.split(separator).length;
    if (cells > 1 && cells === next.split(separator).length) return { start, separator };
    start = end;
  }
}

/** The trimmed names of the columns, each there and each only once. */
function columnNames(cells: readonly string[], line: number | null, file: string): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const unnamed = names.indexOf("");
  if (unnamed >= 0) {
    const repair = unnamed > 0 && unnamed === names.length - 1
      ? "give the column a name, or take off the last separator of every row"
      : "give the column a name";
    throw new InputError(`cell ${unnamed + 1} of the header is empty; ${repair}`, { file, line });
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
export function unevenRow(cells: readonly string[], columns: number, file: string, line: number): InputError {
  const { length } = cells;
  const repair = length < columns && cells[0].trimStart().startsWith("#")
    ? "a comment stands above the header only: take it out"
    : length < columns
    ? "add the missing ones"
    : length === columns + 1 && cells[columns].trim() === ""
    ? "take off the last separator of the row"
    : columns === 1
    ? "begin the file with the names of all columns, or quote cells that hold the separator"
    : "quote cells that hold the separator";
  const problem = `the row has ${counted(length, "cell")} but the header names ${
    counted(columns, "column")
  }; ${repair}`;
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
