import { InputError } from "../data/mod.ts";
import { ShapeError } from "../tensor/mod.ts";
import { halfFloat } from "./half_float.ts";

/** One array of a file: its shape and its numbers, row-major. */
export interface Tensor {
  /** Length along each axis. */
  readonly shape: readonly number[];
  /** The numbers; narrower ones widened. */
  readonly data: Float64Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  /** The arrays by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The unit of rounding of each array as the file has it; 2^-53 for those that are not named. */
  readonly precisions?: ReadonlyMap<string, number>;
}

/** The longest header that readers of the format accept. */
const LONGEST_HEADER = 100_000_000;

/** The types of numbers: bytes, binary digits, and how one is read. */
const TYPES = {
  F64: { size: 8, bits: 53, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  F32: { size: 4, bits: 24, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  F16: { size: 2, bits: 11, read: (view: DataView, at: number) => halfFloat(view.getUint16(at, true)) },
  BF16: { size: 2, bits: 8, read: (view: DataView, at: number) => bfloat(view.getUint16(at, true)) },
} as const;

/** A bfloat16 from its bits: the upper half of a float32. */
function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

/** Where the names of the metadata stand in the header. */
const METADATA = "__metadata__";

/**
 * Writes arrays as safetensors: 8 bytes with the header's length (little-endian), the header as JSON, padded with spaces to
 * a multiple of 8, then the numbers as little-endian float64 in the order given.
 *
 * @param file The arrays and the metadata.
 * @returns The bytes.
 * @throws {ShapeError} If an array has not as many numbers as its shape says.
 * @example There and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const tensors = new Map([["w", { shape: [2], data: Float64Array.of(1, 2) }]]);
 * const bytes = encodeSafetensors({ tensors, metadata: { schema: "example" } });
 * assertEquals(decodeSafetensors(bytes, "w.safetensors").tensors.get("w")?.data, Float64Array.of(1, 2));
 * ```
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    if (shape.reduce((product, size) => product * size, 1) !== data.length) {
      throw new ShapeError(`write the tensor "${name}"`, `[${shape}]`, `[${data.length}]`);
    }
    header[name] = { dtype: "F64", shape, data_offsets: [offset, offset + 8 * data.length] };
    offset += 8 * data.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of tensors.values()) {
    for (const value of data) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return bytes;
}

/**
 * Reads safetensors with float64, float32, float16 or bfloat16 arrays. Nothing is believed before it is checked against the bytes that
 * are there, so a hostile header cannot make it allocate more than
 * four times the file's own size.
 *
 * @param bytes The whole file.
 * @param file Its name, for messages.
 * @returns The arrays and the metadata.
 * @throws {InputError} If the file is cut off, too long, or its header is inconsistent.
 * @example Too short to be one
 * ```ts
 * import { assertThrows } from "@std/assert";
 * assertThrows(() => decodeSafetensors(new Uint8Array(3), "a.safetensors"), Error, "a.safetensors: the file is cut off");
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file });
  };
  if (bytes.length < 8) return refuse("the file is cut off before its header; write it again");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(LONGEST_HEADER, bytes.length - 8))) {
    return refuse("the file is cut off inside its header, or is not safetensors; write it again");
  }
  const header = parseHeader(bytes.subarray(8, 8 + Number(length))) ??
    refuse("the header is not a JSON object; write the file again as safetensors");
  const body = 8 + Number(length);
  const { [METADATA]: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    return refuse("the metadata must map names to strings; write the file again");
  }
  const tensors = new Map<string, Tensor>();
  const precisions = new Map<string, number>();
  let end = 0;
  // In the order of their places in the file: they must follow each other without a gap.
  const placed = Object.entries(entries).map(([name, entry]) => ({ name, ...placeOf(name, entry, refuse) }));
  for (const { name, dtype, shape, from, to } of placed.sort((a, b) => a.from - b.from || a.to - b.to)) {
    const { size, read } = TYPES[dtype];
    const count = shape.reduce((product, extent) => product * extent, 1);
    if (from !== end || to - from !== count * size) {
      return refuse(`tensor "${name}" has a shape or place that does not fit its bytes; write the file again`);
    }
    if (body + to > bytes.length) return refuse(`the file is cut off inside tensor "${name}"; write it again`);
    const data = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      data[i] = read(view, body + from + i * size);
    }
    tensors.set(name, { shape, data });
    if (dtype !== "F64") precisions.set(name, 2 ** -TYPES[dtype].bits);
    end = to;
  }
  if (body + end !== bytes.length) return refuse("the file has bytes after its last tensor; write it again");
  const found = { tensors, metadata: metadata as Record<string, string> };
  return precisions.size === 0 ? found : { ...found, precisions };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseHeader(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

interface Place {
  readonly dtype: keyof typeof TYPES;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function placeOf(name: string, entry: unknown, refuse: (problem: string) => never): Place {
  const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isRecord(entry)) return refuse(`tensor "${name}" is not described by an object; write the file again`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== "F64" && dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") {
    return refuse(`tensor "${name}" has the type ${JSON.stringify(dtype)}; save it as float64 or float32`);
  }
  if (!Array.isArray(shape) || !shape.every(whole) || !Array.isArray(offsets) || !offsets.every(whole)) {
    return refuse(`tensor "${name}" has a shape or offsets that are not whole numbers; write the file again`);
  }
  const [from, to] = offsets;
  if (offsets.length !== 2 || to < from) {
    return refuse(`tensor "${name}" has offsets that are not a range; write the file again`);
  }
  return { dtype, shape, from, to };
}
