import { type CellScanner, type CellsRun, type CellsTask, NOWHERE, OTHERWISE, PLACE } from "../kernels/internal.ts";
import type { Header } from "./_header.ts";
import { finishPiece, type Piece, putCell, startPiece } from "./_piece.ts";
import { leastText, type RowReader } from "./_row_reader.ts";
import { unevenAt } from "./_scan_rows.ts";
import type { PieceOptions } from "./read_table.ts";
import type { Table } from "./table.ts";

/** The code of a line feed. */
const LINE_END = 10;

/** Bytes without a line end after which the reader of texts is to find out what they are. */
const LONGEST = 1 << 24;

/** Reads rows from bytes as long as those are plain: ASCII without quotes, in lines that end in a line feed alone. */
export interface PlainRows {
  /** Keeps bytes until there are more. */
  hold(bytes: Uint8Array): void;
  /** The rows that are whole with these bytes, if they are enough for a piece; or all bytes that are waiting, where they are not plain. */
  push(bytes: Uint8Array): { readonly table: Table | null; readonly refused: Uint8Array | null };
  /** All rows that are whole, at the end of the file; and the bytes behind them, or all where they are not plain. */
  end(): { readonly table: Table | null; readonly refused: Uint8Array };
}

/** Reads rows where a reader of texts is between two of them; it is told where they end. */
export function plainRows(
  scanner: CellScanner,
  reader: RowReader,
  { file, keep = () => true, written = () => false, reading = {}, lend = false }: PieceOptions,
): PlainRows {
  /** Bytes that are waiting, and those of them that are whole lines. */
  let [held, whole] = [0, 0];
  let known: Pick<CellsTask, "slots" | "kept" | "separator" | "point"> | null = null;
  const start = (header: Header, line: number, rows: number): readonly [CellsRun, Piece] => {
    const options = { line, keep, written, reading };
    known ??= columnsOf(startPiece(file, header, { ...options, room: 0 }));
    const run = scanner.start({ ...known, end: whole, rows, line });
    const lent = { lines: run.lines, numbers: run.numbers, isRewritten: run.marks, isCopied: !lend };
    return [run, startPiece(file, header, { ...options, room: rows, lent })];
  };
  const take = (): Uint8Array => {
    const bytes = scanner.room(held).slice(0, held);
    [held, whole] = [0, 0];
    return bytes;
  };
  /** The rows that are whole; undefined where they are not plain. */
  const readWhole = (): Table | null | undefined => {
    const { header, line } = reader.place()!;
    const rows = scanner.countLines(whole);
    if (rows === null) return undefined;
    const [run, piece] = start(header, line, rows);
    readCells(run, piece);
    reader.moveTo(piece.line);
    scanner.room(held).copyWithin(0, whole, held);
    [held, whole] = [held - whole, 0];
    return piece.rows === 0 ? null : finishPiece(piece);
  };
  const hold = (bytes: Uint8Array): void => {
    scanner.room(held + bytes.length).set(bytes, held);
    const end = bytes.lastIndexOf(LINE_END) + 1;
    if (end > 0) whole = held + end;
    held += bytes.length;
  };
  return {
    hold,
    push(bytes) {
      hold(bytes);
      if (whole === 0 && held > LONGEST) return { table: null, refused: take() };
      if (whole === 0 || whole < leastText(reader.place()!.header.columns.length)) {
        return { table: null, refused: null };
      }
      const table = readWhole();
      return table === undefined ? { table: null, refused: take() } : { table, refused: null };
    },
    end() {
      const table = whole === 0 ? null : readWhole() ?? null;
      return { table, refused: take() };
    },
  };
}

/** Where the scanner puts the numbers of each column: those that are read as texts, or kept as they are written, are left to us. */
function columnsOf({ header: { separator }, slots, isText, written, point }: Piece) {
  return {
    slots: slots.map((slot, column) =>
      written[column] !== null || slot >= 0 && isText[slot] === 1 ? OTHERWISE : slot < 0 ? NOWHERE : slot
    ),
    kept: isText.length,
    separator: separator.charCodeAt(0),
    point,
  };
}

/** Reads all cells of a text into a piece: the scanner its plain numbers, the others one by one. */
function readCells(run: CellsRun, piece: Piece): void {
  const { file, header: { columns, separator }, slots, written } = piece;
  const { text: bytes, place } = run;
  const [between, last] = [separator.charCodeAt(0), columns.length - 1];
  let text: string | null = null;
  while (run.next()) {
    // A text of the bytes is made for the first such cell; in ASCII its places are theirs.
    text ??= new TextDecoder().decode(bytes);
    const { [PLACE.at]: from, [PLACE.column]: column, [PLACE.row]: row, [PLACE.line]: line } = place;
    let to = from;
    while (bytes[to] !== between && bytes[to] !== LINE_END) to++;
    const isLast = bytes[to] === LINE_END;
    const cell = text.slice(from, to);
    place[PLACE.at] = to + 1;
    if (isLast) place[PLACE.line] = line + 1;
    if (isLast && column === 0 && cell.trim() === "") continue;
    if (isLast !== (column === last)) {
      throw unevenAt(text, text.lastIndexOf("\n", from - 1) + 1, { columns, separator, file, line });
    }
    piece.rows = row;
    const slot = slots[column];
    if (slot >= 0) putCell(piece, slot, cell);
    written[column]?.push(cell);
    place[PLACE.column] = isLast ? 0 : column + 1;
    if (!isLast) continue;
    run.lines[row] = line;
    place[PLACE.row] = row + 1;
  }
  piece.rows = place[PLACE.row];
  piece.line = place[PLACE.line];
}
