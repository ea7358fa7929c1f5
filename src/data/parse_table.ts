import { parse } from "@std/csv/parse";
import { scanRecords } from "./_scan_records.ts";
import { columnNames, type Record, refuseFew, refuseUneven } from "./_records.ts";
import { InputError } from "./input_error.ts";

/** A table of text cells: every row has one cell per column. Immutable. */
export interface Table {
  /** The file, as the user named it. */
  readonly file: string;
  /** The names of the columns, trimmed, all different. */
  readonly columns: readonly string[];
  /** The cells, row by row, as they were written. */
  readonly rows: readonly (readonly string[])[];
  /** The line in the file at which each row starts, from 1. */
  readonly lines: readonly number[];
}

/** Options of {@linkcode parseTable}. */
export interface ParseTableOptions {
  /** The file, as the user named it, for messages. */
  readonly file: string;
  /** The least number of rows below the header; 2 by default, which training needs. */
  readonly minRows?: number;
}

/** The records of a text and their lines, blank lines left out. */
function recordsIn(text: string, file: string): Record[] {
  if (text.includes("\0")) {
    throw new InputError("the file is not plain text; save the table as CSV in UTF-8", { file });
  }
  const plain = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const { lines, separator } = scanRecords(plain, file);
  return parse(plain, { separator }).map((cells, at): Record => [cells, lines[at]])
    .filter(([cells]) => cells.length > 1 || cells[0].trim() !== "");
}

/**
 * Reads CSV text with a header into a table of text cells. The separator is a comma, a semicolon or a tab, whichever
 * the header has most of outside quotes. Cells may be quoted and then hold separators, doubled quotes and line ends. A
 * byte-order mark, CR LF or CR line ends and blank lines are read over. Cost: linear in the length of the text.
 *
 * @param text The whole text.
 * @param options The name of the file, and the least number of rows.
 * @returns The table; each row knows the line it starts at.
 * @throws {InputError} If the text is empty or not plain text, a name of the header is blank or there twice, a row has
 * more or fewer cells than the header, a quote is out of place or never closed, or there are too few rows.
 * @example Two rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const table = parseTable("age,name\n3,\"Li, Wei\"\n\n4,Bo\n", { file: "people.csv" });
 * assertEquals(table.columns, ["age", "name"]);
 * assertEquals(table.rows, [["3", "Li, Wei"], ["4", "Bo"]]);
 * assertEquals(table.lines, [2, 4]);
 * ```
 */
export function parseTable(text: string, { file, minRows = 2 }: ParseTableOptions): Table {
  const [header, ...records] = recordsIn(text, file);
  if (header === undefined) {
    throw new InputError("the file is empty; it needs a header with the names of the columns and a row per example", {
      file,
    });
  }
  const columns = columnNames(header, file);
  refuseUneven(records, columns, file);
  refuseFew(records.length, minRows, file);
  return Object.freeze({
    file,
    columns: Object.freeze(columns),
    rows: Object.freeze(records.map(([cells]) => Object.freeze([...cells]))),
    lines: Object.freeze(records.map(([, line]) => line)),
  });
}
