import { type ColumnScaling, type Measure, standardise } from "./_scaling.ts";
import { quoted } from "./_wording.ts";
import { type Column, distinctTexts, missingCode, textAt } from "./column.ts";
import { InputError, type Remedy } from "./input_error.ts";
import {
  columnAt,
  columnIndex,
  missingValue,
  numbersAt,
  placeOf,
  refuseSpelling,
  type Table,
  typeOf,
} from "./table.ts";

/**
 * How missing values are treated: an error; replaced by the mean of the column; the row is left out; or replaced by the mean, with an
 * input more that is 1 where the value is missing. Rows whose target is missing are left out under any of them but the first.
 */
export type Missing = "refuse" | "mean" | "drop" | "indicator";

/** How a category that is not known is treated: an error, or as none of the known ones, all of whose inputs are 0. */
export type Unknown = "refuse" | "zero";

/** How a column of a table becomes inputs: a number, or a one-hot encoded category. */
export interface ColumnEncoding {
  /** Its name. */
  readonly name: string;
  /** Its categories in alphabetical order; null for numbers. */
  readonly levels: readonly string[] | null;
  /** Whether every row that was learned from held the same number, up to rounding; such a column is 0 in new rows too. */
  readonly constant?: true;
  /** Whether an input after the others is 1 where the value is missing. */
  readonly indicator?: true;
  /** The levels that no row held that was learned from; in new rows they are none of the levels. */
  readonly unseen?: readonly string[];
}

/** A column with more categories than this more likely holds names or comments. */
const MOST_LEVELS = 200;

/**
 * The encoding of a column: categories when most of its cells are texts, or were said to be; else numbers.
 *
 * @param table The table.
 * @param name The name of the column.
 * @returns The column with its levels.
 * @throws {InputError} If there is no such column, or every row has the same text, or a text of its own, or there are more than 200.
 * @example Numbers and a text
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("age,town\n3,Ulm\n4,Aach\n5,Ulm\n", { file: "a.csv" });
 * assertEquals(inferColumnEncoding(table, "age").levels, null);
 * assertEquals(inferColumnEncoding(table, "town").levels, ["Aach", "Ulm"]);
 * ```
 */
export function inferColumnEncoding(table: Table, name: string): ColumnEncoding {
  const at = columnIndex(table, name, "feature", { option: "features" });
  refuseSpelling(table, at);
  if (typeOf(table, at) === "number") return Object.freeze({ name, levels: null });
  const column = columnAt(table, at);
  const levels = distinctTexts(column).filter((text) => text !== "").sort();
  const missing = missingCode(column);
  const cells = column.codes!.reduce((count, code) => code === missing ? count : count + 1, 0);
  if (levels.length === 1 || levels.length > MOST_LEVELS || levels.length === cells) {
    const count = levels.length === 1 ? "the same text" : `${levels.length} different texts`;
    const problem = `the column holds ${count} in ${cells} rows; leave the column out`;
    throw new InputError(problem, { file: table.file, column: name, remedy: { option: "drop", value: name } });
  }
  return Object.freeze({ name, levels: Object.freeze(levels) });
}

/** Which of the levels stands in a row; -1 for none of them. */
function levelsOf(column: Column, levels: readonly string[]): (row: number) => number {
  const index = new Map(levels.map((level, at) => [level, at]));
  const byCode = Int32Array.from(column.texts, (text) => index.get(text) ?? -1);
  const { codes } = column;
  return (row) => codes !== null && codes[row] >= 0 ? byCode[codes[row]] : index.get(textAt(column, row)) ?? -1;
}

/** How many inputs a column becomes. */
export const widthOf = ({ levels, indicator }: ColumnEncoding): number => (levels?.length ?? 1) + (indicator ? 1 : 0);

/**
 * The names of the inputs that a column becomes: its own, or `name=level` for each level; and `name is missing`.
 *
 * @param column The column.
 * @returns A name per input.
 * @example Two levels
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(inputNames({ name: "town", levels: ["Aach", "Ulm"] }), ["town=Aach", "town=Ulm"]);
 * ```
 */
export const inputNames = ({ name, levels, indicator }: ColumnEncoding): readonly string[] => [
  ...levels === null ? [name] : levels.map((level) => `${name}=${level}`),
  ...indicator ? [`${name} is missing`] : [],
];

/** Whether the value of each row of a column is missing. */
function missingIn(column: Column): (row: number) => boolean {
  const missing = missingCode(column);
  return (row) => missing !== null && column.codes![row] === missing;
}

