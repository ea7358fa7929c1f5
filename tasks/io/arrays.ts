import { bytesInMemory, collectTable, InputError, placeOf, tablePieces } from "../../src/data/mod.ts";
import { decodeNpy, decodeSafetensors } from "../../src/model/mod.ts";
import { readBytes } from "./files.ts";

/** An array of numbers that a file holds. */
export interface FileArray {
  /** Its name in the file; null where the file is one array. */
  readonly name: string | null;
  /** Length along each axis. */
  readonly shape: readonly number[];
  /** The numbers, row-major; float32 or narrower ones as float32. */
  readonly data: Float64Array | Float32Array;
  /** The unit of rounding of the numbers as the file has them. */
  readonly precision: number;
  /** The names of its columns, of a table; else null. */
  readonly columns: readonly string[] | null;
}

/** The first bytes of files that are not arrays, and what to do instead. */
const OTHERS: readonly (readonly [start: string, what: string])[] = [
  [
    "PK\x03\x04",
    "the file is a zip archive, such as a .npz of NumPy or what torch.save writes; save one array as .npy, or several as safetensors",
  ],
  ["\x80", "the file is a Python pickle, which can run any program; save the array as .npy, or as safetensors"],
  ["\x89HDF", "the file is HDF5; save the array as .npy, or as safetensors"],
];

/** Narrow numbers as float32, so that they take no more room than in their file. */
const kept = (data: Float64Array | Float32Array, precision: number): Float64Array | Float32Array =>
  precision >= 2 ** -24 && data instanceof Float64Array ? Float32Array.from(data) : data;

/** The arrays of a .npy, safetensors, CSV (gzip too) or Parquet file; the file's bytes decide which of them it is. */
export async function readArrays(path: string): Promise<readonly FileArray[]> {
  const bytes = await readBytes(path);
  const start = String.fromCharCode(...bytes.subarray(0, 9));
  const other = OTHERS.find(([mark]) => start.startsWith(mark));
  if (other !== undefined) throw new InputError(other[1], { file: path });
  if (start.startsWith("\x93NUMPY")) return [npyIn(bytes, path)];
  if (/\.safetensors$/i.test(path) || start[8] === "{") {
    const { tensors, precisions } = decodeSafetensors(bytes, path);
    return Array.from(tensors, ([name, { shape, data }]) => {
      const precision = precisions?.get(name) ?? 2 ** -53;
      return { name, shape, data: kept(data, precision), precision, columns: null };
    });
  }
  if (/\.npy$/i.test(path)) return [npyIn(bytes, path)];
  return [await tableIn(bytes, path)];
}

function npyIn(bytes: Uint8Array, path: string): FileArray {
  try {
    const { shape, data, precision } = decodeNpy(bytes);
    return { name: null, shape, data, precision, columns: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const problem = error.message.replace("Cannot read the array: ", "the array cannot be read: ");
    throw new InputError(`${problem}; save it again with numpy.save`, { file: path });
  }
}

/** A table with a number in every cell. */
async function tableIn(bytes: Uint8Array, path: string): Promise<FileArray> {
  const table = await collectTable(tablePieces(bytesInMemory(bytes, path)), { file: path });
  const { rows, columns, cells } = table;
  const data = new Float64Array(rows * columns.length);
  for (const [j, column] of cells.entries()) {
    if (column?.numbers && column.codes === null) {
      column.numbers.forEach((value, i) => data[i * columns.length + j] = value);
      continue;
    }
    const row = column!.codes!.findIndex((code) => code >= 0);
    throw new InputError("the cell is not a number; an array has a number in every cell", {
      ...placeOf(table, row),
      column: columns[j],
    });
  }
  return { name: null, shape: [rows, columns.length], data, precision: 2 ** -53, columns };
}
