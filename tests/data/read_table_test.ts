import { assert, assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/csv/parse";
import fc from "npm:fast-check@4.10.2";
import { csvRows, InputError, parseTable, readTable, type Table } from "../../src/data/mod.ts";
import { asWritten, rowsIn } from "./_written.ts";

/** Everything that a reader gives for a text in pieces. */
function inPieces(text: string, sizes: readonly number[]) {
  const reader = readTable({ file: "t.csv", ...asWritten });
  const [rows, lines]: [(readonly string[])[], number[]] = [[], []];
  let [at, turn] = [0, 0];
  const take = (table: Table | null) => {
    if (table === null) return;
    rows.push(...rowsIn(table));
    lines.push(...table.lines);
  };
  while (at < text.length) {
    const size = sizes[turn++ % sizes.length];
    take(reader.push(text.slice(at, at + size)));
    at += size;
  }
  const last = reader.end();
  take(last);
  return { columns: last.columns, rows, lines };
}

/** The same of a text that is read whole. */
function whole(text: string) {
  const table = parseTable(text, { file: "t.csv", minRows: 0, ...asWritten });
  return { columns: table.columns, rows: rowsIn(table), lines: [...table.lines] };
}

const TEXTS = [
  "a,b\n1,2\n3,4\n",
  "\ufeffa;b\r\n1;2\r\n\r\n3;4",
  'a,"b, c"\n"x\ny",2\n"say ""hi""",4\n5,"6"\n',
  "a\tb\n1\t2\n\n\n3\t4\n\n",
  'a,b\r"1\r2",3\r4,5\r',
];

for (const text of TEXTS) {
  Deno.test(`readTable() reads ${JSON.stringify(text)} in pieces of any size as parseTable() reads it whole`, () => {
    for (const sizes of [[1], [2], [3, 5], [7], [1000]]) {
      assertEquals(inPieces(text, sizes), whole(text));
    }
  });
}

Deno.test("readTable() and parseTable() agree on any text: the same rows and lines, or an error of the same kind", () => {
  const cell = fc.stringMatching(/^[a-z0-9 "',;\n\r\t]*$/, { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const text = `a,b\n${parts.join("")}`;
      let expected;
      try {
        expected = whole(text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        assertThrows(() => inPieces(text, [size]), InputError);
        return;
      }
      assertEquals(inPieces(text, [size]), expected);
    }),
    { numRuns: 500, seed: 7 },
  );
});

/** A number as people and programs write it. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 20 }))
    .map(([value, digits]) => value.toFixed(digits)),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc.stringMatching(/^ ?[+-]?0{0,3}[0-9]{0,20}[.]?[0-9]{0,25}(e[+-]?[0-9]{1,3})? ?$/),
);
const word = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "x",
    "-",
    ".",
    "+",
    "1 2",
    "1.2.3",
    "--1",
    "0x10",
    "Infinity",
    "NaN",
    "é",
    "\u00a01",
    "a longer text",
  ),
  fc.string({ unit: fc.constantFrom(...'a1. ,;"\n-é'), maxLength: 8 }),
);

/** The numbers and texts that the library's cells hold, read one by one as the project defines a number. */
function byLibrary(text: string): readonly (readonly (number | string)[])[] {
  return parse(text).slice(1).map((cells) =>
    cells.map((cell) => {
      const trimmed = cell.trim();
      const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed));
      return isNumber ? Number(trimmed) : trimmed;
    })
  );
}

Deno.test("readTable() gives every number to the bit and every text to the letter as the library alone does, quoted or not", () => {
  const row = fc.tuple(number, fc.oneof(number, word), fc.oneof(word, number), number);
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 200 }), (rows, size) => {
      const text = csvRows([["a", "b", "c", "d"], ...rows]);
      const expected = byLibrary(text);
      const reader = readTable({ file: "t.csv" });
      const pieces = [];
      for (let at = 0; at < text.length; at += size) pieces.push(reader.push(text.slice(at, at + size)));
      const found = [...pieces, reader.end()].flatMap((table) => table === null ? [] : cellsIn(table));
      assertEquals(found, expected);
      found.flat().forEach((cell, at) => assert(Object.is(cell, expected.flat()[at])));
    }),
    { numRuns: 2000 },
  );
});

/** The cells of a table row by row, numbers as numbers. */
function cellsIn({ rows, cells }: Table): (number | string)[][] {
  return Array.from({ length: rows }, (_, row) =>
    cells.map((column) => {
      const { kind, numbers, codes, texts } = column!;
      assertEquals([numbers === null, codes === null], [kind === "text", kind === "number"]);
      return codes !== null && codes[row] >= 0 ? texts[codes[row]] : numbers![row];
    }));
}

Deno.test("readTable() keeps the columns that are asked for, and checks the width of every row", () => {
  const reader = readTable({ file: "t.csv", keep: (name) => name !== "b", written: (name) => name === "c" });
  const table = reader.push('a,b,c\n1,x, 2.0\n3,"y",4\n')!;
  assertEquals(table.cells.map((column) => column && [...column.numbers!]), [[1, 3], null, [2, 4]]);
  assertEquals(table.written, [null, null, [" 2.0", "4"]]);
  assertThrows(() => reader.push("5,6\n"), InputError, "line 4: the row has 2 cells but the header names 3 columns");
});

const LINES = Array.from({ length: 100_000 }, (_, row) => `${row},${row % 7}\n`);

Deno.test("readTable() refuses a quote that is out of place as soon as it has come, with its line", () => {
  for (
    const [cell, problem] of [['5" pipe', "a quote stands inside"], ['"5"x', "has text after"], [
      ' "5"',
      "spaces stand",
    ]]
  ) {
    const reader = readTable({ file: "t.csv" });
    reader.push(`a,b\n${LINES.slice(0, 1000).join("")}`);
    const error = assertThrows(() => reader.push(`1,${cell}`), InputError, problem);
    assertEquals(error.line, 1002);
  }
});

// A reader that goes back over what it has read takes 50 s here, one that does not 0.02 s.
Deno.test("readTable() is linear in the text: a quote that is never closed in 1 MB of small pieces costs less than a second", () => {
  const text = `a,b\n1,"\n${LINES.join("")}`;
  const started = performance.now();
  assertThrows(() => inPieces(text, [997]), InputError, "line 2: the quote opened here is never closed");
  assertThrows(() => parseTable(text, { file: "t.csv" }), InputError, "line 2: the quote opened here is never closed");
  assert(performance.now() - started < 1000);
});

Deno.test("readTable() refuses a row of more than 2^28 characters where it begins, before all of it is read", () => {
  const reader = readTable({ file: "zeros.csv" });
  reader.push("a,b\n1,2\n");
  const piece = "0".repeat(1 << 24);
  let pieces = 0;
  const { message } = assertThrows(() => {
    for (; pieces < 40; pieces++) reader.push(piece);
  }, InputError);
  assertEquals(
    [pieces, message],
    [
      16,
      "zeros.csv, line 3: the row that begins here has more than 268435456 characters; check the line ends and the quotes",
    ],
  );
});

Deno.test("readTable() names the line of a mistake that comes late, and refuses an empty file", () => {
  const reader = readTable({ file: "t.csv" });
  reader.push("a,b\n1,2\n3,4\n");
  assertEquals(
    assertThrows(() => reader.push("5\n"), InputError).message,
    "t.csv, line 4: the row has 1 cell but the header names 2 columns; add the missing ones",
  );
  assertThrows(() => readTable({ file: "t.csv" }).end(), InputError, "the file is empty");
});
