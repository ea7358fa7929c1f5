import { parse } from "@std/csv/parse";
import { countLines, type Header, readHeader, unevenRow } from "./_header.ts";
import { finishPiece, type Piece, putCell, startPiece } from "./_piece.ts";
import { NO_QUOTES, recordLines, separatorOf, trackQuotes } from "./_quotes.ts";
import { rowScanner } from "./_scan_rows.ts";
import { InputError } from "./input_error.ts";
import type { ReadTableOptions, TableReader } from "./read_table.ts";
import type { Table } from "./table.ts";

/**
 * Of a table with more columns than this, rows are handed on in pieces of so many characters, and of so many a column up to a limit: a piece costs
 * something for each column.
 */
const [WIDE, CHARACTERS, OF_COLUMN, MOST_WAITING] = [256, 1 << 22, 128, 1 << 24];

/** A row of more characters is refused: a file without line ends would be read whole before its first row. */
const LONGEST_RECORD = 1 << 28;

/** A reader that lets another read some of the rows. */
export interface RowReader extends TableReader {
  /** Where the next row starts, and the header; null before that is known, inside a row, and inside quotes. */
  place(): { readonly header: Header; readonly line: number } | null;
  /** The same after rows that another has read, up to a line. */
  moveTo(line: number): void;
}

/** How much text rows are to be read at a time: more of many columns, as a piece costs something for each column. */
export function leastText(columns: number): number {
  return columns > WIDE ? Math.max(CHARACTERS, Math.min(OF_COLUMN * columns, MOST_WAITING)) : 0;
}

/** What `readTable` makes. */
export function rowReader(
  { file, keep = () => true, written = () => false, reading = {} }: ReadTableOptions,
): RowReader {
  const scan = rowScanner();
  let pending: string[] = [];
  let quotes = NO_QUOTES;
  let waiting = 0;
  let [held, started, line] = ["", false, 1];
  let header: Header | null = null;

  /** Throws for the quote that is out of place, or open at the end. */
  const refuseQuotes = (): void => {
    const text = pending.join("");
    recordLines(text, file, { line, separator: header?.separator ?? separatorOf(text) });
  };
  /** The rows of some whole records; null when there are none. */
  const rowsOf = (text: string): Table | null => {
    let rows = text;
    if (header === null) {
      const found = readHeader(text, file, line);
      const end = found?.end ?? text.length;
      header = found?.header ?? null;
      line += countLines(text.slice(0, end));
      rows = text.slice(end);
    }
    if (header === null || rows === "") return null;
    const piece = startPiece(file, header, { room: countLines(rows), line, keep, written, reading });
    addRows(scan, piece, rows);
    ({ line } = piece);
    return piece.rows === 0 ? null : finishPiece(piece);
  };
  const empty = (): Table => {
    if (header !== null) return finishPiece(startPiece(file, header, { room: 0, line, keep, written, reading }));
    throw new InputError("the file is empty; it needs a header with the names of the columns and a row per example", {
      file,
    });
  };

  return {
    push(text) {
      if (text.includes("\0")) {
        throw new InputError("the file is not plain text; save the table as CSV in UTF-8", { file });
      }
      const marked = held + (started ? text : text.replace(/^\ufeff/, ""));
      started ||= text.length > 0;
      // A carriage return at the end may be half of a line end.
      held = marked.endsWith("\r") ? "\r" : "";
      const plain = withLineFeeds(marked.slice(0, marked.length - held.length));
      const { end, state, misplaced } = trackQuotes(plain, quotes, header?.separator);
      quotes = state;
      if (end === 0 || misplaced || waiting + end < leastText(header?.columns.length ?? 0)) {
        pending.push(plain);
        waiting += plain.length;
        if (waiting > LONGEST_RECORD) {
          const problem =
            `the row that begins here has more than ${LONGEST_RECORD} characters; check the line ends and the quotes`;
          throw new InputError(problem, { file, line });
        }
        if (misplaced) refuseQuotes();
        return null;
      }
      const whole = pending.join("") + plain.slice(0, end);
      pending = [plain.slice(end)];
      waiting = pending[0].length;
      return rowsOf(whole);
    },
    end() {
      const rest = pending.join("") + withLineFeeds(held);
      pending = [rest];
      if (quotes.open) refuseQuotes();
      const last = rest === "" ? null : rowsOf(rest.endsWith("\n") ? rest : `${rest}\n`);
      return last ?? empty();
    },
    place: () => header !== null && waiting === 0 && held === "" && !quotes.open ? { header, line } : null,
    moveTo: (to) => line = to,
  };
}

/**
 * Adds rows to a piece: those from the first quote to the last through the library, the others by a scanner of their own. For 5.1 million
 * numbers of 6 to 7 characters that takes 0.25 s from file to table, where the cells as texts alone take `CsvParseStream` of `@std/csv`
 * 1.1 s, its `parse` 1.6 s, papaparse 0.5 s and csv-parse 2.6 s. With a quoted cell in every row the whole takes 2.1 s; papaparse would save 0.7 s of them.
 */
function addRows(scan: ReturnType<typeof rowScanner>, piece: Piece, text: string): void {
  const first = text.indexOf('"');
  if (first < 0) return scan(text, piece);
  const from = text.lastIndexOf("\n", first) + 1;
  const to = text.indexOf("\n", text.lastIndexOf('"')) + 1;
  scan(text.slice(0, from), piece);
  addQuotedRows(piece, text.slice(from, to));
  scan(text.slice(to), piece);
}

/** Adds rows that may hold quotes to a piece. */
function addQuotedRows(piece: Piece, text: string): void {
  const { file, header: { columns, separator }, slots, lines, written } = piece;
  const starts = recordLines(text, file, { line: piece.line, separator });
  for (const [at, cells] of parse(text, { separator }).entries()) {
    if (cells.length === 1 && cells[0].trim() === "") continue;
    if (cells.length !== columns.length) throw unevenRow(cells, columns.length, file, starts[at]);
    for (const [column, cell] of cells.entries()) {
      if (slots[column] >= 0) putCell(piece, slots[column], cell);
      written[column]?.push(cell);
    }
    lines[piece.rows++] = starts[at];
  }
  piece.line += countLines(text);
}

/** A text whose lines end in a line feed, however they ended. */
function withLineFeeds(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : text;
}
