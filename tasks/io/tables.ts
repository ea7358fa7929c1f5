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
const PIECE = 1 << 20;

/** The name of standard input on the command line, and in messages. */
const [STDIN, STDIN_NAME] = ["-", "standard input"];

/** What was read of something that can be read only once, for a second reading; empty for a file. */
export type Recording = Uint8Array[];

/** The bytes of a table, and the share of it that has been read, 1 where that is not known. */
async function* bytesOf(
  path: string,
  recording: Recording | null,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly share: number }> {
  if (recording !== null && recording.length > 0) {
    for (const [at, bytes] of recording.entries()) yield { bytes, share: (at + 1) / recording.length };
    return;
  }
  using file = path === STDIN ? null : await readFrom(path, () => Deno.open(path));
  const { isFile, size } = file === null ? { isFile: false, size: 0 } : await readFrom(path, () => file.stat());
  const from = file ?? Deno.stdin;
  const buffer = new Uint8Array(PIECE);
  let read = 0;
  for (;;) {
    const count = await readFrom(nameOf(path), () => from.read(buffer));
    if (count === null) return;
    read += count;
    const bytes = buffer.subarray(0, count);
    if (!isFile) recording?.push(bytes.slice());
    yield { bytes, share: size > 0 ? Math.min(1, read / size) : 1 };
  }
}

const nameOf = (path: string): string => path === STDIN ? STDIN_NAME : path;

/** A table in pieces of whole rows, so that a file may be larger than memory; the last one may have no rows. `-` is standard input. */
export async function* piecesOf(
  path: string,
  options: Omit<ReadTableOptions, "file"> = {},
  recording: Recording | null = null,
): AsyncGenerator<TablePiece> {
  const reader = readTable({ ...options, file: nameOf(path) });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes: Uint8Array | undefined): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new InputError("the file is not UTF-8 text; save the table as CSV in UTF-8", { file: nameOf(path) });
    }
  };
  for await (const { bytes, share } of bytesOf(path, recording)) {
    const table = reader.push(decode(bytes));
    if (table !== null) yield { table, share };
  }
  const last = reader.push(decode(undefined));
  if (last !== null) yield { table: last, share: 1 };
  yield { table: reader.end(), share: 1 };
}

/** A table, of the columns that are wanted; what can be read only once is kept in the recording. */
export async function loadTable(
  path: string,
  options: Omit<ReadTableOptions, "file"> = {},
  recording: Recording | null = null,
): Promise<Table> {
  return await collectTable(piecesOf(path, options, recording), { file: nameOf(path) });
}
