import { csvRows } from "../data/mod.ts";
import { ShapeError } from "../tensor/mod.ts";
import type { Grid } from "./grid.ts";

/** An array of numbers and its shape. */
export interface NpyArray {
  /** Length along each axis; none for a single number. */
  readonly shape: readonly number[];
  /** The numbers, row-major: float64 or float32, as the file has them. */
  readonly data: Float64Array | Float32Array;
}

/** The columns of a grid's table. */
const COLUMNS = "alpha,beta,value";

/** A number as `gridCsv` writes it: decimal digits with a point and an exponent, or infinity. */
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)$/;

/** The eight bytes that start a .npy file of version 1.0: `\x93NUMPY`, then the version. */
const START = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0);

/** What stands before the header: the start, and the header's length in two bytes. */
const PREFIX = START.length + 2;

/** The numbers start at a multiple of this. */
const ALIGNMENT = 64;

/** The most axes that NumPy accepts. */
const MOST_AXES = 64;

/** One entry of the header, a dictionary as Python writes it. */
const ENTRY = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|\[[^\]]*\]|True|False|\([\d\s,]*\))\s*(,|$)/y;

/**
 * A grid as CSV: a line `alpha,beta,value` per value, beta by beta and within a beta alpha by alpha. A number is
 * written with the fewest digits that read back to the same bits, infinity as `Infinity`, a missing value as an empty
 * cell.
 *
 * @param grid The grid.
 * @returns The text, header first; every line ends with "\n".
 * @example A value and a missing one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grid = { alphas: Float64Array.of(0, 0.5), betas: Float64Array.of(1), values: Float64Array.of(Infinity, NaN) };
 * assertEquals(gridCsv(grid), "alpha,beta,value\n0,1,Infinity\n0.5,1,\n");
 * ```
 */
export function gridCsv({ alphas, betas, values }: Grid): string {
  const rows = Array.from(values, (value, at) => {
    const [alpha, beta] = [alphas[at % alphas.length], betas[Math.floor(at / alphas.length)]];
    return [written(alpha), written(beta), Number.isNaN(value) ? "" : written(value)];
  });
  return csvRows([COLUMNS.split(","), ...rows]);
}

/**
 * Reads a grid that {@linkcode gridCsv} wrote, to the same bits. A byte-order mark and CR LF line ends are read over; a
 * text whose last line has no end is refused, since a number may be cut off there. Cost: linear in the length of the
 * text.
 *
 * @param text The text.
 * @returns The grid; empty cells are NaN.
 * @throws {SyntaxError} If the header is another, a cell is not a number, or the lines are not those of a whole grid
 * with ascending coordinates. The message is one sentence, with the line.
 * @example There and back
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * const text = "alpha,beta,value\n0,1,Infinity\n0.5,1,\n";
 * assertEquals(gridCsv(parseGridCsv(text)), text);
 * assertThrows(() => parseGridCsv(text + "0,2,7\n"), Error, "the last beta has 1 of 2 lines");
 * ```
 */
export function parseGridCsv(text: string): Grid {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  if (lines[0] !== COLUMNS) throw noGrid(`the first line must be "${COLUMNS}"`);
  if (lines.length < 2 || lines[lines.length - 1] !== "") throw noGrid("it is cut off, its last line has no end");
  const cells = lines.slice(1, -1).map(parseLine);
  if (cells.length === 0) throw noGrid("it has no line below the header");
  const change = cells.findIndex(({ beta }) => beta !== cells[0].beta);
  const width = change < 0 ? cells.length : change;
  const alphas = Float64Array.from(cells.slice(0, width), ({ alpha }) => alpha);
  const betas = Float64Array.from(cells.filter((_, at) => at % width === 0), ({ beta }) => beta);
  checkAscending("alpha", alphas, 1);
  checkAscending("beta", betas, width);
  cells.forEach(({ alpha, beta }, at) => {
    const [alphaHere, betaHere] = [alphas[at % width], betas[Math.floor(at / width)]];
    if (alpha !== alphaHere || beta !== betaHere) {
      throw noGrid(`line ${at + 2} must be at (${alphaHere}, ${betaHere}), and is at (${alpha}, ${beta})`);
    }
  });
  const last = cells.length % width;
  if (last !== 0) throw noGrid(`the last beta has ${last} of ${width} lines`);
  return Object.freeze({ alphas, betas, values: Float64Array.from(cells, ({ value }) => value) });
}

