import {
  type BytePiece,
  collectTable,
  InputError,
  type PieceOptions,
  type ReadTableOptions,
  type Table,
  type TableBytes,
  type TablePiece,
  tablePieces,
} from "../../src/data/mod.ts";
import { readFrom } from "./files.ts";

/** Bytes of a table that are read at a time. */
const PIECE = 1 << 18;

/** The name of standard input on the command line, and in messages. */
const [STDIN, STDIN_NAME] = ["-", "standard input"];

/** What is known of a table that is read more than once. */
export interface Recording {
  /** The bytes of what can be read only once; empty for a file. */
  readonly pieces: Uint8Array[];
  /** Size and time of the file when it was first opened. */
  stamp: string | null;
}

/** Nothing is known before the first reading. */
export const startRecording = (): Recording => ({ pieces: [], stamp: null });

const nameOf = (path: string): string => path === STDIN ? STDIN_NAME : path;

/** Refuses a file that is not the one that was opened first, or has been written to since. */
async function refuseChanged(file: Deno.FsFile, path: string, recording: Recording): Promise<number> {
  const { size, mtime, ino } = await readFrom(path, () => file.stat());
  const stamp = [size, mtime?.getTime(), ino].join(" ");
  recording.stamp ??= stamp;
  if (stamp === recording.stamp) return size;
  throw new InputError("the file changed while it was read; wait until it is written, and start again", { file: path });
}

/** The bytes of a file that stays as it is while it is read. */
function fileBytes(path: string, byteLength: number, recording: Recording): TableBytes {
  return {
    file: path,
    async *pieces(): AsyncGenerator<BytePiece> {
      using file = await readFrom(path, () => Deno.open(path));
      const size = await refuseChanged(file, path, recording);
      // The next piece is read while this one is used.
      const buffers = [new Uint8Array(PIECE), new Uint8Array(PIECE)] as const;
      const start = (piece: number) => {
        const reading = readFrom(path, () => file.read(buffers[piece % 2]));
        // Told when the piece is asked for, which may be later.
        reading.catch(() => {});
        return reading;
      };
      let next = start(0);
      try {
        for (let [read, piece] = [0, 0];; piece++) {
          const count = await next;
          if (count === null) break;
          read += count;
          next = start(piece + 1);
          yield { bytes: buffers[piece % 2].subarray(0, count), share: size > 0 ? Math.min(1, read / size) : 1 };
        }
      } finally {
        // A caller that leaves early leaves a piece on its way, into a file that is to be closed.
        await next.catch(() => {});
      }
      await refuseChanged(file, path, recording);
    },
    ranges: {
      byteLength,
      async slice(start, end = byteLength) {
        using file = await readFrom(path, () => Deno.open(path));
        await refuseChanged(file, path, recording);
        await file.seek(start, Deno.SeekMode.Start);
        const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
        for (let filled = 0; filled < bytes.length;) {
          const count = await readFrom(path, () => file.read(bytes.subarray(filled)));
          if (count === null) break;
          filled += count;
        }
        return bytes.buffer;
      },
    },
  };
}

/** The bytes of standard input or of a pipe, which can be read only once: they are kept where a recording is wanted. */
function streamBytes(path: string, recording: Recording | null): TableBytes {
  return {
    file: nameOf(path),
    async *pieces(): AsyncGenerator<BytePiece> {
      if (recording !== null && recording.pieces.length > 0) {
        for (const bytes of recording.pieces) yield { bytes, share: 1 };
        return;
      }
      using file = path === STDIN ? null : await readFrom(path, () => Deno.open(path));
      const from = file ?? Deno.stdin;
      const buffer = new Uint8Array(PIECE);
      for (;;) {
        const count = await readFrom(nameOf(path), () => from.read(buffer));
        if (count === null) return;
        const bytes = buffer.subarray(0, count);
        recording?.pieces.push(bytes.slice());
        yield { bytes, share: 1 };
      }
    },
    ranges: null,
  };
}

/**
 * A table in pieces of whole rows, so that a file may be larger than memory; the last one may have no rows. CSV, CSV packed with gzip, or
 * Parquet; `-` is standard input.
 */
export async function* piecesOf(
  path: string,
  options: Omit<PieceOptions, "file"> = {},
  recording: Recording | null = null,
): AsyncGenerator<TablePiece> {
  const { isFile, size } = path === STDIN ? { isFile: false, size: 0 } : await readFrom(path, () => Deno.stat(path));
  const source = isFile ? fileBytes(path, size, recording ?? startRecording()) : streamBytes(path, recording);
  yield* tablePieces(source, options);
}

/** The bytes of a table's file; 0 where that is not known, or there is none. */
export async function byteLengthOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ isFile, size }) => isFile ? size : 0, () => 0);
}

/** A table, of the columns that are wanted; what can be read only once is kept in the recording. */
export async function loadTable(
  path: string,
  options: Omit<ReadTableOptions, "file"> = {},
  recording: Recording | null = null,
): Promise<Table> {
  return await collectTable(piecesOf(path, { ...options, lend: true }, recording), { file: nameOf(path) });
}
