import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { decodeNpy, encodeNpy, halfFloat } from "../../src/model/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";

/** A .npy file from the text of its header and what follows it. */
function fileOf(
  header: string,
  body: number,
  { version = [1, 0], declared = header.length, magic = "\x93NUMPY" }: {
    readonly version?: readonly number[];
    readonly declared?: number;
    readonly magic?: string;
  } = {},
): Uint8Array {
  const codes = Array.from(magic + "\0\0\0\0" + header, (letter) => letter.charCodeAt(0));
  const bytes = Uint8Array.from([...codes, ...new Array<number>(body).fill(0)]);
  bytes.set([...version, declared & 255, declared >> 8], magic.length);
  return bytes;
}

const dictionary = (descr: string, order: string, shape: string): string =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

Deno.test("decodeNpy() reads back every bit that encodeNpy() wrote, in both precisions and for any shape", () => {
  const shapes = fc.array(fc.nat(4), { maxLength: 5 });
  const bits = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes });
  const count = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  const files = fc.tuple(shapes, fc.boolean()).chain(([shape, double]) =>
    bits(count(shape) * (double ? 8 : 4)).map(({ buffer }) => ({
      shape,
      data: double ? new Float64Array(buffer as ArrayBuffer) : new Float32Array(buffer as ArrayBuffer),
    }))
  );
  const raw = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);
  fc.assert(fc.property(files, ({ shape, data }) => {
    const read = decodeNpy(encodeNpy(shape, data));
    assertEquals(read.shape, shape);
    assertEquals(read.data.constructor, data.constructor);
    assertEquals(raw(read.data), raw(data));
  }));
});

Deno.test("decodeNpy() keeps NaN, infinities and -0, and reads from any offset of a buffer", () => {
  const data = Float64Array.of(NaN, Infinity, -Infinity, -0, 5e-324);
  const bytes = encodeNpy([5], data);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assertEquals(decodeNpy(shifted.subarray(3)), { shape: [5], data, precision: 2 ** -53 });
  // A view into a larger array is written without what surrounds it.
  assertEquals(encodeNpy([2], data.subarray(3)), encodeNpy([2], Float64Array.of(-0, 5e-324)));
});

