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
  const lines = input.replace(/^\ufeff/, "").replaceAll("\r\n", "\n").replace(/\r$/, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const records: string[][] = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at] === "") {
      at++;
    } else if (lines[at].includes('"')) {
      const { cells, next } = readRecord(lines, at, separator);
      records.push(cells);
      at = next;
    } else {
      records.push(lines[at++].split(separator));
    }
  }
  return records;
}

/** The record that starts at a line, and the line after it. */
function readRecord(lines: readonly string[], start: number, separator: string): { cells: string[]; next: number } {
  const misplaced = (line: number, problem: string) => new SyntaxError(`parse error on line ${line + 1}: ${problem}`);
  const cells: string[] = [];
  for (let [at, rest] = [start, lines[start]];;) {
    if (!rest.startsWith('"')) {
      const end = rest.indexOf(separator);
      const cell = end < 0 ? rest : rest.slice(0, end);
      if (cell.includes('"')) throw misplaced(at, 'bare " in non-quoted-field');
      cells.push(cell);
      if (end < 0) return { cells, next: at + 1 };
      rest = rest.slice(end + separator.length);
      continue;
    }
    let cell = "";
    for (rest = rest.slice(1);;) {
      const quote = rest.indexOf('"');
      if (quote < 0) {
        if (at + 1 === lines.length) throw misplaced(at, 'extraneous or missing " in quoted-field');
        cell += `${rest}\n`;
        rest = lines[++at];
        continue;
      }
      cell += rest.slice(0, quote);
      rest = rest.slice(quote + 1);
      if (!rest.startsWith('"')) break;
      cell += '"';
      rest = rest.slice(1);
    }
    cells.push(cell);
    if (rest === "") return { cells, next: at + 1 };
    if (!rest.startsWith(separator)) throw misplaced(at, 'extraneous or missing " in quoted-field');
    rest = rest.slice(separator.length);
  }
}

/** A record under the names of its columns. */
function named(record: string[], columns: readonly string[], line: number): Record<string, string> {
  if (record.length !== columns.length) {
    const counts = `The record has ${record.length} fields, but the header has ${columns.length} fields`;
    throw new Error(`Syntax error on line ${line}: ${counts}`);
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
