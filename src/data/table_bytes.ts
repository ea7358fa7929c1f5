/** Some bytes of a file, and how much of it has been read with them. */
export interface BytePiece {
  /** The bytes; they may be written over when the next piece is asked for. */
  readonly bytes: Uint8Array;
  /** The share of the file, above 0 and up to 1; 1 where that is not known. */
  readonly share: number;
}

/** A file whose bytes are read in any order, as Parquet needs it. */
export interface ByteRanges {
  /** How many bytes it has. */
  readonly byteLength: number;
  /** The bytes from `start` to before `end` (by default the last one). */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** The bytes of a table: from a file, standard input, or memory. */
export interface TableBytes {
  /** The name of the file, as the user gave it, for messages. */
  readonly file: string;
  /** All bytes, from the first to the last. */
  pieces(): AsyncIterable<BytePiece>;
  /** The same in any order; null for a stream. */
  readonly ranges: ByteRanges | null;
}

/**
 * The bytes of a table that are in memory.
 *
 * @param bytes All of them.
 * @param file The name of the file, for messages.
 * @returns The source, in one piece.
 * @example Five bytes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const source = bytesInMemory(new TextEncoder().encode("a\n1\n2"), "a.csv");
 * assertEquals(source.ranges!.byteLength, 5);
 * ```
 */
export function bytesInMemory(bytes: Uint8Array, file: string): TableBytes {
  return Object.freeze({
    file,
    async *pieces() {
      yield await Promise.resolve({ bytes, share: 1 });
    },
    ranges: {
      byteLength: bytes.length,
      slice: (start: number, end?: number) => Promise.resolve(bytes.slice(start, end).buffer as ArrayBuffer),
    },
  });
}
