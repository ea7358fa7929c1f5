import { type CellScanner, loadCellScanner } from "../kernels/internal.ts";
import { textDecoder } from "./_decode.ts";
import { type PlainRows, plainRows } from "./_plain_rows.ts";
import { rowReader } from "./_row_reader.ts";
import type { PieceOptions } from "./read_table.ts";
import type { Table } from "./table.ts";

/** The code of a line feed. */
const LINE_END = 10;

/** Reads a table from bytes as they come. */
export interface BytesReader {
  /** The rows that are whole with these bytes, in tables. */
  push(bytes: Uint8Array): Promise<readonly Table[]>;
  /** The rest, at the end; the last table may have no rows. */
  end(): readonly Table[];
}

/**
 * Reads CSV from bytes in either of two ways: as a text, and where the bytes are plain by a kernel, without a text. The first piece, which has
 * the header, is a text; so is a piece with a quote, a carriage return or a letter beyond ASCII. After each of them, between two rows, the next is tried as
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
  let [isPlain, mayBePlain] = [false, load !== null];
  /** Bytes between the end of a row and that of a piece; null where the reader of texts has them. */
  let between: Uint8Array | null = null;
  const asText = (bytes: Uint8Array): readonly Table[] => {
    const table = bytes.length === 0 ? null : reader.push(decode.next(bytes));
    return table === null ? [] : [table];
  };
  const open = async (bytes: Uint8Array): Promise<void> => {
    if (plain === null) {
      const scanner = await load!();
      plain = scanner && plainRows(scanner, reader, options);
      mayBePlain = plain !== null;
    }
    isPlain = mayBePlain;
    if (isPlain) plain!.push(bytes);
    else asText(bytes);
  };
  return {
    async push(bytes) {
      if (between !== null) await open(between);
      between = null;
      let rest = bytes;
      if (isPlain) {
        const { table, refused } = plain!.push(bytes);
        if (refused === null) return table === null ? [] : [table];
        [isPlain, rest] = [false, refused];
      }
      const end = mayBePlain ? rest.lastIndexOf(LINE_END) + 1 : 0;
      const tables = asText(rest.subarray(0, end));
      if (end === 0 || reader.place() === null) return [...tables, ...asText(rest.subarray(end))];
      between = rest.slice(end);
      return tables;
    },
    end() {
      const tables = asText(between ?? (isPlain ? plain!.take() : new Uint8Array(0)));
      const last = reader.push(decode.end());
      return [...tables, ...last === null ? [] : [last], reader.end()];
    },
  };
}
