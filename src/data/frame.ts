import { refuseFew } from "./_records.ts";
import { numberIn } from "./_number.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";

/** The cells of one column, trimmed: numbers where they are written so, texts elsewhere, each different text kept once. */
export interface Cells {
  /** The number in each row; NaN where there is a text. */
  readonly numbers: Float64Array;
  /** Which of `texts` stands in each row, -1 for a number; null where every row has a number. */
  readonly codes: Int32Array | null;
  /** The different texts, each of them in some row, in the order in which they come; a blank is the empty text. */
  readonly texts: readonly string[];
}

/** A table by columns, which is what is encoded: 8 bytes a number, 12 a text. Immutable. */
export interface Frame {
  /** The file, as the user named it. */
  readonly file: string;
  /** The names of all columns of the file. */
  readonly columns: readonly string[];
  /** How many rows. */
  readonly rows: number;
  /** The line in the file at which each row starts, from 1. */
  readonly lines: Uint32Array;
  /** The cells of each column; null for a column that was not kept. */
  readonly cells: readonly (Cells | null)[];
}

/** Which columns a frame keeps, by name. */
export type KeepColumn = (name: string) => boolean;

/** A piece of a table, and how much of the file has been read with it, above 0 and up to 1. */
export interface TablePiece {
  /** The rows. */
  readonly table: Table;
  /** The share of the file. */
  readonly share: number;
}

/**
 * A table by columns. Numbers are told apart from texts as everywhere; a number loses how it was written (`1.0` is 1).
 * Cost: a pass over the cells.
 *
 * @param table The rows.
 * @param keep Which columns to keep (default all).
 * @returns The frame.
 * @example A number and a text
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const { cells: [age, town] } = frameOf(parseTable("age,town\n3.0,Ulm\n,Ulm\n", { file: "a.csv" }));
 * assertEquals([...age!.numbers], [3, NaN]);
 * assertEquals(age!.texts, [""]);
 * assertEquals([...town!.codes!], [0, 0]);
 * ```
 */
export function frameOf(table: Table, keep: KeepColumn = () => true): Frame {
  const builder = startFrame(table.file, keep);
  builder.push({ table, share: 1 });
  return builder.finish();
}

/**
 * Gathers the pieces of a table into a frame; no more than a piece is held as text.
 *
 * @param pieces The pieces, in the order of the file.
 * @param options The name of the file, which columns to keep (default all), and the least number of rows (default 2).
 * @returns The frame.
 * @throws {InputError} If there are fewer rows; and whatever reading the pieces throws.
 * @example Two pieces
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * async function* pieces() {
 *   yield { table: parseTable("a\n1\n2", { file: "a.csv" }), share: 0.5 };
 *   yield { table: parseTable("a\n3\n4", { file: "a.csv" }), share: 1 };
 * }
 * const frame = await collectFrame(pieces(), { file: "a.csv" });
 * assertEquals([...frame.cells[0]!.numbers], [1, 2, 3, 4]);
 * ```
 */
export async function collectFrame(
  pieces: AsyncIterable<TablePiece>,
  options: { readonly file: string; readonly keep?: KeepColumn; readonly minRows?: number },
): Promise<Frame> {
  const { file, keep = () => true, minRows = 2 } = options;
  const builder = startFrame(file, keep);
  for await (const piece of pieces) builder.push(piece);
  const frame = builder.finish();
  refuseFew(frame.rows, minRows, file);
  return frame;
}

/**
 * Some rows of a frame, as a frame.
 *
 * @param frame The frame.
 * @param rows Which rows, from 0, in the order wanted.
 * @returns A copy of them.
 * @example The second row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const frame = frameOf(parseTable("a\n1\n2\n", { file: "a.csv" }));
 * assertEquals([...takeRows(frame, [1]).cells[0]!.numbers], [2]);
 * ```
 */
export function takeRows(frame: Frame, rows: readonly number[]): Frame {
  return Object.freeze({
    ...frame,
    rows: rows.length,
    lines: Uint32Array.from(rows, (row) => frame.lines[row]),
    cells: Object.freeze(frame.cells.map((cells) => cells && takeCells(cells, rows))),
  });
}

