import type { WantColumn } from "./_piece.ts";
import { rowReader } from "./_row_reader.ts";
import type { Reading } from "./reading.ts";
import type { Table } from "./table.ts";

export type { WantColumn } from "./_piece.ts";

/** Options of {@linkcode readTable}. */
export interface ReadTableOptions {
  /** The file, as the user named it, for messages. */
  readonly file: string;
  /** Which columns to keep; all by default. Rows are checked whole. */
  readonly keep?: WantColumn;
  /** Which columns to keep as they are written, too; none by default. */
  readonly written?: WantColumn;
  /** What is said of the columns; nothing by default. */
  readonly reading?: Reading;
}

/** Options of tables that are handed on piece by piece. */
export interface PieceOptions extends ReadTableOptions {
  /** Whether numbers and lines of a piece may be written over when the next is asked for (default false): saves a copy of what is copied anyway. */
  readonly lend?: boolean;
}

/** Reads a table piece by piece. */
export interface TableReader {
  /**
   * The rows that are whole with this piece of the text; null when there are none yet.
   * @throws {InputError} As `parseTable`.
   */
  push(text: string): Table | null;
  /**
   * The rest, at the end of the text; it may have no rows.
   * @throws {InputError} As `parseTable`, and if there was no header.
   */
  end(): Table;
}

/**
 * Reads CSV text with a header in pieces of any size, as `parseTable` reads it whole: tables of the rows that are complete, in the
 * order of the file, with their lines. Numbers go from the text to their columns; what holds quotes goes through `@std/csv`.
 * Cost: linear in the length of the text, whatever its quotes. Memory is that of a piece and of the longest row.
 *
 * @param options The name of the file, for messages; which columns to keep, and which as they are written.
 * @returns The reader.
 * @throws {InputError} Later, from the reader, where `parseTable` would throw it; but for the number of rows, which is not checked.
 * @example A row that is cut in two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const reader = readTable({ file: "a.csv" });
 * assertEquals([...reader.push("a,b\n1,2\n3,")!.cells[1]!.numbers!], [2]);
 * assertEquals([...reader.push("4\n")!.cells[1]!.numbers!], [4]);
 * assertEquals(reader.end().rows, 0);
 * ```
 */
export function readTable(options: ReadTableOptions): TableReader {
  const { push, end } = rowReader(options);
  return { push, end };
}
