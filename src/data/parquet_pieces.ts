import type { FileMetaData, SchemaTree } from "npm:hyparquet@1.33.0";
import { makeHeader } from "./_header.ts";
import { finishPiece, type Piece, putValue, startPiece } from "./_piece.ts";
import type { TablePiece } from "./collect_table.ts";
import { InputError } from "./input_error.ts";
import type { ReadTableOptions } from "./read_table.ts";
import type { ByteRanges } from "./table_bytes.ts";

/** Rows of a piece: a row group, often of a million rows, is handed on in several. */
const PIECE = 1 << 16;

/** A file whose numbers take more than this many times its size, and more than this many bytes, is refused, as of CSV packed with gzip. */
const [MOST_TIMES, ALWAYS] = [100, 1 << 28];

/** A column of the file. */
interface FileColumn {
  /** Its name in the file. */
  readonly name: string;
  /** What a cell of it holds. */
  readonly holds: "values" | "texts" | "nested";
}

/** What was read of a file's end. */
interface Outline {
  readonly columns: readonly FileColumn[];
  readonly metadata: FileMetaData;
}

/**
 * Reads Parquet into typed columns, a row group at a time and only the columns that are kept: numbers are numbers, texts are texts
 * (categories, also where they look like numbers, unless the reading says otherwise), dates and times are read as in CSV, true and
 * false are texts, and null is a missing value, as NaN is. The index that pandas adds is left out. Memory: a row group of one column
 * beside the numbers of the group.
 *
 * @param file The bytes.
 * @param options The name of the file, and what to keep.
 * @returns Its rows; a row is placed by its number, from 1.
 * @throws {InputError} Later, if the file is damaged, too large for its size, or a column that is kept holds lists or structures.
 * @example What is no Parquet
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { bytesInMemory } from "./table_bytes.ts";
 * const source = bytesInMemory(new TextEncoder().encode("PAR1 and nothing else"), "a.parquet");
 * const pieces = parquetPieces(source.ranges!, { file: source.file });
 * await assertRejects(() => pieces.next(), Error, "a.parquet: the Parquet file cannot be read");
 * ```
 */
export async function* parquetPieces(
  bytes: ByteRanges,
  { file, keep = () => true, written = () => false, reading = {} }: ReadTableOptions,
): AsyncGenerator<TablePiece> {
  const outline = await outlineOf(bytes, file);
  const header = makeHeader(outline.columns.map(({ name }) => name), null, file, ",");
  const isUsed = (name: string) => keep(name) || written(name);
  refuseNested(outline, header.columns, isUsed, file);
  refuseLarge(outline, header.columns, isUsed, bytes, file);
  const texts = header.columns.filter((_, at) => outline.columns[at].holds === "texts");
  const types = { ...Object.fromEntries(texts.map((name) => [name, "text" as const])), ...reading.types };
  const options = { keep, written, reading: { ...reading, types } };
  const all = Number(outline.metadata.num_rows);
  let first = 0;
  for (const { num_rows } of outline.metadata.row_groups) {
    const last = first + Number(num_rows);
    const pieces: Piece[] = [];
    for (let from = first; from < last; from += PIECE) {
      pieces.push(startPiece(file, header, { room: Math.min(PIECE, last - from), line: from + 1, ...options }));
    }
    for (const [at, { name }] of outline.columns.entries()) {
      if (isUsed(header.columns[at])) await readColumn(bytes, outline, { file, name, at, first, last }, pieces);
    }
    for (const [at, piece] of pieces.entries()) {
      piece.rows = piece.room;
      for (let row = 0; row < piece.room; row++) piece.lines[row] = piece.line + row;
      yield { table: finishPiece(piece, "rows"), share: (first + at * PIECE + piece.room) / all };
    }
    first = last;
  }
  if (first === 0) {
    yield { table: finishPiece(startPiece(file, header, { room: 0, line: 1, ...options }), "rows"), share: 1 };
  }
}

const cannotRead = (file: string, error: unknown): InputError =>
  new InputError(
    `the Parquet file cannot be read: ${(error as Error).message.replace(/^parquet /, "")}; write it again`,
    { file },
  );

