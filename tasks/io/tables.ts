import {
  collectTable,
  InputError,
  readTable,
  type ReadTableOptions,
  type Table,
  type TablePiece,
} from "../../src/data/mod.ts";
import { readFrom } from "./files.ts";

/** Bytes of a table that are read at a time. */
const PIECE = 1 << 18;

/** A table in pieces of whole rows, so that a file may be larger than memory; the last one may have no rows. */
export async function* piecesOf(
  path: string,
  options: Omit<ReadTableOptions, "file"> = {},
): AsyncGenerator<TablePiece> {
  using file = await readFrom(path, () => Deno.open(path));
  const { size } = await readFrom(path, () => file.stat());
  const reader = readTable({ ...options, file: path });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes: Uint8Array | undefined): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new InputError("the file is not UTF-8 text; save the table as CSV in UTF-8", { file: path });
    }
  };
  const buffer = new Uint8Array(PIECE);
  let read = 0;
  for (;;) {
    const count = await readFrom(path, () => file.read(buffer));
    if (count === null) break;
    read += count;
    const table = reader.push(decode(buffer.subarray(0, count)));
    if (table !== null) yield { table, share: size > 0 ? Math.min(1, read / size) : 1 };
  }
  const last = reader.push(decode(undefined));
  if (last !== null) yield { table: last, share: 1 };
  yield { table: reader.end(), share: 1 };
}

/** A table, of the columns that are wanted. */
export async function loadTable(path: string, options: Omit<ReadTableOptions, "file"> = {}): Promise<Table> {
  return await collectTable(piecesOf(path, options), { file: path });
}
