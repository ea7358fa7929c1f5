import { type Matrix, ShapeError } from "../tensor/mod.ts";
import { listed, quoted } from "./_wording.ts";
import { type ColumnWriter, columnWriter, TOGETHER, widthOf, writeTogether } from "./column_encoding.ts";
import { InputError } from "./input_error.ts";
import type { Reading } from "./reading.ts";
import { columnIndex, type Table } from "./table.ts";
import type { Dataset } from "./types.ts";

/** How the columns of a table become numbers: kept with a model, so that new rows are read in the same units. */
export type Encoding = Pick<
  Dataset,
  | "features"
  | "columns"
  | "missing"
  | "unknown"
  | "reading"
  | "weighting"
  | "targets"
  | "intercept"
  | "classes"
  | "standardisation"
>;

/** The part of an encoding that the inputs need. */
export type InputEncoding = Omit<Encoding, "targets" | "classes" | "weighting">;

/**
 * How new rows of a stored encoding are read: columns of categories and classes as texts, as they are written.
 *
 * @param encoding The encoding.
 * @returns What to read a table with.
 * @example A number and a category
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const columns = [{ name: "age", levels: null }, { name: "code", levels: ["007", "A"] }];
 * assertEquals(readingOf({ columns, targets: ["y"], classes: null }), { types: { age: "number", code: "text" } });
 * ```
 */
export function readingOf(
  { columns, targets, classes, reading, weighting }: Pick<
    Encoding,
    "columns" | "targets" | "classes" | "reading" | "weighting"
  >,
): Reading {
  const texts = columns.filter(({ levels }) => levels !== null).map(({ name }) => name);
  const names = classes === null ? texts : [...texts, ...targets];
  const numbers = columns.filter(({ levels }) => levels === null).map(({ name }) => name);
  if (weighting?.column) numbers.push(weighting.column);
  const types = [
    ...numbers.map((name) => [name, "number"] as const),
    ...names.map((name) => [name, "text"] as const),
  ];
  return { ...reading, types: Object.fromEntries(types) };
}

/** Makes an array for inputs [rows, cols], row after row: such as one where kernels compute, so that they need not be copied there. */
export type InputRoom = (rows: number, cols: number) => Float64Array;

const ownRoom: InputRoom = (rows, cols) => new Float64Array(rows * cols);

/** Rows that all columns are written to before the next ones: a line of the nearest cache for each, which holds the entries of eight columns. */
const BLOCK = 64;

/** A writer, and the number of its first input. */
type PlacedWriter = ColumnWriter & { readonly at: number };

/** Writers of columns next to each other. */
interface WriterGroup {
  readonly writers: readonly PlacedWriter[];
  /** Their columns, where they are written together. */
  readonly together: readonly NonNullable<ColumnWriter["plain"]>[] | null;
}

/** The writers in groups: as many plain ones as are written together, and each of the others alone. */
function groupsOfWriters(writers: readonly PlacedWriter[]): readonly WriterGroup[] {
  const groups: WriterGroup[] = [];
  for (let first = 0; first < writers.length;) {
    const next = writers.slice(first, first + TOGETHER);
    const together = next.flatMap(({ plain }) => plain ?? []);
    const isGroup = together.length === TOGETHER;
    groups.push(isGroup ? { writers: next, together } : { writers: [next[0]], together: null });
    first += isGroup ? TOGETHER : 1;
  }
  return groups;
}

/** The columns' indices, all of them there. */
function indicesOf(table: Table, names: readonly string[]): number[] {
  const { file, columns, places } = table;
  const missing = names.filter((name) => !places.has(name));
  if (missing.length < 2) return names.map((name) => columnIndex(table, name, "model's feature"));
  const problem = `the model's features ${listed(missing.map((name) => quoted(name)))} are not columns`;
  throw new InputError(`${problem}; the columns are ${listed(columns)}`, { file });
}

/**
 * Encodes the features of new rows in the units of a stored encoding: `(cell - mean) / scale` per feature, after the
 * constant 1 when there is an intercept; categorical columns one-hot encoded. Targets may be missing; other columns are ignored.
 *
 * @param table The rows.
 * @param encoding The features, the intercept and the standardisation; a {@linkcode Dataset} is one.
 * @param room Makes the array that the inputs are written to (default: a new one).
 * @returns The inputs [rows, d].
 * @throws {ShapeError} If the standardisation does not have one mean and one scale per feature.
 * @throws {InputError} If a feature is missing or a cell holds no number, or one too large for its column's scale.
 * @example Two rows in stored units
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a\n5\n7\n", { file: "new.csv" });
 * const standardisation = { x: { mean: [5], scale: [2] }, y: null };
 * const columns = [{ name: "a", levels: null }];
 * const x = encodeInputs(table, { features: ["a"], columns, missing: "refuse", intercept: true, standardisation });
 * assertEquals([...x.data], [1, 0, 1, 1]);
 * ```
 */
export function encodeInputs(table: Table, encoding: InputEncoding, room: InputRoom = ownRoom): Matrix {
  const { features, columns, missing, unknown = "refuse", intercept } = encoding;
  const { mean, scale, fill = mean } = encoding.standardisation.x;
  const inputs = columns.reduce((sum, column) => sum + widthOf(column), 0);
  for (const { length } of [features, mean, scale, fill]) {
    if (length === inputs) continue;
    throw new ShapeError("standardise the features", `[${inputs}]`, `[${length}]`);
  }
  const names = columns.map(({ name }) => name);
  const indices = indicesOf(table, names);
  const offset = intercept ? 1 : 0;
  const [rows, cols] = [table.rows, inputs + offset];
  const data = room(rows, cols);
  let first = 0;
  const writers = columns.map((column, index) => {
    const from = first;
    first += widthOf(column);
    const scalings = Array.from(
      { length: first - from },
      (_, j) => ({ mean: mean[from + j], scale: scale[from + j], fill: fill[from + j] }),
    );
    return { at: offset + from, ...columnWriter(table, indices[index], column, scalings, { missing, unknown }) };
  });
  const groups = groupsOfWriters(writers);
  for (let from = 0; from < rows; from += BLOCK) {
    const to = Math.min(rows, from + BLOCK);
    if (intercept) { for (let row = from; row < to; row++) data[row * cols] = 1; }
    for (const { writers, together } of groups) {
      if (together !== null && writeTogether(together, from, to, { data, at: writers[0].at, stride: cols })) continue;
      for (const { at, write } of writers) write(from, to, { data, at, stride: cols });
    }
  }
  return Object.freeze({ rows, cols, data });
}
