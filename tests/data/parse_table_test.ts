import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { stringify } from "@std/csv/stringify";
import fc from "npm:fast-check@4.10.2";
import { InputError, parseTable, type Table } from "../../src/data/mod.ts";
import { asWritten, rowsIn } from "./_written.ts";

const FILE = "t.csv";

const parseWritten = (text: string, minRows?: number): Table =>
  parseTable(text, { file: FILE, ...asWritten, ...minRows !== undefined && { minRows } });

/** Texts that are refused, and the whole sentence each is refused with. */
const REFUSED: readonly [name: string, text: string, sentence: string][] = [
  [
    "an empty file",
    "",
    "t.csv: the file is empty; it needs a header with the names of the columns and a row per example",
  ],
  [
    "a file of blank lines",
    "\ufeff\r\n  \r\n",
    "t.csv: the file is empty; it needs a header with the names of the columns and a row per example",
  ],
  ["a header only", "a,b\n", "t.csv: the table has 0 rows below its header; give it at least 2"],
  ["a single row", "a,b\n1,2\n", "t.csv: the table has 1 row below its header; give it at least 2"],
  [
    "a short row",
    "a,b,c\n1,2,3\n\n4,5\n",
    "t.csv, line 4: the row has 2 cells but the header names 3 columns; add the missing ones",
  ],
  [
    "a long row after a quoted line end",
    'a,b\n"x\ny",2\n1,5,2\n',
    "t.csv, line 4: the row has 3 cells but the header names 2 columns; quote cells that hold the separator",
  ],
  [
    "a name that is there twice",
    "\na, b ,b\n1,2,3\n4,5,6\n",
    't.csv, line 2, column "b": cells 2 and 3 of the header have the same name; rename one of them',
  ],
  ["an empty name", "a, ,b\n1,2,3\n4,5,6\n", "t.csv, line 1: cell 2 of the header is empty; give the column a name"],
  [
    "a separator after every row and the header",
    "a,b,\n1,2,\n3,4,\n",
    "t.csv, line 1: cell 3 of the header is empty; give the column a name, or take off the last separator of every row",
  ],
  [
    "a comment below the header",
    "a,b\n1,2\n# night shift\n3,4\n",
    "t.csv, line 3: the row has 1 cell but the header names 2 columns; a comment stands above the header only: take it out",
  ],
  [
    "a line above the header that is no comment",
    "measured at night\na,b\n1,2\n",
    "t.csv, line 2: the row has 2 cells but the header names 1 column; begin the file with the names of all columns, or quote " +
    "cells that hold the separator",
  ],
  [
    "a quote that is never closed",
    'a,b\n1,2\n3,"4\n5,6\n',
    "t.csv, line 3: the quote opened here is never closed; add the closing quote",
  ],
  [
    "a quote inside an unquoted cell",
    'a,b\n1,5" pipe\n',
    "t.csv, line 2: a quote stands inside an unquoted cell; quote the whole cell and double the quote",
  ],
  [
    "a space before a quote",
    'a,b\n1, "x"\n',
    "t.csv, line 2: spaces stand before the opening quote of a cell; take them out",
  ],
  [
    "text after a closing quote",
    'a,b\n"x\ny" z,2\n',
    "t.csv, line 3: a quoted cell has text after its closing quote; double the quotes inside the cell",
  ],
  ["a spreadsheet's own format", "PK\x03\x04\0\0", "t.csv: the file is not plain text; save the table as CSV in UTF-8"],
];

for (const [name, text, sentence] of REFUSED) {
  Deno.test(`parseTable() refuses ${name} in one sentence`, () => {
    assertEquals(assertThrows(() => parseTable(text, { file: FILE }), InputError).message, sentence);
  });
}

Deno.test("parseTable() tells the place of an error in fields too", () => {
  const error = assertThrows(() => parseTable("a,a\n1,2\n3,4", { file: "dir/t.csv" }), InputError);
  assertEquals([error.file, error.line, error.column], ["dir/t.csv", 1, "a"]);
  const whole = assertThrows(() => parseTable("", { file: "dir/t.csv" }), InputError);
  assertEquals([whole.file, whole.line, whole.column], ["dir/t.csv", null, null]);
});

Deno.test("parseTable() ignores a byte-order mark, line ends of every kind and blank lines", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["\ufeff", " a ,b", "1,2", "", "   ", "3, 4"].join(end);
    for (const tail of ["", end, end + end]) {
      const table = parseWritten(text + tail);
      assertEquals(table.columns, ["a", "b"]);
      assertEquals(rowsIn(table), [["1", "2"], ["3", " 4"]]);
      assertEquals([...table.lines], [3, 6]);
    }
  }
});

