import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import {
  collectTable,
  csvRows,
  dropMissingRows,
  encodeTable,
  InputError,
  parseTable,
  type Table,
  takeRows,
  textsOf,
} from "../../src/data/mod.ts";

const tableOf = (text: string): Table => parseTable(text, { file: "t.csv", minRows: 0 });

/** A table in pieces of so many rows, one after another and again. */
async function* pieces(table: Table, sizes: readonly number[]) {
  for (let [from, turn] = [0, 0]; from < table.rows; turn++) {
    const to = Math.min(table.rows, from + sizes[turn % sizes.length]);
    const rows = Array.from({ length: to - from }, (_, at) => from + at);
    yield { table: takeRows(table, rows), share: to / table.rows };
    from = to;
  }
}

const cell = fc.oneof(
  fc.constantFrom("", " ", "x", " y ", "1e400", "NaN", "0x1", "-0", "1.0", "a longer text than most of them are"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 });

/** The table of some cells. */
const tableFrom = (cells: readonly (readonly string[])[]): Table => tableOf(csvRows([["a", "b", "c"], ...cells]));

Deno.test("parseTable() keeps every text to the letter and every number to the bit", () => {
  fc.assert(
    fc.property(rows, (cells) => {
      const table = tableFrom(cells);
      cells.forEach((row, i) =>
        row.forEach((text, at) => {
          const { numbers, codes, texts } = table.cells[at]!;
          if (codes !== null && codes[i] >= 0) assertEquals(texts[codes[i]], text.trim() === "NaN" ? "" : text.trim());
          else assert(Object.is(numbers![i], Number(text.trim())));
        })
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("collectTable() gathers pieces of any size into the whole table, also where their shares promise too few rows", async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      fc.constantFrom(1, 3),
      async (cells, sizes, overstated) => {
        const whole = tableFrom(cells);
        async function* told() {
          for await (const { table, share } of pieces(whole, sizes)) {
            yield { table, share: Math.min(1, share * overstated) };
          }
        }
        const found = await collectTable(told(), { file: "t.csv", minRows: 1 });
        assertEquals(found, whole);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("collectTable() refuses a table with too few rows", async () => {
  const found = await collectTable(pieces(tableOf("a\n1"), [1]), { file: "t.csv" }).catch((error) => error);
  assert(found instanceof InputError);
  assertEquals(found.message, "t.csv: the table has 1 row below its header; give it at least 2");
});

Deno.test("takeRows() and dropMissingRows() drop the categories that no row has", () => {
  const table = tableOf("a,b\n1,x\n,y\n3,z\n4,x");
  const known = dropMissingRows(table, ["a", "b"]);
  assertEquals([...known.lines], [2, 4, 5]);
  assertEquals(known.cells[0]!.codes, null);
  assertEquals(textsOf(known, "b"), ["x", "z", "x"]);
  assertEquals(known.cells[1]!.texts, ["x", "z"]);
  assertEquals(takeRows(known, [0, 2]).cells[1]!.texts, ["x"]);
  assert(dropMissingRows(known, ["a"]) === known);
});

Deno.test("reading a column that was not kept is an error with its name", () => {
  const table = parseTable("a,b,y\n1,2,3\n4,5,6", { file: "t.csv", keep: (name) => name !== "b" });
  assertEquals(table.columns, ["a", "b", "y"]);
  assertThrows(
    () => encodeTable(table, { target: "y", targetKind: "number" }),
    InputError,
    't.csv, column "b": the column was left out when the table was read',
  );
  assertEquals(encodeTable(table, { target: "y", targetKind: "number", drop: ["b"] }).features, ["a"]);
});
