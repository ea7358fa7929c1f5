import { type Column, makeColumn } from "./column.ts";
import { commaNumberIn, numberIn } from "./_number.ts";
import type { Reading } from "./reading.ts";
import type { Header } from "./_header.ts";
import type { Table } from "./table.ts";

/** Whether something is wanted of a column, by its name. */
export type WantColumn = (name: string) => boolean;

/** The texts of a column that is being read. */
interface Texts {
  /** The code of the text in each row, -1 for a number. */
  readonly codes: Int32Array;
  /** The code of each text. */
  readonly known: Map<string, number>;
  /** How many rows have a text. */
  count: number;
}

/** Rows that are being read, column after column; it grows in place, and is a table when it is finished. */
export interface Piece {
  readonly file: string;
  readonly header: Header;
  /** How many rows there is room for. */
  readonly room: number;
  /** How many rows there are. */
  rows: number;
  /** The line at which the next row starts. */
  line: number;
  readonly lines: Uint32Array;
  /** Which of the columns that are kept each column is; -1 for the others. */
  readonly slots: Int32Array;
  /** What was said of the columns. */
  readonly reading: Reading;
  /** 1 for each column that is kept whose cells are texts, whatever they hold. */
  readonly isText: Uint8Array;
  /** The code of the character before the decimals; -1 where that is also the separator, so that only quoted cells can have one. */
  readonly point: number;
  /** 1 for each column that is kept of which a number is not written in its shortest form, 3 where one has zeros in front. */
  readonly isRewritten: Uint8Array;
  /** The numbers, `room` for each column that is kept. */
  readonly numbers: Float64Array;
  /** The texts of each column that is kept; null where there has been none. */
  readonly texts: (Texts | null)[];
  /** The cells as they are written; null for columns that they are not wanted of. */
  readonly written: readonly (string[] | null)[];
  /** Whether the table takes a copy of lines and numbers, which will be written over. */
  readonly isCopied: boolean;
}

/** Where rows are that were read elsewhere. */
export type LentRoom = Pick<Piece, "lines" | "numbers" | "isRewritten" | "isCopied">;

/** Room for `room` rows, the first of which starts at `line`. */
export function startPiece(
  file: string,
  header: Header,
  { room, line, keep, written, reading, lent }: {
    room: number;
    line: number;
    keep: WantColumn;
    written: WantColumn;
    reading: Reading;
    lent?: LentRoom;
  },
): Piece {
  let kept = 0;
  const slots = Int32Array.from(header.columns, (name) => keep(name) ? kept++ : -1);
  const isText = header.columns.filter((_, at) => slots[at] >= 0).map((name) => declaredOf(reading, name) === "text");
  return {
    file,
    header,
    room,
    rows: 0,
    line,
    lines: lent?.lines ?? new Uint32Array(room),
    slots,
    reading,
    isText: Uint8Array.from(isText, Number),
    point: !reading.decimalComma ? ".".charCodeAt(0) : header.separator === "," ? -1 : ",".charCodeAt(0),
    isRewritten: lent?.isRewritten ?? new Uint8Array(kept),
    numbers: lent?.numbers ?? new Float64Array(room * kept),
    texts: Array.from({ length: kept }, () => null),
    written: header.columns.map((name) => written(name) ? [] : null),
    isCopied: lent?.isCopied ?? false,
  };
}

/** How a number with zeros in front begins. */
const LEADING_ZEROS = /^[+-]?0\d/;

/** Puts a cell, as it is written, into the next row of a column that is kept. */
export function putCell(
  { room, rows, numbers, texts, isText, isRewritten, reading }: Piece,
  slot: number,
  cell: string,
): void {
  const text = cell.trim();
  const value = isText[slot] === 1 ? null : reading.decimalComma ? commaNumberIn(text) : numberIn(text);
  numbers[slot * room + rows] = value ?? NaN;
  if (value !== null) {
    if (isRewritten[slot] < 3 && String(value) !== text) isRewritten[slot] |= LEADING_ZEROS.test(text) ? 3 : 1;
    return;
  }
  const column = texts[slot] ??= { codes: new Int32Array(room).fill(-1), known: new Map(), count: 0 };
  column.codes[rows] = codeOf(column.known, text);
  column.count++;
}

/** A day in milliseconds. */
const DAY = 86_400_000;

/**
 * Puts a value into the next row of a column, where it is kept, and as text where that is wanted: a number, a text, true or false, a date,
 * or nothing, which is a missing value. False when it is something else.
 */
export function putValue(piece: Piece, column: number, value: unknown): boolean {
  const { room, rows, numbers, isText, isRewritten, reading, slots, written } = piece;
  const text = valueText(value);
  if (text === null) return false;
  written[column]?.push(text);
  const slot = slots[column];
  if (slot < 0) return true;
  const number = isText[slot] === 1 ? null : valueNumber(value, reading.dates === true);
  if (number === null) {
    putCell(piece, slot, text);
  } else {
    numbers[slot * room + rows] = number;
    // An id beyond 2^53 is another number then.
    if (typeof value === "bigint" && !Number.isSafeInteger(number)) isRewritten[slot] = 1;
  }
  return true;
}

/** The number that a value is; null when it is none. */
function valueNumber(value: unknown, dates: boolean): number | null {
  if (typeof value === "bigint") return Number(value);
  if (dates && value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.getTime() / DAY;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A value as CSV would have it; null when it is neither number, text, truth value nor date. */
function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (!(value instanceof Date)) return null;
  return Number.isNaN(value.getTime()) ? "" : value.toISOString().replace(/T00:00:00\.000Z$/, "");
}

/** What was said of a column. */
const declaredOf = ({ types }: Reading, name: string) =>
  types !== undefined && Object.hasOwn(types, name) ? types[name] : null;

/** The code of a text, after which it is known. */
export function codeOf(known: Map<string, number>, text: string): number {
  const code = known.get(text);
  if (code !== undefined) return code;
  known.set(text, known.size);
  return known.size - 1;
}

/** The rows that were read, as a table. */
export function finishPiece(piece: Piece, counts: Table["counts"] = "lines"): Table {
  const { file, header, room, rows, slots, texts, written, reading, isRewritten, isCopied } = piece;
  const [lines, numbers] = isCopied
    ? [piece.lines.slice(0, rows), piece.numbers.slice()]
    : [piece.lines, piece.numbers];
  const column = (slot: number): Column => {
    const own = numbers.subarray(slot * room, slot * room + rows);
    const { codes = null, known, count } = texts[slot] ?? {};
    return makeColumn(count === rows ? null : own, codes && codes.subarray(0, rows), known?.keys() ?? []);
  };
  return Object.freeze({
    file,
    columns: header.columns,
    places: header.places,
    reading,
    rows,
    lines: lines.subarray(0, rows),
    counts,
    cells: Object.freeze(Array.from(slots, (slot) => slot < 0 ? null : column(slot))),
    spellings: Object.freeze(
      header.columns.map((name, at) =>
        Object.freeze({
          declared: declaredOf(reading, name),
          rewritten: slots[at] >= 0 && isRewritten[slots[at]] > 0,
          ...slots[at] >= 0 && isRewritten[slots[at]] === 3 && { zeros: true },
        })
      ),
    ),
    written: Object.freeze(written.map((cells) => cells && Object.freeze(cells))),
  });
}