Deno.test("parseTable() keeps separators, quotes and line ends of quoted cells, and counts the lines they take", () => {
  const table = parseWritten('"a","b, c"\r\n"1\r\n2","say ""hi"""\r\n"",""\r\n"x\n\n",2\r\n5,6');
  assertEquals(table.columns, ["a", "b, c"]);
  assertEquals(rowsIn(table), [["1\n2", 'say "hi"'], ["", ""], ["x\n\n", "2"], ["5", "6"]]);
  assertEquals([...table.lines], [2, 4, 5, 8]);
});

Deno.test("parseTable() takes the separator that the header has most of outside quotes", () => {
  assertEquals(rowsIn(parseWritten("a;b;c, d\n1;2,5;3\n4;5;6"))[0], ["1", "2,5", "3"]);
  assertEquals(parseWritten("a\tb\n1,5\t2\n3\t4").columns, ["a", "b"]);
  assertEquals(parseWritten('"x;y;z",b\n1,2\n3,4').columns, ["x;y;z", "b"]);
  assertEquals(parseWritten("a;b,c\n1,2\n3,4").columns, ["a;b", "c"]);
  assertEquals(parseWritten('a|b, c|d\n1|2|3\n3|"4|5"|6').columns, ["a", "b, c", "d"]);
});

Deno.test("parseTable() accepts as few rows as minRows allows", () => {
  assertEquals(rowsIn(parseWritten("a\n1", 1)), [["1"]]);
  assertEquals(rowsIn(parseWritten("a", 0)), []);
});

Deno.test("parseTable() freezes the table down to its columns", () => {
  const table = parseWritten("a\n1\n2");
  const { columns, cells, written } = table;
  for (const part of [table, columns, cells, cells[0], cells[0]!.texts, written, written[0]]) {
    assert(Object.isFrozen(part));
  }
});

/** Text with more of what CSV is made of than chance would give. */
const csvLike = fc.array(fc.constantFrom(",", ";", "\t", '"', "\n", "\r", " ", "a", "1", "\ufeff", "é")).map((parts) =>
  parts.join("")
);

Deno.test("parseTable() throws only InputError on any text, and every row fits the header", () => {
  fc.assert(
    fc.property(fc.oneof(csvLike, fc.string({ unit: "binary" }), fc.string()), (text) => {
      try {
        const table = parseWritten(text, 0);
        assertEquals(table.lines.length, table.rows);
        for (const cells of table.written) assertEquals(cells!.length, table.rows);
      } catch (error) {
        assertInstanceOf(error, InputError);
        assert(error.message.startsWith(FILE) && !error.message.includes("\n"));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseTable() reads back what stringify() wrote, with the line of each row", () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab1 ,;"\n\té') });
  const rows = fc.integer({ min: 2, max: 5 }).chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 6 })
  );
  fc.assert(
    fc.property(rows, (data) => {
      const names = data[0].map((_, at) => `c${at}`);
      const columns = names.map((header, prop) => ({ header, prop }));
      const table = parseWritten(stringify(data, { columns }));
      assertEquals(table.columns, names);
      assertEquals(rowsIn(table), data);
      const heights = data.map((row) => row.join("").split("\n").length);
      assertEquals(
        [...table.lines],
        heights.map((_, at) => 2 + heights.slice(0, at).reduce((sum, height) => sum + height, 0)),
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseTable() leaves out comments above the header, and takes the separator that a line above it says", () => {
  for (
    const text of [
      "# station 12, unit: mm\n# 2024\na,b\n1,2\n3,4\n",
      "sep=;\na;b\n1;2\n3;4\n",
      '"sep=,"\na,b\n1,2\n3,4\n',
      "sep=|\na|b\n1|2\n3|4\n",
    ]
  ) {
    const { columns, cells } = parseTable(text, { file: "t.csv" });
    assertEquals([columns, [...cells[0]!.numbers!], [...cells[1]!.numbers!]], [["a", "b"], [1, 3], [2, 4]], text);
  }
  assertEquals(parseTable("#id,b\n1,2\n3,4\n", { file: "t.csv" }).columns, ["#id", "b"]);
  const error = assertThrows(() => parseTable("a,b\n1,2,\n", { file: "t.csv" }), InputError);
  assertEquals(error.line, 2);
  assert(error.message.endsWith("take off the last separator of the row"), error.message);
});
