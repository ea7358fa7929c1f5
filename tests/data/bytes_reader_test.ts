import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { bytesReader } from "../../src/data/_bytes_reader.ts";
import { startCollection } from "../../src/data/collect_table.ts";
import {
  InputError,
  parseTable,
  type PieceOptions,
  type Reading,
  type ReadTableOptions,
  settleTable,
  type Table,
} from "../../src/data/mod.ts";
import { loadCellScanner } from "../../src/kernels/internal.ts";

const FILE = "t.csv";

/** A text from bytes that come so many at a time, and how often the kernel was loaded. */
async function fromBytes(text: string, sizes: readonly number[], options: Partial<PieceOptions> = {}) {
  let loaded = 0;
  const reader = bytesReader({ file: FILE, ...options }, () => {
    loaded++;
    return loadCellScanner();
  });
  const collection = startCollection();
  const bytes = new TextEncoder().encode(text);
  for (let [at, turn] = [0, 0]; at < bytes.length; turn++) {
    const to = at + sizes[turn % sizes.length];
    for (const table of await reader.push(bytes.slice(at, to))) collection.add(table, 1);
    at = to;
  }
  for (const table of reader.end()) collection.add(table, 1);
  return { table: settleTable(collection.finish()), loaded };
}

const whole = (text: string, options: Partial<ReadTableOptions> = {}): Table =>
  parseTable(text, { file: FILE, minRows: 0, ...options });

/** Numbers as people and programs write them, with what may stand around them; words; and what makes a piece a text. */
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^-?[0-9]{1,3}[.][0-9]{1,4}$/) },
  { weight: 3, arbitrary: fc.stringMatching(/^ ?[+-]?0{0,3}[0-9]{0,20}[.]?[0-9]{0,25}(e[+-]?[0-9]{1,3})? ?$/) },
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom("", " ", "x", "a word", "NA", "--1", "1 2", "1,5", "0x10", "Infinity", "-0", "-0.0", "."),
);
const odd = fc.constantFrom("é", '"1"', '"a;b"', "1\r", '"x\n2"', "2\n", "\n\n", "  \n");

Deno.test("bytesReader() gives the table that parseTable() gives, or the same error, in pieces of any size", async () => {
  const row = fc.tuple(cell, cell, cell, fc.option(odd, { freq: 8 }));
  const task = fc.tuple(
    fc.array(row, { minLength: 1, maxLength: 24 }),
    fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...["a;b;c\n", "a;b;c\r\n", "\ufeffa;b;c\n", "# note\na;b;c\n"]),
    fc.record({
      decimalComma: fc.boolean(),
      types: fc.constantFrom<NonNullable<Reading["types"]>>({}, { a: "text" }),
    }),
    fc.constantFrom("all", "some", "written"),
    fc.boolean(),
  );
  await fc.assert(
    fc.asyncProperty(task, async ([rows, sizes, header, reading, wanted, lend]) => {
      const text = header + rows.map(([a, b, c, last]) => `${a};${b};${last ?? c}`).join("\n");
      const options = {
        reading,
        lend,
        ...wanted === "some" && { keep: (name: string) => name !== "b" },
        ...wanted === "written" && { written: (name: string) => name === "c" },
      };
      let expected: Table;
      try {
        expected = whole(text, options);
      } catch (error) {
        assert(error instanceof InputError);
        const found = await assertRejects(() => fromBytes(text, sizes, options), InputError);
        // A quote out of place is told before what is wrong above it, where both are in one text.
        if (!text.includes('"')) assertEquals(found.message, error.message);
        return;
      }
      assertEquals((await fromBytes(text, sizes, options)).table, expected);
    }),
    { numRuns: 300 },
  );
});

Deno.test("bytesReader() reads plain rows without a text again after a piece that was one", async () => {
  const plain = Array.from({ length: 200 }, (_, i) => `${i},${i / 8}\n`).join("");
  const text = `a,b\n${plain}"7",é\n${plain}8,x\n${plain}`;
  const { table, loaded } = await fromBytes(text, [64]);
  assertEquals(table, whole(text));
  assertEquals(loaded, 1);
});

Deno.test("bytesReader() loads no kernel for a table that comes in one piece", async () => {
  assertEquals((await fromBytes("a,b\n1,2\n3,4\n", [100])).loaded, 0);
});

Deno.test("bytesReader() reads the rows behind a header as bytes where the first piece is long, and whatever stands above it as before", async () => {
  const rows = Array.from({ length: 9000 }, (_, i) => `${i},${i / 8}`);
  const heads = ["a,b", "a b,c.d", "\ufeffa,b", "# note\na,b", "sep=,\na,b", '"a",b', "a,b\r", "\na,b", "\u00e9,b"];
  for (const head of heads) {
    for (const [odd, end] of [["", ""], ["", "\n"], ["é,1", ""], ["x,", "\n"]]) {
      const text = [head, ...odd === "" ? rows : rows.with(8000, odd)].join("\n") + end;
      const { table, loaded } = await fromBytes(text, [70_000, 20_000]);
      assertEquals(table, whole(text), JSON.stringify([head, odd, end]));
      assertEquals(loaded, 1);
    }
  }
  assertEquals((await fromBytes(`a,b\n${rows.join("\n")}`, [1 << 20])).loaded, 0);
});

Deno.test("bytesReader() reads what is left of a wide table at its end, the last row without a line end too", async () => {
  const names = Array.from({ length: 300 }, (_, at) => `c${at}`).join(",");
  const rows = Array.from(
    { length: 90 },
    (_, row) => Array.from({ length: 300 }, (_, at) => (row * at) % 97 / 4).join(","),
  );
  for (const end of ["", "\n"]) {
    for (const odd of [[], ["x,1"]]) {
      const text = [names, ...rows, ...odd].join("\n") + end;
      if (odd.length > 0) {
        await assertRejects(() => fromBytes(text, [1 << 16]), InputError, "2 cells but the header names 300");
      } else assertEquals((await fromBytes(text, [1 << 16])).table, whole(text));
    }
  }
});

Deno.test("bytesReader() names the line of a row with too many or too few cells, wherever it stands", async () => {
  for (const [row, problem] of [["1,2,3", "3 cells but the header names 2 columns"], ["1", "1 cell but"]]) {
    for (const at of [0, 1, 37, 98]) {
      const rows = Array.from({ length: 99 }, (_, i) => i === at ? row : `${i}.5,-2`);
      const text = `a,b\n\n${rows.join("\n")}\n`;
      const error = await assertRejects(() => fromBytes(text, [50]), InputError, problem);
      assertEquals(error.line, at + 3);
    }
  }
});

Deno.test("bytesReader() gives tables of their own, and with lend such as are written over when the next is asked for", async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i},${-i}\n`).join("");
  for (const lend of [false, true]) {
    const reader = bytesReader({ file: FILE, lend });
    const seen: number[] = [];
    const tables: Table[] = [];
    for (const text of ["a,b\n", lines, lines.replaceAll(",", "5,")]) {
      for (const table of await reader.push(new TextEncoder().encode(text))) {
        seen.push(table.cells[0]!.numbers![7]);
        tables.push(table);
      }
    }
    assertEquals(seen, [7, 75]);
    assertEquals(tables[0].cells[0]!.numbers![7] === 7, !lend);
  }
});
