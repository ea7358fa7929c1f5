import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { InputError } from "../../src/data/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";
import { decodeSafetensors, encodeSafetensors, type TensorFile } from "../../src/model/mod.ts";

/** A file from a header and a number of bytes after it. */
function fileOf(header: unknown, bytes: number, declared?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + bytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(declared ?? json.length), true);
  out.set(json, 8);
  return out;
}

const entry = (shape: unknown, offsets: unknown, dtype: unknown = "F64") => ({ dtype, shape, data_offsets: offsets });

/** Files that are refused, each with the sentence it is refused with. */
const REFUSED: readonly [name: string, bytes: Uint8Array, sentence: string][] = [
  ["nothing", new Uint8Array(0), "the file is cut off before its header; write it again"],
  ["seven bytes", new Uint8Array(7), "the file is cut off before its header; write it again"],
  [
    "a header longer than the file",
    fileOf({}, 0, 2 ** 40),
    "the file is cut off inside its header, or is not safetensors; write it again",
  ],
  ["text", fileOf("not json", 0), "the header is not a JSON object; write the file again as safetensors"],
  ["a list", fileOf([], 0), "the header is not a JSON object; write the file again as safetensors"],
  [
    "metadata that are no text",
    fileOf({ __metadata__: { a: 1 } }, 0),
    "the metadata must map names to strings; write the file again",
  ],
  ["a tensor that is a number", fileOf({ w: 3 }, 0), 'tensor "w" is not described by an object; write the file again'],
  [
    "a tensor of integers",
    fileOf({ w: entry([1], [0, 8], "I64") }, 8),
    'tensor "w" has the type "I64"; save it as float64 or float32',
  ],
  [
    "a negative extent",
    fileOf({ w: entry([-1], [0, 8]) }, 8),
    'tensor "w" has a shape or offsets that are not whole numbers; write the file again',
  ],
  [
    "a range of three",
    fileOf({ w: entry([1], [0, 8, 9]) }, 8),
    'tensor "w" has offsets that are not a range; write the file again',
  ],
  [
    "a shape larger than its bytes",
    fileOf({ w: entry([2 ** 30, 2 ** 20], [0, 8]) }, 8),
    'tensor "w" has a shape or place that does not fit its bytes; write the file again',
  ],
  [
    "tensors that overlap",
    fileOf({ a: entry([1], [0, 8]), b: entry([1], [4, 12]) }, 12),
    'tensor "b" has a shape or place that does not fit its bytes; write the file again',
  ],
  [
    "a gap",
    fileOf({ a: entry([1], [8, 16]) }, 16),
    'tensor "a" has a shape or place that does not fit its bytes; write the file again',
  ],
  [
    "a tensor cut off",
    fileOf({ w: entry([2], [0, 16]) }, 15),
    'the file is cut off inside tensor "w"; write it again',
  ],
  ["bytes left over", fileOf({ w: entry([1], [0, 8]) }, 9), "the file has bytes after its last tensor; write it again"],
];

for (const [name, bytes, sentence] of REFUSED) {
  Deno.test(`decodeSafetensors() refuses ${name} with one sentence`, () => {
    const error = assertThrows(() => decodeSafetensors(bytes, "m.safetensors"), InputError);
    assertEquals(error.message, `m.safetensors: ${sentence}`);
  });
}

Deno.test("decodeSafetensors() reads back every bit that encodeSafetensors() wrote", () => {
  const number = fc.double({ noDefaultInfinity: false, noNaN: false });
  const tensor = fc.array(number, { maxLength: 20 }).map((data) => ({
    shape: [data.length, 1],
    data: Float64Array.from(data),
  }));
  const files = fc.record({
    tensors: fc.dictionary(fc.string().filter((name) => name !== "__metadata__"), tensor).map((object) =>
      new Map(Object.entries(object))
    ),
    metadata: fc.dictionary(fc.string(), fc.string()).map((object) => ({ ...object })),
  });
  fc.assert(fc.property(files, (file: TensorFile) => {
    const read = decodeSafetensors(encodeSafetensors(file), "m");
    assertEquals({ ...read.metadata }, { ...file.metadata });
    assertEquals([...read.tensors.keys()].toSorted(), [...file.tensors.keys()].toSorted());
    for (const [key, { shape, data }] of file.tensors) {
      assertEquals(read.tensors.get(key)!.shape, shape);
      assertEquals([...read.tensors.get(key)!.data], [...data]);
    }
  }));
});

Deno.test("decodeSafetensors() widens float32 and reads from any offset of a buffer", () => {
  const bytes = fileOf({ w: entry([2], [0, 8], "F32") }, 8);
  new DataView(bytes.buffer).setFloat32(bytes.length - 8, 0.1, true);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const { tensors } = decodeSafetensors(shifted.subarray(3), "m");
  assertEquals([...tensors.get("w")!.data], [Math.fround(0.1), 0]);
});

Deno.test("decodeSafetensors() refuses random damage with an InputError or reads a file, and never anything else", () => {
  const good = encodeSafetensors({
    tensors: new Map([["w", { shape: [2], data: Float64Array.of(1, 2) }]]),
    metadata: { a: "b" },
  });
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(damage, fc.nat(good.length), (changes, length) => {
      const bytes = good.slice(0, length);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      try {
        decodeSafetensors(bytes, "m");
      } catch (error) {
        assertInstanceOf(error, InputError);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("encodeSafetensors() refuses an array that has not as many numbers as its shape says", () => {
  const tensors = new Map([["w", { shape: [2, 2], data: Float64Array.of(1, 2, 3) }]]);
  assertThrows(() => encodeSafetensors({ tensors, metadata: {} }), ShapeError, 'write the tensor "w"');
});

Deno.test("decodeSafetensors() reads float16 and bfloat16, and says how precise each array is", () => {
  const header = JSON.stringify({
    a: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
    b: { dtype: "BF16", shape: [2], data_offsets: [4, 8] },
    c: { dtype: "F32", shape: [1], data_offsets: [8, 12] },
  });
  const bytes = new Uint8Array(8 + header.length + 12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  // float16 1 and -2; bfloat16 1 and -0.15625, whose bits are the upper half of float32's; float32 0.1.
  [0x3c00, 0xc000, 0x3f80, 0xbe20].forEach((bits, i) => view.setUint16(8 + header.length + 2 * i, bits, true));
  view.setFloat32(8 + header.length + 8, 0.1, true);
  const { tensors, precisions } = decodeSafetensors(bytes, "half.safetensors");
  assertEquals([...tensors.get("a")!.data, ...tensors.get("b")!.data], [1, -2, 1, -0.15625]);
  assertEquals([...precisions!.entries()], [["a", 2 ** -11], ["b", 2 ** -8], ["c", 2 ** -24]]);
});
