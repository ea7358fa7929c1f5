import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { decodeNpy, encodeNpy, type Grid, gridCsv, parseGridCsv } from "../../src/surface/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";

const HEADER = "alpha,beta,value\n";

/** Any double: the special ones, both zeros and the smallest among them. */
const number = fc.double({ noNaN: false, noDefaultInfinity: false });

/** Grids of up to 6 by 6 with any values and any finite coordinates. */
const grids = fc.tuple(...[0, 1].map(() => fc.uniqueArray(finite(), { minLength: 1, maxLength: 6 })))
  .chain(([alphas, betas]) =>
    fc.array(number, { minLength: alphas.length * betas.length, maxLength: alphas.length * betas.length }).map((
      values,
    ) => ({
      alphas: Float64Array.from(alphas).toSorted(),
      betas: Float64Array.from(betas).toSorted(),
      values: Float64Array.from(values),
    }))
  );

/** Finite coordinates; only one of the two zeros, which are the same place. */
function finite(): fc.Arbitrary<number> {
  return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value === 0 ? 0 : value);
}

/** The bits of the numbers, in which NaN and -0 show. */
const bitsOf = (values: Float64Array): BigUint64Array => new BigUint64Array(values.slice().buffer);

Deno.test("parseGridCsv() reads back every bit that gridCsv() wrote", () => {
  fc.assert(fc.property(grids, (grid: Grid) => {
    const read = parseGridCsv(gridCsv(grid));
    for (const name of ["alphas", "betas", "values"] as const) assertEquals(bitsOf(read[name]), bitsOf(grid[name]));
  }));
});

Deno.test("gridCsv() leaves missing values empty and writes Infinity in full, beta by beta", () => {
  const grid = {
    alphas: Float64Array.of(-1, 1e-7),
    betas: Float64Array.of(0, 1e21),
    values: Float64Array.of(0.1, NaN, Infinity, -0),
  };
  const text = `${HEADER}-1,0,0.1\n1e-7,0,\n-1,1e+21,Infinity\n1e-7,1e+21,-0\n`;
  assertEquals(gridCsv(grid), text);
  assertEquals(parseGridCsv(text), grid);
});

Deno.test("parseGridCsv() ignores a byte-order mark and CR LF", () => {
  const text = `${HEADER}0,1,2\n1,1,3\n`;
  assertEquals(parseGridCsv(`\ufeff${text.replaceAll("\n", "\r\n")}`), parseGridCsv(text));
});

/** Texts that are refused, each with the sentence it is refused with. */
const NO_GRIDS: readonly [name: string, text: string, sentence: string][] = [
  ["nothing", "", 'the first line must be "alpha,beta,value"'],
  ["another header", "a,b,c\n", 'the first line must be "alpha,beta,value"'],
  ["a header that is cut off", HEADER.trim(), "it is cut off, its last line has no end"],
  ["a header alone", HEADER, "it has no line below the header"],
  ["a line that is cut off", `${HEADER}0,0,1\n1,0,0.2`, "it is cut off, its last line has no end"],
  ["two cells", `${HEADER}0,0\n`, "line 2 must have 3 cells, and has 2"],
  ["a blank line", `${HEADER}0,0,1\n\n1,0,1\n`, "line 3 must have 3 cells, and has 1"],
  ["four cells", `${HEADER}0,0,1\n0,0,1,2\n`, "line 3 must have 3 cells, and has 4"],
  ["inf", `${HEADER}0,0,inf\n`, 'line 2 must have a number as its value, and has "inf"'],
  ["NaN", `${HEADER}0,0,NaN\n`, 'line 2 must have a number as its value, and has "NaN"'],
  ["a hexadecimal number", `${HEADER}0,0,0x10\n`, 'line 2 must have a number as its value, and has "0x10"'],
  ["a space", `${HEADER}0, 0,1\n`, 'line 2 must have a number as its beta, and has " 0"'],
  [
    "a long word",
    `${HEADER}${"x".repeat(99)},0,1\n`,
    `line 2 must have a number as its alpha, and has "${"x".repeat(40)}"`,
  ],
  ["no alpha", `${HEADER},0,1\n`, 'line 2 must have a number as its alpha, and has ""'],
  ["an infinite beta", `${HEADER}0,Infinity,1\n`, 'line 2 must have a number as its beta, and has "Infinity"'],
  ["alphas that descend", `${HEADER}1,0,1\n0,0,1\n`, "line 3 must have a greater alpha than 1"],
  ["an alpha that comes twice", `${HEADER}0,0,1\n0,0,1\n`, "line 3 must have a greater alpha than 0"],
  ["betas that descend", `${HEADER}0,1,1\n0,0,1\n`, "line 3 must have a greater beta than 1"],
  ["another alpha", `${HEADER}0,0,1\n1,0,1\n0,1,1\n2,1,1\n`, "line 5 must be at (1, 1), and is at (2, 1)"],
  ["another beta", `${HEADER}0,0,1\n1,0,1\n0,1,1\n1,2,1\n`, "line 5 must be at (1, 1), and is at (1, 2)"],
  ["a last row that is cut off", `${HEADER}0,0,1\n1,0,1\n0,1,1\n`, "the last beta has 1 of 2 lines"],
];

for (const [name, text, sentence] of NO_GRIDS) {
  Deno.test(`parseGridCsv() refuses ${name} with one sentence`, () => {
    const error = assertThrows(() => parseGridCsv(text), SyntaxError);
    assertEquals(error.message, `Cannot read the grid: ${sentence}`);
  });
}

Deno.test("parseGridCsv() refuses damaged texts with a SyntaxError or reads a grid, and never anything else", () => {
  const good = `${HEADER}0,0,1\n0.5,0,Infinity\n0,1,\n0.5,1,-2e-7\n`;
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.constantFrom(..."0159.,-e\n ", "")), { maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat(good.length), (changes, length) => {
      const text = changes.reduce((now, [at, by]) => now.slice(0, at) + by + now.slice(at + 1), good).slice(0, length);
      try {
        const { alphas, betas, values } = parseGridCsv(text);
        assertEquals(values.length, alphas.length * betas.length);
      } catch (error) {
        assertInstanceOf(error, SyntaxError);
      }
    }),
    { numRuns: 1000 },
  );
});

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
  assertEquals(decodeNpy(shifted.subarray(3)), { shape: [5], data });
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
  ["version 2.0", fileOf("", 0, { version: [2, 0] }), "its version is 2.0, and only 1.0 can be read"],
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
    "big-endian numbers",
    fileOf(dictionary("'>f8'", "False", "(1,)"), 8),
    "its numbers have the type '>f8', and only '<f8' and '<f4' can be read",
  ],
  [
    "integers",
    fileOf(dictionary("'<i8'", "False", "(1,)"), 8),
    "its numbers have the type '<i8', and only '<f8' and '<f4' can be read",
  ],
  [
    "records",
    fileOf(dictionary("[('x', '<f8')]", "False", "(1,)"), 8),
    "its numbers have the type [('x', '<f8')], and only '<f8' and '<f4' can be read",
  ],
  [
    "Fortran order",
    fileOf(dictionary("'<f8'", "True", "(1,)"), 8),
    "its numbers are in Fortran order, and only C order can be read",
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
        assert(data.byteLength <= bytes.length);
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