/**
 * An encoding with what the rows to learn from tell: the levels that none of them holds, and whether a value is missing.
 * Cost: a pass over the column.
 */
export function fitColumn(table: Table, column: ColumnEncoding, missing: Missing): ColumnEncoding {
  const cells = columnAt(table, table.places.get(column.name)!);
  const indicator = missing === "indicator" && missingCode(cells) !== null;
  const there = column.levels === null ? null : new Set(distinctTexts(cells));
  const unseen = there === null ? [] : column.levels!.filter((level) => !there.has(level));
  if (!indicator && unseen.length === 0) return column;
  return Object.freeze({
    ...column,
    ...indicator && { indicator: true as const },
    ...unseen.length > 0 && { unseen: Object.freeze(unseen) },
  });
}

/** The scaling of each input of a column, missing values left out. */
export function scalingsOfColumn(
  table: Table,
  column: ColumnEncoding,
  missing: Missing,
  measure: Measure,
  weights: Float64Array | null = null,
): readonly ColumnScaling[] {
  const at = table.places.get(column.name)!;
  const { codes } = columnAt(table, at);
  const isMissing = missingIn(columnAt(table, at));
  const indicators = column.indicator
    ? [measure(Float64Array.from({ length: table.rows }, (_, row) => isMissing(row) ? 1 : 0), weights)]
    : [];
  if (column.levels === null) {
    const numbers = numbersAt(table, at, "feature", missing);
    const known = codes === null ? numbers : numbers.filter((value) => !Number.isNaN(value));
    const ofKnown = weights && (codes === null ? weights : weights.filter((_, row) => !Number.isNaN(numbers[row])));
    return [known.length > 0 ? measure(known, ofKnown) : { mean: 0, scale: 1 }, ...indicators];
  }
  const levelOf = levelsOf(columnAt(table, at), column.levels);
  const known = Array.from({ length: table.rows }, (_, row) => row).filter((row) => !isMissing(row));
  const ofKnown = weights && Float64Array.from(known, (row) => weights[row]);
  const measured = column.levels.map((_, level) =>
    known.length > 0
      ? measure(Float64Array.from(known, (row) => levelOf(row) === level ? 1 : 0), ofKnown)
      : { mean: 0, scale: 1 }
  );
  return [...measured, ...indicators];
}

/** Writes the inputs of a column for the rows from `from` to `to`, in a matrix whose rows are `stride` numbers long; the column's first input is its number `at`. */
export type WriteColumn = (
  from: number,
  to: number,
  out: { readonly data: Float64Array; readonly at: number; readonly stride: number },
) => void;

/** What writes a column. */
export interface ColumnWriter {
  /** Writes it. */
  readonly write: WriteColumn;
  /** Its numbers, where `(number - mean) / scale` is its one input wherever that is finite; else null. */
  readonly plain: PlainColumn | null;
}

/** A column of numbers, and its scaling. */
interface PlainColumn {
  readonly numbers: Float64Array;
  readonly mean: number;
  readonly scale: number;
}

/**
 * What writes the standardised inputs of a column, `(value - mean) / scale`; what is missing is the mean: 0 where the column is centred.
 * A category that is not known is an error, or none of the levels. In parts of rows, so that columns side by side are written while their rows are in a cache.
 */
export function columnWriter(
  table: Table,
  at: number,
  column: ColumnEncoding,
  scalings: readonly ColumnScaling[],
  { missing, unknown }: { readonly missing: Missing; readonly unknown: Unknown },
): ColumnWriter {
  const own = widthOf(column) - (column.indicator ? 1 : 0);
  const writer = column.levels === null ? numberWriter(table, at, column, scalings[0], missing) : {
    write: levelWriter(table, at, column.levels, column, scalings.slice(0, own), { missing, unknown }),
    plain: null,
  };
  if (!column.indicator) return writer;
  const { write } = writer;
  const isMissing = missingIn(columnAt(table, at));
  const [no, yes] = [0, 1].map((value) => standardise(value, scalings[own]));
  const withIndicator: WriteColumn = (from, to, out) => {
    write(from, to, out);
    const { data, at: first, stride } = out;
    for (let row = from; row < to; row++) data[row * stride + first + own] = isMissing(row) ? yes : no;
  };
  return { write: withIndicator, plain: null };
}

const fillOf = (scaling: ColumnScaling): number => standardise(scaling.fill ?? scaling.mean, scaling);

