import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { InputError, parseTable, readTable } from "../../src/data/mod.ts";

/** Everything that a reader gives for a text in pieces. */
function inPieces(text: string, sizes: readonly number[]) {
  const reader = readTable({ file: "t.csv" });
  const [rows, lines]: [(readonly string[])[], number[]] = [[], []];
  let [columns, at, turn]: [readonly string[], number, number] = [[], 0, 0];
  const take = (table: ReturnType<typeof reader.end>) => {
    if (table === null) return;
    columns = table.columns;
    rows.push(...table.rows);
    lines.push(...table.lines);
  };
  while (at < text.length) {
    const size = sizes[turn++ % sizes.length];
    take(reader.push(text.slice(at, at + size)));
    at += size;
  }
  take(reader.end());
  return { columns, rows, lines };
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
    const { columns, rows, lines } = parseTable(text, { file: "t.csv" });
    for (const sizes of [[1], [2], [3, 5], [7], [1000]]) {
      assertEquals(inPieces(text, sizes), { columns, rows: rows.map((row) => [...row]), lines: [...lines] });
    }
  });
}

Deno.test("readTable() and parseTable() agree on whatever text: the same rows and lines, or an error of the same kind", () => {
  const cell = fc.stringMatching(/^[a-z0-9 "',;\n\r\t]*$/, { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const text = `a,b\n${parts.join("")}`;
      let whole;
      try {
        const { columns, rows, lines } = parseTable(text, { file: "t.csv", minRows: 0 });
        whole = { columns, rows: rows.map((row) => [...row]), lines: [...lines] };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        assertThrows(() => inPieces(text, [size]), InputError);
        return;
      }
      const found = inPieces(text, [size]);
      assertEquals({ rows: found.rows, lines: found.lines }, { rows: whole.rows, lines: whole.lines });
    }),
    { numRuns: 500, seed: 7 },
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
