import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { type Grid, gridCsv, parseGridCsv } from "../../src/surface/mod.ts";

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