/** Some of the cells; texts that are in none of them are forgotten. */
function takeCells({ numbers, codes, texts }: Cells, rows: readonly number[]): Cells {
  const taken = codes && Int32Array.from(rows, (row) => codes[row]);
  const used = [...new Set(taken ?? [])].filter((code) => code >= 0).sort((a, b) => a - b);
  const codeNow = new Map(used.map((code, index) => [code, index]));
  return Object.freeze({
    numbers: Float64Array.from(rows, (row) => numbers[row]),
    codes: used.length === 0 ? null : taken!.map((code) => codeNow.get(code) ?? -1),
    texts: Object.freeze(used.map((code) => texts[code])),
  });
}

/** A column that grows. */
interface Growing {
  numbers: Float64Array;
  codes: Int32Array | null;
  readonly texts: Map<string, number>;
}

/** How much more room than the share of the file that was read promises. */
const SPARE = 1.02;

function startFrame(file: string, keep: KeepColumn) {
  let columns: readonly string[] = [];
  let growing: readonly (Growing | null)[] = [];
  let [rows, room] = [0, 0];
  let lines = new Uint32Array(0);

  const reserve = (wanted: number, share: number) => {
    if (wanted <= room) return;
    room = share < 1 ? Math.ceil(Math.max(wanted, wanted / share * SPARE)) : wanted;
    lines = resized(lines, rows, room);
    for (const column of growing) {
      if (column === null) continue;
      column.numbers = resized(column.numbers, rows, room);
      column.codes &&= resized(column.codes, rows, room);
    }
  };
  return {
    push({ table, share }: TablePiece): void {
      if (columns.length === 0) {
        columns = Object.freeze([...table.columns]);
        growing = columns.map((name) =>
          keep(name) ? { numbers: new Float64Array(0), codes: null, texts: new Map() } : null
        );
      }
      reserve(rows + table.rows.length, share);
      const kept = growing.flatMap((column, at) => column === null ? [] : [{ at, column }]);
      for (const [index, row] of table.rows.entries()) {
        lines[rows] = table.lines[index];
        for (const { at, column } of kept) {
          const cell = row[at].trim();
          const value = numberIn(cell);
          column.numbers[rows] = value ?? NaN;
          if (value === null) (column.codes ??= new Int32Array(room).fill(-1))[rows] = codeOf(column.texts, cell);
          else if (column.codes !== null) column.codes[rows] = -1;
        }
        rows++;
      }
    },
    finish(): Frame {
      return Object.freeze({
        file,
        columns,
        rows,
        lines: lines.subarray(0, rows),
        cells: Object.freeze(growing.map((column) =>
          column && Object.freeze({
            numbers: column.numbers.subarray(0, rows),
            codes: column.codes && column.codes.subarray(0, rows),
            texts: Object.freeze([...column.texts.keys()]),
          })
        )),
      });
    },
  };
}

/** The place of a text among those known, after which it is known. */
function codeOf(texts: Map<string, number>, cell: string): number {
  const known = texts.get(cell);
  if (known !== undefined) return known;
  // A copy: a slice would keep the whole piece of the file that it was cut from.
  texts.set(JSON.parse(JSON.stringify(cell)), texts.size);
  return texts.size - 1;
}

/** A longer array with the same first entries. */
function resized<A extends Float64Array | Int32Array | Uint32Array>(values: A, used: number, length: number): A {
  const longer = new (values.constructor as new (length: number) => A)(length);
  longer.set(values.subarray(0, used));
  return longer;
}

/** A table by columns, whichever way it comes; of a table by rows, the columns that are asked for. */
export function asFrame(table: Table | Frame, names?: readonly string[]): Frame {
  return "cells" in table ? table : frameOf(table, names && ((name) => names.includes(name)));
}

/** The cells of a column, which must have been kept. */
export function cellsAt({ file, columns, cells }: Frame, at: number): Cells {
  const found = cells[at];
  if (found) return found;
  throw new InputError("the column was left out when the table was read; keep it", { file, column: columns[at] });
}