Deno.test("encodeNpy() writes the header that NumPy writes", () => {
  const header = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes.subarray(10, 128)).trimEnd();
  const bytes = encodeNpy([2, 3], new Float64Array(6));
  // The same bytes as numpy.save(file, numpy.zeros((2, 3))).
  assertEquals([...bytes.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  assertEquals([bytes.length, bytes[127]], [128 + 48, 0x0a]);
  assertEquals(header(bytes), "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }");
  const small = encodeNpy([3], new Float32Array(3));
  assertEquals(header(small), "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
  assertEquals(header(encodeNpy([], new Float64Array(1))), "{'descr': '<f8', 'fortran_order': False, 'shape': (), }");
});

Deno.test("decodeNpy() reads headers that other programs write", () => {
  for (
    const header of [
      "{'descr':'<f4','fortran_order':False,'shape':(2,)}",
      "{'shape': (2, ), 'fortran_order': False, 'descr': '<f4'}   \n",
      "{ 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 2 , 1 , ) , }\n\n",
    ]
  ) assertEquals(decodeNpy(fileOf(header, 8)).data, new Float32Array(2));
  assertEquals(decodeNpy(fileOf(dictionary("'<f8'", "False", "(0, 9007199254740991)"), 0)).data, new Float64Array(0));
});

/** Files that are refused, each with the sentence it is refused with. */
const REFUSED: readonly [name: string, bytes: Uint8Array, sentence: string][] = [
  ["nothing", new Uint8Array(0), "it is cut off before its header"],
  ["nine bytes", fileOf("", 0).subarray(0, 9), "it is cut off before its header"],
  ["another format", fileOf("", 0, { magic: "PK\x03\x04zz" }), "it does not start as a .npy file"],
  ["version 4.0", fileOf("", 0, { version: [4, 0] }), "its version is 4.0, and only 1.0 to 3.0 can be read"],
  ["version 2.0, cut off", fileOf("", 0, { version: [2, 0] }), "it is cut off before its header"],
  ["a header that is cut off", fileOf("{", 0, { declared: 65535 }), "it is cut off inside its header"],
  ["an empty header", fileOf("", 8), "its header is not a dictionary of descr, fortran_order and shape"],
  ["an empty dictionary", fileOf("{}", 8), "its header is not a dictionary of descr, fortran_order and shape"],
  [
    "an entry that comes twice",
    fileOf("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", 8),
    "its header is not a dictionary of descr, fortran_order and shape",
  ],
  [
    "an unknown entry",
    fileOf("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}", 8),
    "its header is not a dictionary of descr, fortran_order and shape",
  ],
  [
    "a dictionary without a shape",
    fileOf("{'descr': '<f8', 'fortran_order': False}", 8),
    "its header is not a dictionary of descr, fortran_order and shape",
  ],
  [
    "complex numbers",
    fileOf(dictionary("'<c16'", "False", "(1,)"), 16),
    "its numbers have the type '<c16', and only float64, float32, float16, integers and booleans can be read",
  ],
  [
    "records",
    fileOf(dictionary("[('x', '<f8')]", "False", "(1,)"), 8),
    "its numbers have the type [('x', '<f8')], and only float64, float32, float16, integers and booleans can be read",
  ],
  [
    "an order that is neither",
    fileOf(dictionary("'<f8'", "(1,)", "(1,)"), 8),
    "its fortran_order is neither True nor False",
  ],
  ...["(1)", "(,)", "(1,,2)", "(1 2)", "(9007199254740993,)", "True", "'1'"].map((shape) =>
    [
      `the shape ${shape}`,
      fileOf(dictionary("'<f8'", "False", shape), 8),
      "its shape is not a tuple of whole numbers",
    ] as [string, Uint8Array, string]
  ),
  [
    "a negative length",
    fileOf(dictionary("'<f8'", "False", "(-1,)"), 8),
    "its header is not a dictionary of descr, fortran_order and shape",
  ],
  [
    "65 axes",
    fileOf(dictionary("'<f8'", "False", `(${"1, ".repeat(65)})`), 8),
    "its shape has more than 64 axes",
  ],
  [
    "fewer bytes than promised",
    fileOf(dictionary("'<f4'", "False", "(3,)"), 11),
    "it is cut off, its header promises 3 numbers of 4 bytes, but 11 bytes follow",
  ],
  [
    "a shape of more numbers than there are atoms",
    fileOf(dictionary("'<f8'", "False", `(${"9007199254740991, ".repeat(60)})`), 8),
    "it is cut off, its header promises Infinity numbers of 8 bytes, but 8 bytes follow",
  ],
  [
    "more bytes than promised",
    fileOf(dictionary("'<f8'", "False", "(1,)"), 9),
    "it has bytes after its last number: 1 numbers of 8 bytes do not fill 9 bytes",
  ],
  [
    "bytes after no numbers",
    fileOf(dictionary("'<f8'", "False", "(0, 5)"), 8),
    "it has bytes after its last number: 0 numbers of 8 bytes do not fill 8 bytes",
  ],
];

for (const [name, bytes, sentence] of REFUSED) {
  Deno.test(`decodeNpy() refuses ${name} with one sentence`, () => {
    const error = assertThrows(() => decodeNpy(bytes), RangeError);
    assertEquals(error.message, `Cannot read the array: ${sentence}`);
  });
}

Deno.test("decodeNpy() refuses random damage with a RangeError or reads an array, and never anything else", () => {
  const good = [
    encodeNpy([2, 3], Float64Array.from({ length: 6 }, (_, i) => i / 7)),
    encodeNpy([3], Float32Array.of(1, NaN, 3)),
  ];
  // Bytes that make other digits, brackets and quotes, so that most damage gets past the first checks.
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(...Array.from("0189(),'{} <>f:[]", (c) => c.charCodeAt(0))));
  const place = fc.oneof(fc.nat(good[0].length - 1), fc.integer({ min: 6, max: 72 }));
  const damage = fc.array(fc.tuple(place, byte), { maxLength: 6 });
  let read = 0;
  fc.assert(
    fc.property(fc.nat(1), damage, fc.oneof(fc.constant(1e9), fc.nat(good[0].length)), (which, changes, length) => {
      const bytes = good[which].slice(0, length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      try {
        const { shape, data } = decodeNpy(bytes);
        assertEquals(data.length, shape.reduce((product, extent) => product * extent, 1));
        assert(data.byteLength <= 8 * bytes.length);
        read++;
      } catch (error) {
        assertInstanceOf(error, RangeError);
        assert(error.message.startsWith("Cannot read the array: "), error.message);
      }
    }),
    { numRuns: 1000 },
  );
  assert(read > 20 && read < 980, `${read} of 1000 files were read`);
});

Deno.test("decodeNpy() refuses any text as a header with a RangeError or reads an array", () => {
  const word = fc.constantFrom(
    ..."{}(),:' 0123456789".split(""),
    ...["'descr'", "'fortran_order'", "'shape'", "'<f8'", "'<f4'", "False", "True", "(1,)", "[", "]"],
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.nat(16), (words, body) => {
      try {
        decodeNpy(fileOf(words.join(""), body));
      } catch (error) {
        assertInstanceOf(error, RangeError);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("encodeNpy() refuses shapes that are none or do not fit", () => {
  for (const shape of [[-1], [1.5], [NaN], [2 ** 60], new Array<number>(65).fill(1)]) {
    assertThrows(() => encodeNpy(shape, new Float64Array(1)), RangeError, "up to 64 whole numbers");
  }
  assertThrows(() => encodeNpy([2, 2], new Float64Array(3)), ShapeError, "expected shape [2, 2], got 3 numbers");
  assertThrows(() => encodeNpy([], new Float64Array(0)), ShapeError, "expected shape [], got 0 numbers");
});

/** A file of NumPy with its numbers as bytes. */
function numbersAs(descr: string, order: string, shape: string, numbers: Uint8Array): Uint8Array {
  const file = fileOf(dictionary(`'${descr}'`, order, shape), numbers.length);
  file.set(numbers, file.length - numbers.length);
  return file;
}

/** Bytes that a DataView wrote. */
function written(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

Deno.test("decodeNpy() reads big-endian numbers, float16, integers and booleans, each with its precision", () => {
  const big = written(16, (view) => (view.setFloat64(0, -1.5), view.setFloat64(8, 1e300)));
  assertEquals(decodeNpy(numbersAs(">f8", "False", "(2,)", big)).data, Float64Array.of(-1.5, 1e300));
  const single = written(4, (view) => view.setFloat32(0, 0.1));
  const read = decodeNpy(numbersAs(">f4", "False", "(1,)", single));
  assertEquals([read.data, read.precision], [Float32Array.of(0.1), 2 ** -24]);
  const half = decodeNpy(numbersAs("<f2", "False", "(2,)", Uint8Array.of(0x00, 0x3c, 0x55, 0x35)));
  assertEquals([half.data, half.precision], [Float32Array.of(1, 0.333251953125), 2 ** -11]);
  const long = written(8, (view) => view.setBigInt64(0, -7n, true));
  assertEquals(decodeNpy(numbersAs("<i8", "False", "(1,)", long)).data, Float64Array.of(-7));
  assertEquals(decodeNpy(numbersAs("|b1", "False", "(2,)", Uint8Array.of(1, 0))).data, Float64Array.of(1, 0));
  assertEquals(decodeNpy(numbersAs("|u1", "False", "(1,)", Uint8Array.of(200))).data, Float64Array.of(200));
  assertEquals(decodeNpy(numbersAs("|i1", "False", "(1,)", Uint8Array.of(200))).data, Float64Array.of(-56));
});

Deno.test("decodeNpy() puts Fortran order into row order, for any number of axes", () => {
  const bytes = new Uint8Array(Float64Array.of(0, 3, 1, 4, 2, 5).buffer);
  assertEquals(decodeNpy(numbersAs("<f8", "True", "(2, 3)", bytes)).data, Float64Array.of(0, 1, 2, 3, 4, 5));
  // numpy.asfortranarray(numpy.arange(8).reshape(2, 2, 2)).
  const cube = new Uint8Array(Float64Array.of(0, 4, 2, 6, 1, 5, 3, 7).buffer);
  assertEquals(decodeNpy(numbersAs("<f8", "True", "(2, 2, 2)", cube)).data, Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7));
});

Deno.test("decodeNpy() reads version 2.0, whose header may be longer", () => {
  const header = dictionary("'<f8'", "False", "(1,)");
  const one = fileOf(`\0\0${header}`, 8, { version: [2, 0], declared: header.length });
  assertEquals(decodeNpy(one).shape, [1]);
});

Deno.test("halfFloat() agrees with the platform's float16 on all 65,536 bit patterns", () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const platform = new DataView(bits.buffer) as DataView & { getFloat16(at: number, little: boolean): number };
  for (let i = 0; i < 65536; i++) {
    const expected = platform.getFloat16(2 * i, true);
    assert(Object.is(halfFloat(i), expected) || halfFloat(i) === expected, `bits ${i}`);
  }
});
