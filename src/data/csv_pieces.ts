import type { TablePiece } from "./collect_table.ts";
import { InputError } from "./input_error.ts";
import { bytesReader } from "./_bytes_reader.ts";
import type { PieceOptions } from "./read_table.ts";
import { isGzip, unpack } from "./_unpack.ts";
import type { BytePiece } from "./table_bytes.ts";

/**
 * Reads CSV from bytes in UTF-8, gzip or not, as they come: tables of whole rows. Memory: that of a piece and of the longest row. A gzip
 * file that unpacks to more than 100 times its size (beyond 256 MB) is refused.
 *
 * @param pieces The bytes of the file.
 * @param options The name of the file, and what to keep.
 * @returns Its rows; the last piece may have none.
 * @throws {InputError} Later, where `parseTable` would throw it, and if the bytes are no text in UTF-8 or a damaged gzip file.
 * @example Packed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { collectTable } from "./collect_table.ts";
 * import { bytesInMemory } from "./table_bytes.ts";
 * const packed = new Blob(["a\n1\n2\n"]).stream().pipeThrough(new CompressionStream("gzip"));
 * const source = bytesInMemory(new Uint8Array(await new Response(packed).arrayBuffer()), "a.csv.gz");
 * const table = await collectTable(csvPieces(source.pieces(), { file: source.file }), { file: source.file });
 * assertEquals([...table.cells[0]!.numbers!], [1, 2]);
 * ```
 */
export async function* csvPieces(
  pieces: AsyncIterable<BytePiece>,
  options: PieceOptions,
): AsyncGenerator<TablePiece> {
  const { file } = options;
  const { start, all } = await peek(pieces, 8);
  refuseOthers(start, file);
  const reader = bytesReader(options);
  for await (const { bytes, share } of isGzip(start) ? unpack(all, file) : all) {
    for (const table of await reader.push(bytes)) yield { table, share };
  }
  for (const table of reader.end()) yield { table, share: 1 };
}

/** A file whose first bytes were read. */
interface Peeked {
  /** The first bytes. */
  readonly start: Uint8Array;
  /** All of them, those too; to be read once. */
  readonly all: AsyncIterable<BytePiece>;
  /** Leaves the file where `all` is not read. */
  close(): Promise<void>;
}

/** The first bytes of a file, as many as there are up to `count`. */
export async function peek(
  pieces: AsyncIterable<BytePiece>,
  count: number,
): Promise<Peeked> {
  const iterator = pieces[Symbol.asyncIterator]();
  let first: BytePiece = { bytes: new Uint8Array(0), share: 1 };
  while (first.bytes.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    // Not copied where the first piece is enough, as it is of every file.
    const bytes = first.bytes.length === 0 ? value.bytes : new Uint8Array([...first.bytes, ...value.bytes]);
    first = { bytes: bytes.length < count ? bytes.slice() : bytes, share: value.share };
  }
  return {
    start: first.bytes.slice(0, count),
    close: async () => void await iterator.return?.(),
    all: {
      async *[Symbol.asyncIterator]() {
        try {
          if (first.bytes.length > 0) yield first;
          for (let piece = await iterator.next(); !piece.done; piece = await iterator.next()) yield piece.value;
        } finally {
          await iterator.return?.();
        }
      },
    },
  };
}

/** The first bytes of files that are no table of text, and what to do instead. */
const OTHERS: readonly (readonly [start: readonly number[], problem: string])[] = [
  [[0x50, 0x4b, 3, 4], "the file is a workbook or another zip archive; save the table as CSV in UTF-8"],
  [[0xd0, 0xcf, 0x11, 0xe0], "the file is a workbook of an old kind; save the table as CSV in UTF-8"],
  [[0x28, 0xb5, 0x2f, 0xfd], "the file is packed with zstd; unpack it, or pack it with gzip"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "the file is packed with xz; unpack it, or pack it with gzip"],
  [[0x42, 0x5a, 0x68], "the file is packed with bzip2; unpack it, or pack it with gzip"],
  [[0x50, 0x41, 0x52, 0x31], "the file is Parquet, which is not read here; save the table as CSV"],
  [[0x50, 0x41, 0x52, 0x45], "the file is encrypted Parquet; write it again without encryption"],
  [
    [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31],
    "the file is Arrow (Feather); write it as Parquet: pandas.read_feather(file).to_parquet(name)",
  ],
];

/** Refuses a file whose first bytes tell that it is something else. */
function refuseOthers(start: Uint8Array, file: string): void {
  const other = OTHERS.find(([mark]) => mark.every((byte, at) => start[at] === byte));
  // A column may be called BZh, or PAR1: what follows in text is a separator or a line end.
  if (other === undefined || /^[\x20-\x7e]{3,6}[\s,;|"]/.test(String.fromCharCode(...start))) return;
  throw new InputError(other[1], { file });
}
