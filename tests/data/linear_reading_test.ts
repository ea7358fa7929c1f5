import { assert, assertEquals, assertThrows } from "@std/assert";
import { columnIndex, encodeTable, InputError, parseTable } from "../../src/data/mod.ts";
import { list, parseOptions } from "../../src/cli/mod.ts";

/** Letters of what is read: what is quadratic in them takes minutes, and what is linear some milliseconds. */
const LENGTH = 1_000_000;

/** What a text is made of, and the milliseconds that it may take in all. */
const LIMIT_MS = 1000;

function assertFast(what: string, work: () => void): void {
  const started = performance.now();
  work();
  const took = performance.now() - started;
  assert(took < LIMIT_MS, `${what} took ${took} ms`);
}

const SPACES = `x${" ".repeat(LENGTH)}x`;

/** Cells that a pattern could go over again and again. */
const CELLS = [
  SPACES,
  `-${SPACES}`,
  `$ ${SPACES}`,
  `5${" ".repeat(LENGTH)}%%`,
  `1${",234".repeat(LENGTH / 4)}x`,
  `1${"0".repeat(LENGTH)}.`,
  `2024-01-02${" ".repeat(LENGTH)}x`,
  `3 Jan${"u".repeat(LENGTH)} 2024x`,
  `${"1,".repeat(LENGTH / 2)}1`,
];

for (const cell of CELLS) {
  Deno.test(`parseTable() is linear in a cell such as ${JSON.stringify(cell.slice(0, 12))}, whatever the reading`, () => {
    assertFast("the cell", () => {
      for (const decimalComma of [false, true]) {
        const reading = { decimalComma, thousands: true, percent: true, currency: true, dates: true };
        const text = `a;b\n"${cell}";1\n"${cell}";2\nz;3\n`;
        const { features } = encodeTable(parseTable(text, { file: "t.csv", reading }), {
          target: "b",
          targetKind: "number",
        });
        assertEquals(features.length, 2);
      }
    });
  });
}

Deno.test("encodeTable() is linear in a cell that is no number, and that it refuses among numbers", () => {
  for (const end of ["x", "e", ".x", `,${"1".repeat(LENGTH / 5)}x`]) {
    assertFast(`a cell with ${end.slice(0, 3)} at its end`, () => {
      const numbers = Array.from({ length: 20 }, (_, row) => `${row};${row}\n`).join("");
      const table = parseTable(`a;b\n${numbers}${"1".repeat(LENGTH / 5)}${end};3\n`, { file: "t.csv" });
      const error = assertThrows(() => encodeTable(table, { target: "b", targetKind: "number" }), InputError);
      assertEquals([error.line, error.column], [22, "a"]);
    });
  }
});

Deno.test("parseTable() is linear in the header, and in the comments and empty lines above it", () => {
  for (
    const [above, header] of [
      [" ".repeat(LENGTH) + "\n", "a,b"],
      ["#\n".repeat(LENGTH / 2), "a,b"],
      ["\n".repeat(LENGTH), "a,b"],
      ["", `a,b${" ".repeat(LENGTH)}b`],
      ["", `sep=${" ".repeat(LENGTH)},b`],
      ["", `a,"${'""'.repeat(LENGTH / 2)}"`],
    ]
  ) {
    assertFast(JSON.stringify((above + header).slice(0, 12)), () => {
      assertEquals(parseTable(`${above}${header}\n1,2\n3,4\n`, { file: "t.csv" }).columns.length, 2);
    });
  }
});

Deno.test("columnIndex() does not compare names of a million letters, and is linear in a header of many", () => {
  const asked = "a".repeat(LENGTH);
  const columns = [`${asked}b`, "c"];
  const table = { file: "t.csv", columns, places: new Map(columns.map((name, at) => [name, at])) };
  assertFast("a long name", () => assertThrows(() => columnIndex(table, asked, "target"), InputError));
  const many = Array.from({ length: LENGTH / 20 }, (_, at) => `column ${String(at).padStart(13, "0")}`);
  const wide = { file: "t.csv", columns: many, places: new Map(many.map((name, at) => [name, at])) };
  assertFast("many names", () => assertThrows(() => columnIndex(wide, "kolumn 0000000000007", "target"), InputError));
});

Deno.test("parseOptions() is linear in a list of a million letters", () => {
  for (const item of ['"a,""', '""', '"a', "a,", '" ', '"a""b",']) {
    assertFast(item, () => {
      const text = `x${item.repeat(LENGTH / item.length)}x`;
      assert(parseOptions([`--drop=${text}`], { drop: list("A,B", "columns") }).drop!.length > 0);
    });
  }
});
