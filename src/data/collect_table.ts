import { type Column, makeColumn } from "./column.ts";
import { refuseFew } from "./_header.ts";
import { codeOf } from "./_piece.ts";
import { settleTable } from "./settle_table.ts";
import type { Table } from "./table.ts";

/** A piece of a table, and how much of the file has been read with it, above 0 and up to 1. */
export interface TablePiece {
  /** The rows. */
  readonly table: Table;
  /** The share of the file; 1 where that is not known. */
  readonly share: number;
}

/**
 * Gathers the pieces of a table into one; no more than a piece is held as text. Memory: that of the table, and of 40 MB or one column more
 * when the share of the file that was read predicted too few rows.
 *
 * @param pieces The pieces, in the order of the file, of the same columns.
 * @param options The name of the file, and the least number of rows (default 2).
 * @returns The table.
 * @throws {InputError} If there are fewer rows; and whatever reading the pieces throws.
 * @example Two pieces
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * async function* pieces() {
 *   yield { table: parseTable("a\n1\n2", { file: "a.csv" }), share: 0.5 };
 *   yield { table: parseTable("a\n3\n4", { file: "a.csv" }), share: 1 };
 * }
 * const table = await collectTable(pieces(), { file: "a.csv" });
 * assertEquals([...table.cells[0]!.numbers!], [1, 2, 3, 4]);
 * ```
 */
export async function collectTable(
  pieces: AsyncIterable<TablePiece>,
  { file, minRows = 2 }: { readonly file: string; readonly minRows?: number },
): Promise<Table> {
  const collection = startCollection();
  for await (const { table, share } of pieces) collection.add(table, share);
  refuseFew(collection.rows(), minRows, file);
  return settleTable(collection.finish());
}

/** Room for some rows of a table. */
interface Room {
  readonly capacity: number;
  used: number;
  readonly lines: Uint32Array;
  readonly columns: readonly RoomColumn[];
  /** How many columns lie in one block, and the numbers of those columns, one column after the other; a block is made for the first number. */
  readonly perBlock: number;
  readonly blocks: (Float64Array | null)[];
}

/** Room in a column; null where no cell has been a number, or a text. */
interface RoomColumn {
  numbers: Float64Array | null;
  codes: Int32Array | null;
}

/**
 * Bytes of a block of columns, or more: systems give the memory of such blocks back as soon as they are let go of, and keep that of smaller
 * ones for themselves, and of all others up to their size from then on. Pages that nothing is written to take none. A few numbers have a block of their size.
 */
const [BLOCK, SMALL] = [40 * 2 ** 20, 2 ** 17];

/** How much more room than the share of the file that was read promises, and than there is where nothing is promised. */
const [SPARE, GROWTH] = [1.1, 1.25];

/** Pieces of a table that become one. */
interface Collection {
  /** How many rows there are. */
  rows(): number;
  /** Adds the rows of a piece; with it that share of the file has been read. */
  add(table: Table, share: number): void;
  /** The table. There must have been a piece; the collection is of no more use. */
  finish(): Table;
}

/** Starts without a piece. */
export function startCollection(): Collection {
  const rooms: Room[] = [];
  let first: Table | null = null;
  let known: readonly Map<string, number>[] = [];
  let written: readonly (string[] | null)[] = [];
  let rows = 0;
  let rewritten: boolean[] = [];
  let zeros: boolean[] = [];

  /** A block with a free row; large enough for the whole file if its share is known well. */
  const freeRoom = (wanted: number, share: number): Room => {
    const room = rooms.at(-1);
    if (room !== undefined && room.used < room.capacity) return room;
    const all = share < 1 ? (rows + wanted) / share * SPARE : (rows === 0 ? wanted : rows * GROWTH);
    const capacity = Math.max(wanted, Math.ceil(all - rows));
    const perBlock = Math.min(known.length, Math.max(1, Math.ceil(BLOCK / (8 * capacity))));
    rooms.push({
      capacity,
      used: 0,
      lines: new Uint32Array(capacity),
      columns: known.map(() => ({ numbers: null, codes: null })),
      perBlock,
      blocks: Array.from({ length: Math.ceil(known.length / perBlock) }, () => null),
    });
    return rooms.at(-1)!;
  };
  return {
    rows: () => rows,
    add(table, share) {
      if (first === null) {
        first = table;
        known = table.columns.map(() => new Map());
        written = table.written.map((cells) => cells && []);
      }
      zeros = table.spellings.map((spelling, at) => spelling.zeros === true || zeros[at] === true);
      rewritten = table.spellings.map((spelling, at) => spelling.rewritten || rewritten[at] === true);
      const codes = table.cells.map((column, at) => column && codesIn(known[at], column));
      for (let from = 0; from < table.rows;) {
        const room = freeRoom(table.rows - from, share);
        const to = Math.min(table.rows, from + room.capacity - room.used);
        room.lines.set(table.lines.subarray(from, to), room.used);
        for (const [at, column] of table.cells.entries()) {
          if (column !== null) addCells(room, at, column.numbers, codes[at], from, to);
        }
        room.used += to - from;
        rows += to - from;
        from = to;
      }
      for (const [at, cells] of table.written.entries()) for (const cell of cells ?? []) written[at]!.push(cell);
    },
    finish() {
      const { file, columns, places, cells, spellings, reading, counts } = first!;
      return Object.freeze({
        file,
        columns,
        places,
        reading,
        rows,
        lines: joined(rooms.map(({ lines, used }) => [lines, used]), new Uint32Array(0), 0),
        counts,
        cells: Object.freeze(cells.map((column, at) => {
          const whole = column && joinColumn(rooms, at, known[at]);
          leaveBlocks(rooms, at);
          return whole;
        })),
        spellings: Object.freeze(
          spellings.map((spelling, at) =>
            Object.freeze({ ...spelling, rewritten: rewritten[at], ...zeros[at] && { zeros: true } })
          ),
        ),
        written: Object.freeze(written.map((cells) => cells && Object.freeze(cells))),
      });
    },
  };
}

