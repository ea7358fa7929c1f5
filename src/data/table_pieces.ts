import type { TablePiece } from "./collect_table.ts";
import { csvPieces, peek } from "./csv_pieces.ts";
import { parquetPieces } from "./parquet_pieces.ts";
import type { PieceOptions } from "./read_table.ts";
import { type BytePiece, type ByteRanges, bytesInMemory, type TableBytes } from "./table_bytes.ts";

/**
 * Reads a table of any format that is known, which its first bytes tell: CSV, CSV packed with gzip, or Parquet.
 *
 * @param source The bytes.
 * @param options What to keep, and what is said of the columns.
 * @returns Its rows in pieces; a piece may have none.
 * @throws {InputError} Later, as {@linkcode csvPieces} and {@linkcode parquetPieces}.
 * @example A table in memory
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { collectTable } from "./collect_table.ts";
 * import { bytesInMemory } from "./table_bytes.ts";
 * const source = bytesInMemory(new TextEncoder().encode("a\n1\n2"), "a.csv");
 * const table = await collectTable(tablePieces(source), { file: source.file });
 * assertEquals([...table.cells[0]!.numbers!], [1, 2]);
 * ```
 */
export async function* tablePieces(
  source: TableBytes,
  options: Omit<PieceOptions, "file"> = {},
): AsyncGenerator<TablePiece> {
  const { file } = source;
  const { start, all, close } = await peek(source.pieces(), 5);
  // A column may be called PAR1; in Parquet the length of something in binary follows.
  if (/^PAR1[^\s,;|"]/.test(String.fromCharCode(...start))) {
    const ranges = source.ranges ?? await gather(all, file);
    await close();
    yield* parquetPieces(ranges, { ...options, file });
  } else {
    yield* csvPieces(all, { ...options, file });
  }
}

/** All bytes of a stream. */
async function gather(pieces: AsyncIterable<BytePiece>, file: string): Promise<ByteRanges> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const { bytes } of pieces) parts.push(bytes.slice() as Uint8Array<ArrayBuffer>);
  return bytesInMemory(new Uint8Array(await new Blob(parts).arrayBuffer()), file).ranges!;
}
