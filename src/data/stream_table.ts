// @ts-types="papaparse-types"
import Papa from "papaparse";
import { columnNames, type Record, refuseUneven } from "./_records.ts";
import { scanRecords } from "./_scan_records.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";

/** Reads a table piece by piece. */
export interface TableReader {
  /**
   * The rows that are whole with this piece of the text; null when there are none yet.
   * @throws {InputError} As `parseTable`.
   */
  push(text: string): Table | null;
  /**
   * The rest, at the end of the text.
   * @throws {InputError} As `parseTable`, and if there was no header.
   */
  end(): Table | null;
}

/**
 * Reads CSV text with a header in pieces of any size, as `parseTable` reads it whole: tables of the rows that are complete, in the
 * order of the file, with their lines. Memory is that of a piece and of the longest row.
 *
 * @param options The name of the file, for messages.
 * @returns The reader.
 * @throws {InputError} Later, from the reader, where `parseTable` would throw it; but for the number of rows, which is not checked.
 * @example A row that is cut in two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const reader = readTable({ file: "a.csv" });
 * assertEquals(reader.push("a,b\n1,2\n3,")!.rows, [["1", "2"]]);
 * assertEquals(reader.push("4\n")!.rows, [["3", "4"]]);
 * assertEquals(reader.end(), null);
 * ```
 */
export function readTable({ file }: { readonly file: string }): TableReader {
  let [rest, line] = ["", 1];
  let header: { readonly columns: readonly string[]; readonly separator: string } | null = null;
  let started = false;

  const tableOf = (text: string): Table | null => {
    if (text.includes("\0")) {
      throw new InputError("the file is not plain text; save the table as CSV in UTF-8", { file });
    }
    if (text.trim() === "") {
      line += countLines(text);
      return null;
    }
    const { lines, separator } = scanRecords(text, file, header && { line, separator: header.separator });
    // Papa ends a record at every line end outside quotes, and reads an empty line as one empty cell.
    const { data } = Papa.parse<string[]>(text, { delimiter: separator, newline: "\n" });
    let at = 0;
    const records: Record[] = [];
    for (const cells of data) {
      if (cells.length === 1 && cells[0] === "") continue;
      const found = lines[at++];
      if (cells.length > 1 || cells[0].trim() !== "") records.push([cells, found]);
    }
    line += countLines(text);
    if (header === null) {
      const [first] = records.splice(0, 1);
      header = { columns: Object.freeze(columnNames(first, file)), separator };
    }
    if (records.length === 0) return null;
    refuseUneven(records, header.columns, file);
    return Object.freeze({
      file,
      columns: header.columns,
      rows: records.map(([cells]) => cells),
      lines: records.map(([, found]) => found),
    });
  };

  return {
    push(text) {
      if (!started && text.length > 0) {
        started = true;
        rest = text.replace(/^\ufeff/, "");
      } else {
        rest += text;
      }
      // A carriage return at the end may be half of a line end.
      const held = rest.endsWith("\r") ? "\r" : "";
      const plain = rest.slice(0, rest.length - held.length).replace(/\r\n?/g, "\n");
      const end = lastRecordEnd(plain);
      rest = plain.slice(end) + held;
      return end === 0 ? null : tableOf(plain.slice(0, end));
    },
    end() {
      const last = rest.replace(/\r\n?/g, "\n");
      rest = "";
      const table = tableOf(last);
      if (header !== null) return table;
      throw new InputError("the file is empty; it needs a header with the names of the columns and a row per example", {
        file,
      });
    },
  };
}

/** Where the last record ends that is whole: after the last line end that has an even number of quotes before it. */
function lastRecordEnd(text: string): number {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  let before = text.length;
  for (let end = text.lastIndexOf("\n"); end >= 0; end = text.lastIndexOf("\n", end - 1)) {
    for (let at = text.lastIndexOf('"', before - 1); at > end; at = text.lastIndexOf('"', at - 1)) quotes--;
    if (quotes % 2 === 0) return end + 1;
    if (end === 0) break;
    before = end;
  }
  return 0;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
