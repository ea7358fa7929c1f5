import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  collectFrame,
  dropBlanks,
  encodeTable,
  frameOf,
  InputError,
  parseTable,
  type Table,
  takeRows,
  textsOf,
} from "../../src/data/mod.ts";

const tableOf = (text: string): Table => parseTable(text, { file: "t.csv", minRows: 0 });

/** The rows of a table in pieces of the sizes given, one after another and again. */
async function* pieces(table: Table, sizes: readonly number[]) {
  for (let [from, turn] = [0, 0]; from < table.rows.length; from += sizes[turn++ % sizes.length]) {
    const to = from + sizes[turn % sizes.length];
    const part = { ...table, rows: table.rows.slice(from, to), lines: table.lines.slice(from, to) };
    yield { table: part, share: Math.min(1, to / table.rows.length) };
  }
}

const cell = fc.oneof(
  fc.constantFrom("", " ", "x", " y ", "1e400", "NaN", "0x1", "-0", "1.0", "a longer text than most of them are"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 });

Deno.test("frameOf() keeps every text to the letter and every number to the bit", () => {
  fc.assert(
    fc.property(rows, (cells) => {
      const frame = frameOf({ file: "t.csv", columns: ["a", "b", "c"], rows: cells, lines: cells.map((_, at) => at) });
      cells.forEach((row, i) =>
        row.forEach((text, at) => {
          const { numbers, codes, texts } = frame.cells[at]!;
          if (Number.isNaN(numbers[i])) assertEquals(texts[codes![i]], text.trim());
          else assert(Object.is(numbers[i], Number(text.trim())));
        })
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("collectFrame() gathers pieces of any size into the frame of the whole table", async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), async (cells, sizes) => {
      const whole = { file: "t.csv", columns: ["a", "b", "c"], rows: cells, lines: cells.map((_, at) => at + 2) };
      assertEquals(await collectFrame(pieces(whole, sizes), { file: "t.csv", minRows: 1 }), frameOf(whole));
    }),
    { numRuns: 300 },
  );
});

Deno.test("collectFrame() refuses a table with too few rows", async () => {
  const found = await collectFrame(pieces(tableOf("a\n1"), [1]), { file: "t.csv" }).catch((error) => error);
  assert(found instanceof InputError);
  assertEquals(found.message, "t.csv: the table has 1 row below its header; give it at least 2");
});

Deno.test("takeRows() and dropBlanks() forget the texts that no row has any more", () => {
  const frame = frameOf(tableOf("a,b\n1,x\n,y\n3,z\n4,x"));
  const known = dropBlanks(frame, ["a", "b"]);
  assertEquals([...known.lines], [2, 4, 5]);
  assertEquals(known.cells[0]!.codes, null);
  assertEquals(textsOf(known, "b"), ["x", "z", "x"]);
  assertEquals(known.cells[1]!.texts, ["x", "z"]);
  assertEquals(takeRows(known, [0, 2]).cells[1]!.texts, ["x"]);
  assert(dropBlanks(known, ["a"]) === known);
});

Deno.test("a column that was not kept is told by name where it is asked for", () => {
  const frame = frameOf(tableOf("a,b,y\n1,2,3\n4,5,6"), (name) => name !== "b");
  assertEquals(frame.columns, ["a", "b", "y"]);
  assertThrows(
    () => encodeTable(frame, { target: "y", targetKind: "number" }),
    InputError,
    't.csv, column "b": the column was left out when the table was read',
  );
  assertEquals(encodeTable(frame, { target: "y", targetKind: "number", drop: ["b"] }).features, ["a"]);
});
