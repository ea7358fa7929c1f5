import { plainHashes, type RowHashes, rowHashes, spread } from "../kernels/internal.ts";
import { type Column, textAt } from "./column.ts";
import type { ColumnEncoding } from "./column_encoding.ts";
import { columnAt, type Table } from "./table.ts";

/** The rows that a model was made from, so that they are known again in another order, in another file, or among others. */
export interface RowsRead {
  /** How many rows, those held out too. */
  readonly count: number;
  /** A hash of the cells of the features, whatever the order of the rows. */
  readonly inputs: string;
  /** The same of features and targets. */
  readonly table: string;
  /** A hash of features and targets in the order of the rows. */
  readonly order: string;
  /** Hashes of the rows that were held out, 6 bytes each, in base64; absent without such rows, or where they are more than 100,000. */
  readonly heldOut?: string;
}

/** Which cells are hashed, and how they are read. */
export type RowCells = {
  readonly columns: readonly ColumnEncoding[];
  readonly targets: readonly string[];
  readonly classes: readonly string[] | null;
};

/** Held-out rows beyond which their hashes would make a model file large. */
const MOST_HELD_OUT = 100_000;

/** Multiplies hashes of texts, as the kernels do those of numbers. */
const C1 = 0x85ebca6b;

/** Hashes that nothing has been added to. */
function started(hashes: RowHashes): RowHashes {
  hashes.first.fill(0x9e3779b9);
  hashes.second.fill(0x7f4a7c15);
  return hashes;
}

/** Adds two words to the hashes of a row. */
function mix({ first, second }: RowHashes, row: number, low: number, high: number): void {
  first[row] = spread(Math.imul(first[row], 31) + low ^ spread(high));
  second[row] = spread(Math.imul(second[row], 37) + high ^ spread(low + 1));
}

/** Adds the cells of a column: numbers by their bits, texts by their characters; a missing value is the empty text. */
function addColumn(hashes: RowHashes, column: Column, isText: boolean, rows: number): void {
  if (column.kind === "number" && !isText) return hashes.mix(column.numbers);
  const bits = new Float64Array(1);
  const words = new Uint32Array(bits.buffer);
  const ofText = new Map<string, readonly [number, number]>();
  const addText = (row: number, text: string): void => {
    let known = ofText.get(text);
    if (known === undefined) ofText.set(text, known = hashText(text));
    mix(hashes, row, known[0], known[1]);
  };
  const byCode = column.codes === null ? [] : column.texts.map(hashText);
  for (let row = 0; row < rows; row++) {
    const code = column.codes === null ? -1 : column.codes[row];
    if (code >= 0) {
      mix(hashes, row, byCode[code][0], byCode[code][1]);
    } else if (isText) {
      addText(row, textAt(column, row));
    } else {
      // -0 is 0.
      bits[0] = column.numbers![row] + 0;
      mix(hashes, row, words[0], words[1]);
    }
  }
}

function hashText(text: string): readonly [number, number] {
  let [low, high] = [text.length, 1];
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high + text.charCodeAt(at), C1);
  }
  return [low >>> 0, high >>> 0];
}

function addColumns(hashes: RowHashes, table: Table, names: readonly string[], isText: (at: number) => boolean): void {
  names.forEach((name, at) => addColumn(hashes, columnAt(table, table.places.get(name)!), isText(at), table.rows));
}

/** A sum of hashes, which does not depend on their order. */
interface Sum {
  first: number;
  second: number;
}

function addTo(sum: Sum, { first, second }: RowHashes): void {
  for (let row = 0; row < first.length; row++) {
    sum.first = (sum.first + spread(first[row])) >>> 0;
    sum.second = (sum.second + spread(second[row] ^ first[row])) >>> 0;
  }
}

const hex = (...words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, "0")).join("");

function inputHashes(table: Table, { columns }: Pick<RowCells, "columns">): RowHashes {
  const hashes = started(rowHashes(table.rows, table.rows * columns.length));
  addColumns(hashes, table, columns.map(({ name }) => name), (at) => columns[at].levels !== null);
  return hashes;
}

/** The hash of each row, the sums, and the hash in order. */
function hashRows(
  table: Table,
  cells: RowCells,
): { readonly rows: RowHashes; readonly read: Omit<RowsRead, "heldOut"> } {
  const rows = inputHashes(table, cells);
  const inputs: Sum = { first: 0, second: 0 };
  addTo(inputs, rows);
  addColumns(rows, table, cells.targets, () => cells.classes !== null);
  const whole: Sum = { first: 0, second: 0 };
  addTo(whole, rows);
  const order = started(plainHashes(1));
  for (let row = 0; row < table.rows; row++) mix(order, 0, rows.first[row], rows.second[row]);
  const read = {
    count: table.rows,
    inputs: hex(inputs.first, inputs.second),
    table: hex(whole.first, whole.second),
    order: hex(order.first[0], order.second[0]),
  };
  return { rows, read };
}

/** 6 bytes of a row's hashes, as a number. */
const keyOf = ({ first, second }: RowHashes, row: number): number => first[row] * 2 ** 16 + (second[row] & 0xffff);

