import { type Column, missingCode, takeCells, textAt } from "./column.ts";
import { isText, numberProblem } from "./_number.ts";
import { counted, quoted, suggestion } from "./_wording.ts";
import { InputError, type Remedy } from "./input_error.ts";
import type { DeclaredType, Reading, Spelling } from "./reading.ts";

/** A table as typed columns: 8 bytes a number, 4 a text, 12 a cell of a column that holds both. Immutable. */
export interface Table {
  /** The file, as the user named it. */
  readonly file: string;
  /** The names of all columns of the file, trimmed, all different. */
  readonly columns: readonly string[];
  /** Which column each name is, from 0. */
  readonly places: ReadonlyMap<string, number>;
  /** How many rows. */
  readonly rows: number;
  /** The line in the file at which each row starts, from 1; of a file without lines, such as Parquet, the row. */
  readonly lines: Uint32Array;
  /** What `lines` counts. */
  readonly counts: "lines" | "rows";
  /** The cells of each column; null for a column that was not kept. */
  readonly cells: readonly (Column | null)[];
  /** How it was read. */
  readonly reading: Reading;
  /** How the cells of each column are written. */
  readonly spellings: readonly Spelling[];
  /** The cells as the file has them, for the requested columns; null for the others. */
  readonly written: readonly (readonly string[] | null)[];
}

/**
 * The index of a column.
 *
 * @param table The table, or what names its columns.
 * @param name The column.
 * @param role What the column was to be, for the message.
 * @param remedy The option that names it; none by default.
 * @returns The index, from 0.
 * @throws {InputError} If there is no such column.
 * @example A slip
 * ```ts
 * import { assertThrows } from "@std/assert";
 * const table = { file: "a.csv", columns: ["age", "name"], places: new Map([["age", 0], ["name", 1]]) };
 * assertThrows(() => columnIndex(table, "aeg", "target"), Error, 'the target "aeg" is not a column; did you mean "age"?');
 * ```
 */
export function columnIndex(
  { file, columns, places }: Pick<Table, "file" | "columns" | "places">,
  name: string,
  role: string,
  remedy: Remedy | null = null,
): number {
  const at = places.get(name);
  if (at !== undefined) return at;
  throw new InputError(`the ${role} ${quoted(name)} is not a column; ${suggestion(name, columns)}`, { file, remedy });
}

/**
 * Where a row is in its file, for messages.
 *
 * @param table The table, or what it knows of its file.
 * @param row The row, from 0.
 * @returns The file, and the line at which the row starts; of a file without lines, the row in place of it.
 * @example Below an empty line
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,y\n1,2\n\n3,4\n", { file: "a.csv" });
 * assertEquals(placeOf(table, 1), { file: "a.csv", line: 4 });
 * ```
 */
export function placeOf(
  { file, lines, counts }: Pick<Table, "file" | "lines" | "counts">,
  row: number,
): { readonly file: string; readonly line?: number; readonly row?: number } {
  return counts === "rows" ? { file, row: lines[row] } : { file, line: lines[row] };
}

/** The cells of a column, which must have been kept. */
export function columnAt({ file, columns, cells }: Table, at: number): Column {
  const found = cells[at];
  if (found) return found;
  throw new InputError("the column was left out when the table was read; keep it", { file, column: columns[at] });
}

/** How many cells of a column are texts, missing values left out. */
export function countTexts(column: Column): number {
  const missing = missingCode(column);
  return column.codes?.reduce((count, code) => code < 0 || code === missing ? count : count + 1, 0) ?? 0;
}

/**
 * What the cells of a column are read as: what the user said, else texts when most of the cells that are not missing are texts, or when
 * its numbers are codes and its texts words, as in a column of cylinders with 4, 6, 8 and rotary. A column with no value at all is one of
 * numbers.
 */
export function typeOf(table: Table, at: number): DeclaredType {
  const { declared } = table.spellings[at];
  if (declared !== null) return declared;
  const column = columnAt(table, at);
  if (column.codes === null) return "number";
  const texts = countTexts(column);
  if (texts === 0) return "number";
  const numbers = column.codes.reduce((count, code) => code < 0 ? count + 1 : count, 0);
  return texts > numbers || numbers > 0 && areWords(column.texts) && areCodes(column.numbers!) ? "text" : "number";
}

/** Numbers are codes where at most this many different whole ones are there, each of them four times on average. */
const [MOST_CODES, RECURS] = [10, 4];

