import { ShapeError } from "../tensor/mod.ts";
import { halfFloat } from "./half_float.ts";

/** An array of numbers and its shape. */
export interface NpyArray {
  /** Length along each axis; none for a single number. */
  readonly shape: readonly number[];
  /** The numbers, row-major: float64 as they are and integers and booleans as float64; float32 as they are and float16 as float32. */
  readonly data: Float64Array | Float32Array;
  /** The unit of rounding of the file's numbers: 2^-53, 2^-24 for float32, 2^-11 for float16. */
  readonly precision: number;
}

/** The eight bytes that start a .npy file of version 1.0: `\x93NUMPY`, then the version. */
const START = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** What stands before the header that is written: the start, and the header's length in two bytes. */
const PREFIX = 10;

/** The numbers start at a multiple of this. */
const ALIGNMENT = 64;

/** The most axes that NumPy accepts. */
const MOST_AXES = 64;

/** One entry of the header, a dictionary as Python writes it. */
const ENTRY = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|\[[^\]]*\]|True|False|\([\d\s,]*\))\s*(,|$)/y;

/** A type of numbers: its size in bytes, its binary digits, and how one is read. */
interface NumberType {
  readonly size: number;
  readonly bits: number;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

/** The types of numbers that can be read. */
const TYPES: Readonly<Record<string, NumberType>> = {
  f8: { size: 8, bits: 53, read: (view, at, little) => view.getFloat64(at, little) },
  f4: { size: 4, bits: 24, read: (view, at, little) => view.getFloat32(at, little) },
  f2: { size: 2, bits: 11, read: (view, at, little) => halfFloat(view.getUint16(at, little)) },
  i8: { size: 8, bits: 53, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  i4: { size: 4, bits: 53, read: (view, at, little) => view.getInt32(at, little) },
  i2: { size: 2, bits: 53, read: (view, at, little) => view.getInt16(at, little) },
  i1: { size: 1, bits: 53, read: (view, at) => view.getInt8(at) },
  u8: { size: 8, bits: 53, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  u4: { size: 4, bits: 53, read: (view, at, little) => view.getUint32(at, little) },
  u2: { size: 2, bits: 53, read: (view, at, little) => view.getUint16(at, little) },
  u1: { size: 1, bits: 53, read: (view, at) => view.getUint8(at) },
  b1: { size: 1, bits: 53, read: (view, at) => view.getUint8(at) },
};

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
 * assertEquals(decodeNpy(bytes).data, Float64Array.of(0.5, Infinity));
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
 * Reads a .npy file of NumPy: float64, float32, float16, integers or booleans, little or big endian, in C or Fortran order, of format version 1 to 3.
 * Nothing is believed before it is checked against the bytes that are there, so a hostile header cannot make it allocate more than
 * eight times the file's own size. Source: the NumPy manual, `numpy.lib.format`. Cost: a copy, but none of little-endian floats in C order,
 * which are left where they are.
 *
 * @param bytes The whole file; the numbers may be a view of it, so it must not change.
 * @returns The shape, the numbers row-major, and their precision.
 * @throws {RangeError} If it is not such a file: another format, version or type of numbers, a header that is
 * not the dictionary it must be, or fewer or more bytes than its shape needs. The message is one sentence.
 * @example Too short to be one
 * ```ts
 * import { assertThrows } from "@std/assert";
 * assertThrows(() => decodeNpy(Uint8Array.of(0x93, 0x4e)), RangeError, "cut off before its header");
 * ```
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  if (START.slice(0, 6).some((byte, i) => i < bytes.length && bytes[i] !== byte)) {
    throw noArray("it does not start as a .npy file");
  }
  if (bytes.length < PREFIX) throw noArray("it is cut off before its header");
  const version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] !== 0) {
    throw noArray(`its version is ${version}.${bytes[7]}, and only 1.0 to 3.0 can be read`);
  }
  const prefix = version === 1 ? PREFIX : PREFIX + 2;
  if (bytes.length < prefix) throw noArray("it is cut off before its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = prefix + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < body) throw noArray("it is cut off inside its header");
  const { type, little, fortran, shape } = parseHeader(new TextDecoder("latin1").decode(bytes.subarray(prefix, body)));
  const { size, bits } = type;
  const [count, rest] = [countOf(shape), bytes.length - body];
  if (count * size > rest) {
    throw noArray(`it is cut off, its header promises ${count} numbers of ${size} bytes, but ${rest} bytes follow`);
  }
  if (count * size < rest) {
    throw noArray(
      `it has bytes after its last number: ${count} numbers of ${size} bytes do not fill ${rest} bytes`,
    );
  }
  const data = numbersIn(bytes.subarray(body), count, type, little);
  return Object.freeze({ shape, data: fortran ? inRowOrder(data, shape) : data, precision: 2 ** -bits });
}

/** The numbers in the order of the file. */
function numbersIn(bytes: Uint8Array, count: number, type: NumberType, little: boolean): Float64Array | Float32Array {
  const wide = type.bits === 53;
  if (little && (type === TYPES.f8 || type === TYPES.f4)) {
    // A copy starts where an array of numbers may start, if the numbers do not.
    const { buffer, byteOffset } = bytes.byteOffset % type.size === 0 ? bytes : new Uint8Array(bytes);
    return wide ? new Float64Array(buffer, byteOffset, count) : new Float32Array(buffer, byteOffset, count);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = wide ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = type.read(view, i * type.size, little);
  return out;
}

/** Numbers whose first axis moves fastest, row-major. */
function inRowOrder(data: Float64Array | Float32Array, shape: readonly number[]): Float64Array | Float32Array {
  const out = data.slice();
  const place = new Array<number>(shape.length).fill(0);
  for (let from = 0; from < data.length; from++) {
    let to = 0;
    for (let axis = 0; axis < shape.length; axis++) to = to * shape[axis] + place[axis];
    out[to] = data[from];
    for (let axis = 0; axis < shape.length && ++place[axis] === shape[axis]; axis++) place[axis] = 0;
  }
  return out;
}

/** How many numbers a shape holds; above 2^53 rounded, and then more than any file holds. */
const countOf = (shape: readonly number[]): number =>
  shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);

/** Why a file is not an array that can be read. */
const noArray = (problem: string): RangeError => new RangeError(`Cannot read the array: ${problem}`);

/** The type of the numbers, their order and the shape, from the dictionary in the header. */
function parseHeader(
  text: string,
): {
  readonly type: NumberType;
  readonly little: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
} {
  const { descr, fortran_order: order, shape } = entriesOf(text);
  const [, endian, name] = /^'([<>|=])(\w\d)'$/.exec(descr) ?? [];
  const type = name !== undefined && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) {
    throw noArray(
      `its numbers have the type ${
        descr.slice(0, 40)
      }, and only float64, float32, float16, integers and booleans can be read`,
    );
  }
  if (order !== "False" && order !== "True") throw noArray("its fortran_order is neither True nor False");
  const lengths = lengthsOf(shape);
  if (lengths === null) throw noArray("its shape is not a tuple of whole numbers");
  if (lengths.length > MOST_AXES) throw noArray(`its shape has more than ${MOST_AXES} axes`);
  return { type, little: endian !== ">", fortran: order === "True", shape: lengths };
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