/**
 * The fingerprint of the rows that a model is made from. Numbers and texts are hashed as they are read, so that the same table in another
 * format has the same one. Cost: a pass over the cells.
 *
 * @param table The rows, those held out too.
 * @param cells The columns and targets; a {@linkcode Dataset} is one.
 * @param heldOut Which rows are held out; none by default.
 * @returns The fingerprint, which goes into a model file.
 * @example Another order
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const cells = { columns: [{ name: "a", levels: null }], targets: ["y"], classes: null };
 * const one = fingerprint(parseTable("a,y\n1,2\n3,4\n", { file: "a.csv" }), cells);
 * const other = fingerprint(parseTable("y;a\n4.0;3\n2;1\n", { file: "b.csv" }), cells);
 * assertEquals([one.table, one.inputs], [other.table, other.inputs]);
 * assert(one.order !== other.order);
 * ```
 */
export function fingerprint(table: Table, cells: RowCells, heldOut: readonly number[] = []): RowsRead {
  const { rows, read } = hashRows(table, cells);
  if (heldOut.length === 0 || heldOut.length > MOST_HELD_OUT) return Object.freeze(read);
  const bytes = new Uint8Array(6 * heldOut.length);
  const view = new DataView(bytes.buffer);
  heldOut.forEach((row, at) => {
    view.setUint32(6 * at, rows.first[row]);
    view.setUint16(6 * at + 4, rows.second[row] & 0xffff);
  });
  return Object.freeze({ ...read, heldOut: bytes.toBase64() });
}

/** A table beside the rows that a model was made from. */
export interface KnownRows {
  /** The same rows in the same order, in another order, or other rows. */
  readonly state: "same" | "reordered" | "changed";
  /** The held-out rows that were found, in the order of the table; null where the file does not have their hashes. */
  readonly heldOut: readonly number[] | null;
  /** How many held-out rows there were. */
  readonly wanted: number;
}

/**
 * Finds out whether a table holds the rows that a model was made from, and which of them were held out. Of rows that are the same in all
 * columns, as many are held out as were.
 *
 * @param table The table.
 * @param cells The columns and targets of the model.
 * @param read The fingerprint in the model file.
 * @returns What was found. Cost: a pass over the cells.
 * @example A held-out row that is now the first
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const cells = { columns: [{ name: "a", levels: null }], targets: ["y"], classes: null };
 * const read = fingerprint(parseTable("a,y\n1,2\n3,4\n", { file: "a.csv" }), cells, [1]);
 * const { state, heldOut } = recogniseRows(parseTable("a,y\n3,4\n1,2\n", { file: "b.csv" }), cells, read);
 * assertEquals([state, heldOut], ["reordered", [0]]);
 * ```
 */
export function recogniseRows(table: Table, cells: RowCells, read: RowsRead): KnownRows {
  const { rows, read: now } = hashRows(table, cells);
  const isWhole = now.count === read.count && now.table === read.table;
  const state = !isWhole ? "changed" : now.order === read.order ? "same" : "reordered";
  if (read.heldOut === undefined) return { state, heldOut: null, wanted: 0 };
  const left = new Map<number, number>();
  const view = new DataView(Uint8Array.fromBase64(read.heldOut).buffer);
  const wanted = Math.floor(view.byteLength / 6);
  for (let at = 0; at < wanted; at++) {
    const key = view.getUint32(6 * at) * 2 ** 16 + view.getUint16(6 * at + 4);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const heldOut: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const count = left.get(keyOf(rows, row)) ?? 0;
    if (count === 0) continue;
    left.set(keyOf(rows, row), count - 1);
    heldOut.push(row);
  }
  return { state, heldOut, wanted };
}

/** Recognises the inputs of a model among rows that come in pieces. */
export interface InputWatch {
  /** Adds rows. */
  add(table: Table): void;
  /** Whether all rows together have the features of those that the model was made from, in any order. */
  isKnown(): boolean;
}

/**
 * Watches rows that a model is applied to: are they the ones that it was made from? Targets are not needed.
 *
 * @param columns The columns of the model.
 * @param read The fingerprint in the model file.
 * @returns What takes the pieces.
 * @example Both rows, one after the other
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const columns = [{ name: "a", levels: null }];
 * const table = parseTable("a,y\n1,2\n3,4\n", { file: "a.csv" });
 * const watch = watchInputs(columns, fingerprint(table, { columns, targets: ["y"], classes: null }));
 * watch.add(parseTable("a\n3\n", { file: "b.csv", minRows: 1 }));
 * assertEquals(watch.isKnown(), false);
 * watch.add(parseTable("a\n1\n", { file: "b.csv", minRows: 1 }));
 * assertEquals(watch.isKnown(), true);
 * ```
 */
export function watchInputs(columns: readonly ColumnEncoding[], read: RowsRead): InputWatch {
  const sum: Sum = { first: 0, second: 0 };
  let count = 0;
  return {
    add(table) {
      addTo(sum, inputHashes(table, { columns }));
      count += table.rows;
    },
    isKnown: () => count === read.count && hex(sum.first, sum.second) === read.inputs,
  };
}