/** How many different whole numbers there are, NaN left out, where they are codes rather than amounts: few that recur; else 0. */
export function countCodes(numbers: Float64Array): number {
  const different = new Set<number>();
  let known = 0;
  for (const value of numbers) {
    if (Number.isNaN(value)) continue;
    known++;
    if (!Number.isInteger(value) || different.add(value).size > MOST_CODES) return 0;
  }
  return known >= RECURS * different.size ? different.size : 0;
}

const areCodes = (numbers: Float64Array): boolean => countCodes(numbers) > 1;

/** Whether texts have letters and no digit: a digit among letters, as in 4o, is a slip in a number. */
const areWords = (texts: readonly string[]): boolean =>
  texts.every((text) => text === "" || /\p{L}/u.test(text) && !/\p{Nd}/u.test(text));

/**
 * The columns that are read as texts but were read as numbers, of which some are not written in their shortest form (`007`, `1E2`):
 * read the table again, with these columns as texts.
 *
 * @param table The table.
 * @param targets Columns that are read as texts whatever they hold: classes.
 * @returns The names of the columns; those that were not kept are left out.
 * @example A code with zeros in front
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,well\n1,007\n2,A\n3,B\n", { file: "a.csv" });
 * assertEquals(lostTexts(table, []), ["well"]);
 * ```
 */
export function lostTexts(table: Table, targets: readonly string[]): readonly string[] {
  const { columns, cells, spellings } = table;
  return columns.filter((name, at) =>
    cells[at] !== null && cells[at].numbers !== null && spellings[at].rewritten &&
    (targets.includes(name) || typeOf(table, at) === "text")
  );
}

/** Throws an InputError for the first missing value of a column, if there is one. */
export function refuseMissing(table: Table, at: number, kind: "target" | "split" = "target"): void {
  const column = columnAt(table, at);
  const missing = missingCode(column);
  if (missing === null) return;
  throw missingValue(table, at, column.codes!.indexOf(missing), kind);
}

/** Why a missing value is refused. */
export function missingValue(
  table: Pick<Table, "file" | "lines" | "counts" | "columns">,
  at: number,
  row: number,
  kind: "feature" | "target" | "split",
): InputError {
  const place = { ...placeOf(table, row), column: table.columns[at] };
  // No way of treating missing values says on which side such a row is.
  if (kind === "split") {
    return new InputError("the value is missing; fill it in, or take the row out of the table", place);
  }
  const [instead, value] = kind === "feature"
    ? ["replace missing values by the mean", "mean"]
    : ["leave out the rows without it", "drop"];
  return new InputError(`the value is missing; fill it in, or ${instead}`, {
    ...place,
    remedy: { option: "missing", value },
  });
}

/**
 * The numbers of a column, not to be changed; the first cell that holds none is an InputError, with the repair for its kind of
 * column. A missing value is NaN where missing values are not refused.
 */
export function numbersAt(
  table: Table,
  at: number,
  kind: "feature" | "target",
  missing: "refuse" | "mean" | "drop" | "indicator" = "refuse",
): Float64Array {
  const { numbers, codes, texts } = columnAt(table, at);
  if (codes === null) return numbers;
  refuseSpelling(table, at);
  const { columns, rows, spellings } = table;
  const row = codes.findIndex((code) => code >= 0 && (texts[code] !== "" || missing === "refuse"));
  if (row < 0) return numbers ?? new Float64Array(rows).fill(NaN);
  const cell = texts[codes[row]];
  if (isText(cell) && typeOf(table, at) === "number" && !spellings[at].declared) throw mixedColumn(table, at, row);
  if (cell === "") throw missingValue(table, at, row, kind);
  const instead = kind === "feature" ? "leave the column out" : "leave the row out";
  const remedy: Remedy | null = kind === "feature" ? { option: "drop", value: columns[at] } : null;
  const problem = `${numberProblem(cell, quoted(cell))}, or ${instead}`;
  throw new InputError(problem, { ...placeOf(table, row), column: columns[at], remedy });
}

/** Refuses a column whose texts look like numbers in a spelling that was not allowed. */
export function refuseSpelling(table: Table, at: number): void {
  const { columns, cells, spellings } = table;
  const { refused, declared } = spellings[at];
  if (refused === undefined || declared === "text") return;
  const { example, problem, option, orDecimal } = refused;
  const { codes, texts } = cells[at]!;
  const row = codes!.findIndex((code) => code >= 0 && texts[code] === example);
  const asText: Remedy = { option: "types", value: `${columns[at]}=text` };
  const otherwise: Remedy = orDecimal ? { option: "decimal", value: "comma", or: asText } : asText;
  throw new InputError(`${quoted(example)} ${problem}, or read the column as text`, {
    ...placeOf(table, row),
    column: columns[at],
    remedy: option === null ? asText : { option, ...option === "decimal" && { value: "comma" }, or: otherwise },
  });
}