/**
 * An array as a .npy file of version 1.0, as NumPy reads it: little-endian float64 or float32 in C order. Every bit of
 * the numbers is kept. Source: the NumPy manual, `numpy.lib.format`. Cost: a copy.
 *
 * @param shape Length along each axis; `[]` for a single number.
 * @param data The numbers, row-major.
 * @returns The bytes.
 * @throws {RangeError} If a length is not a whole number, or there are more than 64 axes.
 * @throws {ShapeError} If the shape does not hold as many numbers as there are.
 * @example There and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const bytes = encodeNpy([2, 1], Float64Array.of(0.5, Infinity));
 * assertEquals(decodeNpy(bytes), { shape: [2, 1], data: Float64Array.of(0.5, Infinity) });
 * ```
 */
export function encodeNpy(shape: readonly number[], data: Float64Array | Float32Array): Uint8Array {
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || shape.length > MOST_AXES) {
    throw new RangeError(
      `Cannot write an array: the shape must be up to ${MOST_AXES} whole numbers, got [${shape.join(", ")}]`,
    );
  }
  if (countOf(shape) !== data.length) {
    throw new ShapeError("write an array", `[${shape.join(", ")}]`, `${data.length} numbers`);
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const type = data instanceof Float64Array ? "<f8" : "<f4";
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const body = Math.ceil((PREFIX + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(body + data.byteLength);
  bytes.set(START);
  new DataView(bytes.buffer).setUint16(START.length, body - PREFIX, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(body - PREFIX - 1)}\n`), PREFIX);
  // The machines that this runs on are little-endian, as WebAssembly's memory is, so these are the file's bytes.
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), body);
  return bytes;
}

/**
 * Reads a .npy file of version 1.0 with little-endian float64 (`<f8`) or float32 (`<f4`) numbers in C order. Nothing is
 * believed before it is checked against the bytes that are there, so a hostile header cannot make it allocate more than
 * the file's own size. Source: the NumPy manual, `numpy.lib.format`. Cost: a copy.
 *
 * @param bytes The whole file.
 * @returns The shape and the numbers, in the file's precision.
 * @throws {RangeError} If it is not such a file: another format, version, order or type of numbers, a header that is
 * not the dictionary it must be, or fewer or more bytes than its shape needs. The message is one sentence.
 * @example Too short to be one
 * ```ts
 * import { assertThrows } from "@std/assert";
 * assertThrows(() => decodeNpy(Uint8Array.of(0x93, 0x4e)), RangeError, "cut off before its header");
 * ```
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  if (START.subarray(0, 6).some((byte, i) => i < bytes.length && bytes[i] !== byte)) {
    throw noArray("it does not start as a .npy file");
  }
  if (bytes.length < PREFIX) throw noArray("it is cut off before its header");
  if (bytes[6] !== START[6] || bytes[7] !== START[7]) {
    throw noArray(`its version is ${bytes[6]}.${bytes[7]}, and only 1.0 can be read`);
  }
  const body = PREFIX + bytes[8] + 256 * bytes[9];
  if (bytes.length < body) throw noArray("it is cut off inside its header");
  const { size, shape } = parseHeader(new TextDecoder("latin1").decode(bytes.subarray(PREFIX, body)));
  const [count, rest] = [countOf(shape), bytes.length - body];
  if (count * size > rest) {
    throw noArray(`it is cut off, its header promises ${count} numbers of ${size} bytes, but ${rest} bytes follow`);
  }
  if (count * size < rest) {
    throw noArray(
      `it has bytes after its last number: ${count} numbers of ${size} bytes do not fill ${rest} bytes`,
    );
  }
  // A copy starts where an array of numbers may start.
  const { buffer } = new Uint8Array(bytes.subarray(body));
  return Object.freeze({ shape, data: size === 8 ? new Float64Array(buffer) : new Float32Array(buffer) });
}

/** The fewest digits that read back to the same bits. */
const written = (value: number): string => Object.is(value, -0) ? "-0" : String(value);

/** How many numbers a shape holds; above 2^53 rounded, and then more than any file holds. */
const countOf = (shape: readonly number[]): number =>
  shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);

/** Why a text is not a grid. */
const noGrid = (problem: string): SyntaxError => new SyntaxError(`Cannot read the grid: ${problem}`);

/** Why a file is not an array that can be read. */
const noArray = (problem: string): RangeError => new RangeError(`Cannot read the array: ${problem}`);

/** The numbers of one line; `at` counts from 0 below the header. */
function parseLine(
  line: string,
  at: number,
): { readonly alpha: number; readonly beta: number; readonly value: number } {
  const cells = line.split(",");
  if (cells.length !== 3) throw noGrid(`line ${at + 2} must have 3 cells, and has ${cells.length}`);
  const [alpha, beta, value] = cells.map((cell, column) => {
    const isMissing = column === 2 && cell === "";
    const number = NUMBER.test(cell) ? Number(cell) : NaN;
    if (isMissing || (column === 2 ? !Number.isNaN(number) : Number.isFinite(number))) return number;
    throw noGrid(
      `line ${at + 2} must have a number as its ${COLUMNS.split(",")[column]}, and has "${cell.slice(0, 40)}"`,
    );
  });
  return { alpha, beta, value };
}

/** Checks that coordinates ascend, the next one `stride` lines below the last. */
function checkAscending(name: string, coordinates: Float64Array, stride: number): void {
  const at = coordinates.findIndex((value, i) => i > 0 && !(value > coordinates[i - 1]));
  if (at > 0) throw noGrid(`line ${at * stride + 2} must have a greater ${name} than ${coordinates[at - 1]}`);
}

/** The size of a number and the shape, from the dictionary in the header. */
function parseHeader(text: string): { readonly size: 4 | 8; readonly shape: readonly number[] } {
  const { descr, fortran_order: order, shape } = entriesOf(text);
  if (descr !== "'<f8'" && descr !== "'<f4'") {
    throw noArray(`its numbers have the type ${descr.slice(0, 40)}, and only '<f8' and '<f4' can be read`);
  }
  if (order !== "False") throw noArray("its numbers are in Fortran order, and only C order can be read");
  const lengths = lengthsOf(shape);
  if (lengths === null) throw noArray("its shape is not a tuple of whole numbers");
  if (lengths.length > MOST_AXES) throw noArray(`its shape has more than ${MOST_AXES} axes`);
  return { size: descr === "'<f8'" ? 8 : 4, shape: lengths };
}

/** The texts of the three entries of the header. */
function entriesOf(text: string): Readonly<Record<"descr" | "fortran_order" | "shape", string>> {
  const refuse = (): never => {
    throw noArray("its header is not a dictionary of descr, fortran_order and shape");
  };
  const inside = /^\{(.*)\}$/s.exec(text.trim())?.[1].trimEnd() ?? refuse();
  const entries = new Map<string, string>();
  const pattern = new RegExp(ENTRY);
  while (pattern.lastIndex < inside.length) {
    const [, name, value] = pattern.exec(inside) ?? refuse();
    if (entries.has(name)) refuse();
    entries.set(name, value);
  }
  const entry = (name: string): string => entries.get(name) ?? refuse();
  return { descr: entry("descr"), fortran_order: entry("fortran_order"), shape: entry("shape") };
}

/** The lengths in a tuple as Python writes it, where `(3,)` is a tuple and `(3)` a number; null if it is none. */
function lengthsOf(tuple: string): readonly number[] | null {
  const parts = tuple.slice(1, -1).split(",").map((part) => part.trim());
  const digits = parts[parts.length - 1] === "" ? parts.slice(0, -1) : parts;
  if (!tuple.startsWith("(") || digits.length === 1 && parts.length === 1) return null;
  const lengths = digits.map(Number);
  if (!digits.every((part) => /^\d+$/.test(part)) || !lengths.every(Number.isSafeInteger)) return null;
  return Object.freeze(lengths);
}
