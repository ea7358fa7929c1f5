import { type CellScanner, loadCellScanner } from "../kernels/internal.ts";
import { textDecoder } from "./_decode.ts";
import { type PlainRows, plainRows } from "./_plain_rows.ts";
import { rowReader } from "./_row_reader.ts";
import type { PieceOptions } from "./read_table.ts";
import type { Table } from "./table.ts";

/** The code of a line feed. */
const LINE_END = 10;

/** A first piece of fewer bytes is read as a text: it may be the whole file. */
const LEAST_PLAIN = 1 << 16;

/** A first line that is a header beyond doubt, whatever follows it: no comment, no blank line, no quotes, none that says what the separator is. */
const HEADER = /^\w[^"#=\r\0]*$/;

/** Reads a table from bytes as they come. */
export interface BytesReader {
  /** The rows that are whole with these bytes, in tables. */
  push(bytes: Uint8Array): Promise<readonly Table[]>;
  /** The rest, at the end; the last table may have no rows. */
  end(): readonly Table[];
}

/**
 * Reads CSV from bytes in either of two ways: as a text, and where the bytes are plain by a kernel, without a text. The header
 * is a text, with the rest of a short first piece; so is a piece with a quote, a carriage return or a letter beyond ASCII. After each of them, between two rows, the next is tried as
 * bytes. Both ways give the same tables and the same errors.
 *
 * @param options The name of the file, and what to keep.
 * @param load Loads the kernel, when there is a second piece (default: that of the module; null: every piece is a text).
 * @throws {InputError} Later, as {@linkcode csvPieces}.
 */
export function bytesReader(
  options: PieceOptions,
  load: (() => Promise<CellScanner | null>) | null = loadCellScanner,
): BytesReader {
  const reader = rowReader(options);
  const decode = textDecoder(options.file);
  let plain: PlainRows | null = null;
  let [isPlain, mayBePlain, isStarted] = [false, load !== null, false];
  /** Bytes from the end of a row, or of the header, to that of a piece; null where the reader of texts has them. */
  let between: Uint8Array | null = null;
  const asText = (bytes: Uint8Array): readonly Table[] => {
    const table = bytes.length === 0 ? null : reader.push(decode.next(bytes));
    return table === null ? [] : [table];
  };
  /** Where the header of a long first piece ends; 0 for another piece, and where that is in doubt. */
  const headerEnd = (bytes: Uint8Array): number => {
    const end = isStarted || bytes.length < LEAST_PLAIN ? 0 : bytes.indexOf(LINE_END) + 1;
    isStarted = true;
    return end > 0 && HEADER.test(new TextDecoder().decode(bytes.subarray(0, end - 1))) ? end : 0;
  };
  /** Goes on from the end of a row. */
  const open = async (bytes: Uint8Array): Promise<readonly Table[]> => {
    if (plain === null) {
      const scanner = await load!();
      plain = scanner && plainRows(scanner, reader, options);
      mayBePlain = plain !== null;
    }
    isPlain = mayBePlain;
    if (!isPlain) return asText(bytes);
    plain!.hold(bytes);
    return [];
  };
  return {
    async push(bytes) {
      const before = between === null ? [] : await open(between);
      between = null;
      let rest = bytes;
      if (isPlain) {
        const { table, refused } = plain!.push(bytes);
        if (refused === null) return table === null ? [] : [table];
        [isPlain, rest] = [false, refused];
      }
      const end = mayBePlain ? headerEnd(rest) || rest.lastIndexOf(LINE_END) + 1 : 0;
      const tables = [...before, ...asText(rest.subarray(0, end))];
      if (end === 0 || reader.place() === null) return [...tables, ...asText(rest.subarray(end))];
      between = rest.slice(end);
      return tables;
    },
    end() {
      const { table, refused } = isPlain ? plain!.end() : { table: null, refused: between ?? new Uint8Array(0) };
      const tables = [...table === null ? [] : [table], ...asText(refused)];
      const last = reader.push(decode.end());
      return [...tables, ...last === null ? [] : [last], reader.end()];
    },
  };
}