/** The columns and row groups of a file. */
async function outlineOf(bytes: ByteRanges, file: string): Promise<Outline> {
  const { parquetMetadataAsync, parquetSchema } = await import("npm:hyparquet@1.33.0");
  try {
    const metadata = await parquetMetadataAsync(bytes, { geoparquet: false });
    const inGroups = metadata.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
    if (!(inGroups >= 0) || inGroups !== Number(metadata.num_rows)) {
      throw new RangeError("its numbers of rows disagree");
    }
    const columns = parquetSchema(metadata).children
      // The index of a pandas table that had one of its own.
      .filter(({ element }) => !/^__index_level_\d+__$/.test(element.name))
      .map(({ element, children }) => ({ name: element.name, holds: heldBy(element, children) }));
    if (columns.length === 0) throw new RangeError("it has no columns");
    return { metadata, columns };
  } catch (error) {
    throw cannotRead(file, error);
  }
}

/** What the cells of a column hold. */
function heldBy(element: SchemaTree["element"], children: readonly unknown[]): FileColumn["holds"] {
  if (children.length > 0 || element.repetition_type === "REPEATED") return "nested";
  const isBytes = element.type === "BYTE_ARRAY" || element.type === "FIXED_LEN_BYTE_ARRAY";
  const logical = element.logical_type?.type;
  const isNumber = element.converted_type === "DECIMAL" || logical === "DECIMAL" || logical === "FLOAT16";
  return isBytes && !isNumber ? "texts" : "values";
}

function refuseNested(
  { columns }: Outline,
  names: readonly string[],
  isUsed: (name: string) => boolean,
  file: string,
): void {
  const at = columns.findIndex(({ holds }, index) => holds === "nested" && isUsed(names[index]));
  if (at < 0) return;
  throw new InputError("the column holds lists or structures; leave the column out", {
    file,
    column: names[at],
    remedy: { option: "drop", value: names[at] },
  });
}

/** Refuses a file that says of itself that a reader needs far more memory than its size. */
function refuseLarge(
  { columns, metadata }: Outline,
  names: readonly string[],
  isUsed: (name: string) => boolean,
  { byteLength }: ByteRanges,
  file: string,
): void {
  const used = new Set(columns.flatMap(({ name }, at) => isUsed(names[at]) ? [name] : []));
  const chunks = metadata.row_groups.flatMap((group) => group.columns)
    .flatMap(({ meta_data }) => meta_data && used.has(meta_data.path_in_schema[0]) ? [meta_data] : []);
  const unpacked = chunks.reduce((sum, chunk) => sum + Number(chunk.total_uncompressed_size), 0);
  const needed = Math.max(unpacked, 8 * used.size * Number(metadata.num_rows));
  if (needed <= ALWAYS || needed <= MOST_TIMES * byteLength) return;
  throw new InputError(
    `the columns take ${
      (needed / 2 ** 30).toFixed(1)
    } GB, more than ${MOST_TIMES} times the file; write it as CSV if it is a table`,
    { file },
  );
}

/** Reads the cells of a column in the rows from `first` to before `last`, a row group, into the pieces of these rows. */
async function readColumn(
  bytes: ByteRanges,
  { metadata }: Outline,
  { file, name, at, first, last }: {
    readonly file: string;
    readonly name: string;
    readonly at: number;
    readonly first: number;
    readonly last: number;
  },
  pieces: readonly Piece[],
): Promise<void> {
  const { parquetRead } = await import("npm:hyparquet@1.33.0");
  const { compressors } = await import("npm:hyparquet-compressors@1.1.2");
  let filled = 0;
  let wrong: InputError | null = null;
  try {
    await parquetRead({
      file: bytes,
      metadata,
      columns: [name],
      rowStart: first,
      rowEnd: last,
      compressors,
      geoparquet: false,
      parsers: { jsonFromBytes: (json) => new TextDecoder().decode(json) },
      onChunk({ columnData, rowStart }) {
        const from = Math.max(first, rowStart);
        const to = Math.min(last, rowStart + columnData.length);
        for (let row = from; row < to && wrong === null; row++) {
          const piece = pieces[Math.floor((row - first) / PIECE)];
          piece.rows = (row - first) % PIECE;
          if (!putValue(piece, at, columnData[row - rowStart])) {
            const problem = "the cell holds neither a number nor a text nor a date; leave the column out";
            wrong = new InputError(problem, { file, row: row + 1, column: name });
          }
        }
        filled += Math.max(0, to - from);
      },
    });
  } catch (error) {
    throw cannotRead(file, error);
  }
  if (wrong !== null) throw wrong;
  if (filled !== last - first) throw cannotRead(file, new RangeError(`the column ${JSON.stringify(name)} is cut off`));
}