function numberWriter(
  table: Table,
  at: number,
  { constant }: ColumnEncoding,
  scaling: ColumnScaling,
  missing: Missing,
): ColumnWriter {
  const fill = fillOf(scaling);
  const numbers = numbersAt(table, at, "feature", missing);
  const { mean, scale } = scaling;
  const entryOf = (row: number): number => {
    const value = numbers[row];
    const entry = constant ? 0 : Number.isNaN(value) ? fill : standardise(value, scaling);
    if (Number.isFinite(entry)) return entry;
    const problem = `${quoted(String(value))} is too large for the scale of this column; check its unit`;
    throw new InputError(problem, { ...placeOf(table, row), column: table.columns[at] });
  };
  const plain = constant || scale === 1 ? null : { numbers, mean, scale };
  const write: WriteColumn = (from, to, out) => {
    const { data, at: first, stride } = out;
    for (let row = from; row < to; row++) {
      // The usual case by a loop of its own: what is missing, constant or overflows is not it.
      if (plain !== null) row = writePlain(plain, row, to, out);
      if (row < to) data[row * stride + first] = entryOf(row);
    }
  };
  return { write, plain };
}

/** Writes `(number - mean) / scale` up to the first row where that is not finite, and gives that row; `to` when there is none. */
function writePlain(
  { numbers, mean, scale }: PlainColumn,
  from: number,
  to: number,
  { data, at, stride }: Parameters<WriteColumn>[2],
): number {
  let place = from * stride + at;
  for (let row = from; row < to; row++) {
    const entry = (numbers[row] - mean) / scale;
    if (!(Math.abs(entry) < Infinity)) return row;
    data[place] = entry;
    place += stride;
  }
  return to;
}

/** Columns that are written together. */
export const TOGETHER = 4;

/**
 * Writes {@linkcode TOGETHER} columns side by side, `(number - mean) / scale`: one store follows the other in memory, and no division waits for another.
 * Gives whether all entries are finite; where they are not, the columns are to be written again, one by one.
 */
export function writeTogether(
  columns: readonly PlainColumn[],
  from: number,
  to: number,
  { data, at, stride }: Parameters<WriteColumn>[2],
): boolean {
  const [{ numbers: a, mean: meanA, scale: scaleA }, { numbers: b, mean: meanB, scale: scaleB }] = columns;
  const [, , { numbers: c, mean: meanC, scale: scaleC }, { numbers: d, mean: meanD, scale: scaleD }] = columns;
  // 0 as long as all are finite.
  let zero = 0;
  let place = from * stride + at;
  for (let row = from; row < to; row++) {
    const entryA = (a[row] - meanA) / scaleA;
    const entryB = (b[row] - meanB) / scaleB;
    const entryC = (c[row] - meanC) / scaleC;
    const entryD = (d[row] - meanD) / scaleD;
    data[place] = entryA;
    data[place + 1] = entryB;
    data[place + 2] = entryC;
    data[place + 3] = entryD;
    zero += (entryA + entryB + (entryC + entryD)) * 0;
    place += stride;
  }
  return zero === 0;
}

function levelWriter(
  table: Table,
  at: number,
  levels: readonly string[],
  column: ColumnEncoding,
  scalings: readonly ColumnScaling[],
  { missing, unknown }: { readonly missing: Missing; readonly unknown: Unknown },
): WriteColumn {
  const cells = columnAt(table, at);
  const [isMissing, levelOf] = [missingIn(cells), levelsOf(cells, levels)];
  const fills = scalings.map(fillOf);
  const unseen = new Set(column.unseen?.map((level) => levels.indexOf(level)));
  const [zeros, ones] = [0, 1].map((value) => scalings.map((scaling) => standardise(value, scaling)));
  return (from, to, { data, at: first, stride }) => {
    for (let row = from; row < to; row++) {
      const level = levelOf(row);
      const isBlank = level < 0 && isMissing(row);
      if (isBlank && missing === "refuse") throw missingValue(table, at, row, "feature");
      if (level < 0 && !isBlank && unknown === "refuse") {
        const text = quoted(textAt(cells, row));
        const problem =
          `${text} is not one of the ${levels.length} categories that the model knows; correct it, or read it as none of them`;
        const remedy: Remedy = { option: "unknown", value: "zero" };
        throw new InputError(problem, { ...placeOf(table, row), column: table.columns[at], remedy });
      }
      for (let j = 0; j < scalings.length; j++) {
        data[row * stride + first + j] = isBlank ? fills[j] : j === level && !unseen.has(j) ? ones[j] : zeros[j];
      }
    }
  };
}
