import { CsvError, parse as parseRecords } from "csv-parse/sync";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** What stands between two cells; "," by default. */
  separator?: string;
  /** The number of cells of every record: above 0 that many, 0 as many as the first record, below 0 any (default). */
  fieldsPerRecord?: number;
  /** Whether the first record is skipped; without `columns` it then names the columns. */
  skipFirstRow?: boolean;
  /** The names of the columns. */
  columns?: readonly string[];
}

/** A record as an object; the names are sure when they were given one by one. */
export type RecordWithColumn<C extends string> = string extends C ? Record<string, string | undefined>
  : Record<C, string>;

/** Objects when the options name the columns, rows of cells otherwise. */
export type ParseResult<Options, T> = T extends Options & { columns: readonly (infer C extends string)[] }
  ? RecordWithColumn<C>[]
  : T extends Options & { skipFirstRow: true } ? Record<string, string | undefined>[]
  : T extends Options & { columns?: undefined; skipFirstRow?: false | undefined } ? string[][]
  : Record<string, string | undefined>[] | string[][];

/** The records of a text; empty lines are skipped, line ends inside quotes become "\n", as in std. */
function readRecords(input: string, separator: string): string[][] {
  if (['"', "\n", "\r", ""].includes(separator)) throw new Error("Cannot parse input: invalid delimiter");
  try {
    return parseRecords(input.replaceAll("\r\n", "\n").replace(/\r$/, ""), {
      bom: true,
      delimiter: separator,
      record_delimiter: "\n",
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const stray = error.code === "INVALID_OPENING_QUOTE";
    const problem = stray ? 'bare " in non-quoted-field' : 'extraneous or missing " in quoted-field';
    throw new SyntaxError(`parse error on line ${error.lines}: ${problem}`, { cause: error });
  }
}

/** A record under the names of its columns. */
function named(record: string[], columns: readonly string[], line: number): Record<string, string> {
  if (record.length !== columns.length) {
    const counts = `The record has ${record.length} fields, but the header has ${columns.length} fields`;
    throw new SyntaxError(`Syntax error on line ${line}: ${counts}`);
  }
  return Object.fromEntries(columns.map((column, at) => [column, record[at]]));
}

/**
 * Reads CSV text into rows of cells.
 *
 * @param input The text.
 * @returns The cells, row by row.
 * @throws {SyntaxError} If a quote is out of place or never closed.
 * @example Two rows
 * ```ts
 * import { assertEquals } from "@std/assert/equals";
 * assertEquals(parse("a,b\r\n1,\"2,5\"\r\n"), [["a", "b"], ["1", "2,5"]]);
 * ```
 */
export function parse(input: string): string[][];
/**
 * Reads CSV text into rows of cells, or into objects when the options name the columns.
 *
 * @typeParam T The type of the options.
 * @param input The text.
 * @param options How to read it.
 * @returns The rows.
 * @throws {SyntaxError} If a quote is out of place or never closed, or a record has the wrong number of cells.
 * @example Objects
 * ```ts
 * import { assertEquals } from "@std/assert/equals";
 * assertEquals(parse("a;b\n1;2", { separator: ";", skipFirstRow: true }), [{ a: "1", b: "2" }]);
 * ```
 */
export function parse<const T extends ParseOptions>(input: string, options: T): ParseResult<ParseOptions, T>;
export function parse(
  input: string,
  { separator = ",", fieldsPerRecord = -1, skipFirstRow = false, columns }: ParseOptions = {},
): Record<string, string | undefined>[] | string[][] {
  const records = readRecords(input, separator);
  const width = fieldsPerRecord === 0 ? records[0]?.length : fieldsPerRecord;
  const ragged = width === undefined || width < 0 ? -1 : records.findIndex((record) => record.length !== width);
  if (ragged >= 0) {
    const found = `expected ${width} fields but got ${records[ragged].length}`;
    throw new SyntaxError(`Syntax error on line ${ragged + 1}: ${found}`);
  }
  if (!skipFirstRow && !columns) return records;
  const rows = skipFirstRow ? records.slice(1) : records;
  const names = columns ?? records[0];
  if (names === undefined) throw new TypeError("Cannot parse input: headers must be defined");
  return rows.map((record, at) => named(record, names, at + (skipFirstRow ? 2 : 1)));
}