/** Why a column of numbers with a few texts among them is refused, at the first text. */
function mixedColumn(table: Table, at: number, row: number): InputError {
  const { columns } = table;
  const column = columnAt(table, at);
  const texts = countTexts(column);
  const cell = column.texts[column.codes![row]];
  const problem = `${numberProblem(cell, quoted(cell))}, or read the column as text: ${texts} of its ${
    counted(table.rows, "cell")
  } ${texts === 1 ? "is not a number" : "are not numbers"}`;
  return new InputError(problem, {
    ...placeOf(table, row),
    column: columns[at],
    remedy: { option: "types", value: `${columns[at]}=text` },
  });
}

/**
 * Some rows of a table, as a table.
 *
 * @param table The table.
 * @param rows Which rows, from 0, in the order wanted.
 * @returns A copy of them.
 * @example The second row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a\n1\n2\n", { file: "a.csv" });
 * assertEquals([...takeRows(table, [1]).cells[0]!.numbers!], [2]);
 * ```
 */
export function takeRows(table: Table, rows: readonly number[]): Table {
  return Object.freeze({
    ...table,
    rows: rows.length,
    lines: Uint32Array.from(rows, (row) => table.lines[row]),
    cells: Object.freeze(table.cells.map((column) => column && takeCells(column, rows))),
    written: Object.freeze(table.written.map((cells) => cells && Object.freeze(rows.map((row) => cells[row])))),
  });
}

/**
 * The rows of a table without those that have a missing value in one of the columns.
 *
 * @param table The table.
 * @param names The columns.
 * @returns The table itself when it has no missing value there.
 * @throws {InputError} If fewer than 2 rows are left.
 * @example One missing value
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,b\n1,2\n3,\n5,6\n", { file: "a.csv" });
 * assertEquals([...dropMissingRows(table, ["b"]).cells[0]!.numbers!], [1, 5]);
 * ```
 */
export function dropMissingRows(table: Table, names: readonly string[]): Table {
  const isMissing = new Uint8Array(table.rows);
  for (const at of names.flatMap((name) => table.places.get(name) ?? [])) {
    const column = columnAt(table, at);
    const missing = missingCode(column);
    if (missing !== null) column.codes!.forEach((code, row) => isMissing[row] |= code === missing ? 1 : 0);
  }
  const kept = Array.from(isMissing.keys()).filter((row) => isMissing[row] === 0);
  if (kept.length === table.rows) return table;
  if (kept.length > 1) return takeRows(table, kept);
  const most = names.filter((name) => table.places.has(name)).map((name) => [name, missingIn(table, name)] as const)
    .sort((a, b) => b[1] - a[1]);
  const [column, count] = most[0];
  const place = { file: table.file, column };
  if (table.rows - count < 2) {
    throw new InputError(
      `the column has ${counted(table.rows - count, "value")} in ${
        counted(table.rows, "row")
      }; leave it out, or name another`,
      place,
    );
  }
  throw new InputError(
    "fewer than 2 rows have no missing values; replace missing values by the mean, or leave out the columns that have them",
    { file: table.file, remedy: { option: "missing", value: "mean" } },
  );
}

/** How many values of a column are missing. */
function missingIn(table: Table, name: string): number {
  const column = columnAt(table, table.places.get(name)!);
  const missing = missingCode(column);
  return missing === null ? 0 : column.codes!.reduce((count, code) => count + (code === missing ? 1 : 0), 0);
}

/**
 * The text of every cell of a column, trimmed; numbers as they are written shortest.
 *
 * @param table The table.
 * @param name The column.
 * @returns A text a row.
 * @throws {InputError} If there is no such column.
 * @example Numbers and texts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * assertEquals(textsOf(parseTable("a\n1.0\nx\n", { file: "a.csv" }), "a"), ["1", "x"]);
 * ```
 */
export function textsOf(table: Table, name: string): string[] {
  const column = columnAt(table, columnIndex(table, name, "name"));
  return Array.from({ length: table.rows }, (_, row) => textAt(column, row));
}