/** The codes of a column's cells among the texts that are known; null when all cells are numbers. */
function codesIn(known: Map<string, number>, { codes, texts }: Column): Int32Array | null {
  if (codes === null) return null;
  const fresh = texts.filter((text) => !known.has(text));
  // A copy of what is new: a slice would keep the whole piece of the file that it was cut from. A slice of the copy keeps only that.
  const copy = fresh.join("");
  let from = 0;
  for (const { length } of fresh) codeOf(known, copy.slice(from, from += length));
  const now = texts.map((text) => known.get(text)!);
  return now.every((code, at) => code === at) ? codes : codes.map((code) => code < 0 ? code : now[code]);
}

/** Adds the cells from `from` to `to` of a column. */
function addCells(
  room: Room,
  at: number,
  numbers: Float64Array | null,
  codes: Int32Array | null,
  from: number,
  to: number,
): void {
  const { capacity, used, columns: { [at]: column } } = room;
  if (numbers !== null) {
    column.numbers ??= numbersOf(room, at).fill(NaN, 0, used);
    copyNumbers(numbers, from, to, column.numbers, used);
  } else {
    column.numbers?.fill(NaN, used, used + to - from);
  }
  if (codes !== null) {
    column.codes ??= new Int32Array(capacity).fill(-1, 0, used);
    column.codes.set(codes.subarray(from, to), used);
  } else {
    column.codes?.fill(-1, used, used + to - from);
  }
}

/** Numbers up to which a loop copies them faster than a call does. */
const FEW = 1024;

/** Copies the numbers from `from` to `to`. */
function copyNumbers(numbers: Float64Array, from: number, to: number, out: Float64Array, at: number): void {
  if (to - from > FEW) out.set(numbers.subarray(from, to), at);
  else for (let i = from; i < to; i++) out[at + i - from] = numbers[i];
}

/** Room for the numbers of a column, in its block. */
function numbersOf({ capacity, perBlock, blocks, columns }: Room, at: number): Float64Array {
  const which = Math.floor(at / perBlock);
  const first = which * perBlock;
  const wanted = capacity * Math.min(perBlock, columns.length - first);
  const block = blocks[which] ??= new Float64Array(wanted < SMALL ? wanted : Math.max(BLOCK / 8, wanted));
  return block.subarray((at - first) * capacity, (at - first + 1) * capacity);
}

/** Gives back the blocks of which a column was the last to be joined. */
function leaveBlocks(rooms: readonly Room[], at: number): void {
  if (rooms.length === 1) return;
  for (const { perBlock, blocks, columns } of rooms) {
    if ((at + 1) % perBlock !== 0 && at + 1 < columns.length) continue;
    const buffer = blocks[Math.floor(at / perBlock)]?.buffer as ArrayBuffer | undefined;
    if (buffer?.detached === false) buffer.transfer(0);
  }
}

/** A column of all rooms. */
function joinColumn(rooms: readonly Room[], at: number, known: Map<string, number>): Column {
  const parts = rooms.map(({ columns, used }) => [columns[at], used] as const);
  const [isMixed, isText] = [parts.some(([{ numbers }]) => numbers), parts.some(([{ codes }]) => codes)];
  const numbers = parts.map(([column, used]) => [column.numbers, used] as const);
  const codes = parts.map(([column, used]) => [column.codes, used] as const);
  return makeColumn(
    isMixed || !isText ? joined(numbers, new Float64Array(0), NaN) : null,
    isText ? joined(codes, new Int32Array(0), -1) : null,
    known.keys(),
  );
}

/** The used entries of all parts, `missing` for those of a part that is null; a single part is not copied. */
function joined<A extends Float64Array | Int32Array | Uint32Array>(
  parts: readonly (readonly [array: A | null, used: number])[],
  none: A,
  missing: number,
): A {
  if (parts.length === 1 && parts[0][0] !== null) return parts[0][0].subarray(0, parts[0][1]) as A;
  const length = parts.reduce((sum, [, used]) => sum + used, 0);
  const whole = new (none.constructor as new (length: number) => A)(length);
  let from = 0;
  for (const [array, used] of parts) {
    if (array === null) {
      whole.fill(missing, from, from + used);
    } else {
      whole.set(array.subarray(0, used), from);
      // Given back at once, so that there is one column too many and not a whole table; numbers with their block.
      if (array.byteLength === array.buffer.byteLength) (array.buffer as ArrayBuffer).transfer(0);
    }
    from += used;
  }
  return whole;
}
