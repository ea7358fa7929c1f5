import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type EncodeOptions,
  encodeTable,
  InputError,
  parseTable,
  summariseColumns,
  surveyColumns,
} from "../../src/data/mod.ts";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { columnLines, problemReport } from "../../src/report/mod.ts";

const summary = (text: string, options: Partial<EncodeOptions> = {}) =>
  summariseColumns(parseTable(text, { file: "t.csv" }), { target: "y", targetKind: "number", ...options });

Deno.test("summariseColumns() says type, missing values with their spellings, levels and constant columns", () => {
  const [a, t, c, y] = summary("a,t,c,y\n1.5,u,7,1.5\nNA,v,7,2\n,u,7,\n4.5,?,7,3.25\n");
  assertEquals([a.type, a.missing, a.missingAs, a.levels, a.constant], ["number", 2, ["NA"], null, false]);
  assertEquals([t.type, t.missing, t.missingAs, t.levels, t.constant], ["text", 1, ["?"], 2, false]);
  assertEquals([c.constant, c.role], [true, "feature"]);
  assertEquals([y.role, y.missing], ["target", 1]);
});

Deno.test("summariseColumns() names what is suspicious, and nothing in a plain table", () => {
  const rows = (cell: (row: number) => string, target: (row: number) => string = (row) => String(row * row / 3)) =>
    `a,y\n${Array.from({ length: 12 }, (_, row) => `${cell(row)},${target(row)}`).join("\n")}\n`;
  const of = (text: string, at = 0) => summary(text)[at].suspicious.join("; ");
  assertEquals(of(rows((row) => String(row * 1.5))), "");
  assertStringIncludes(of(rows((row) => String(row + 100))), "counts the rows");
  assertStringIncludes(of(rows((row) => `00${row * row}`)), "zeros in front");
  assertStringIncludes(of(rows((row) => ["f", "4", "r"][row % 3])), "numbers and texts");
  assertStringIncludes(of(rows((row) => `t${row % 10}`)), "there once");
  assertStringIncludes(of(rows((row) => String(row * 1.5), (row) => String(row % 2)), 1), "looks like classes");
  const target = summary(rows((row) => String(row * 1.5), (row) => String(row % 2)));
  assertStringIncludes(
    columnLines(target).join("\n"),
    "look at y: it holds 2 numbers: this looks like classes (--loss logistic)",
  );
  assertStringIncludes(of(rows((row) => String(row * 1.5), (row) => String(row % 3)), 1), "looks like classes");
  assertEquals(of(rows((row) => String(row * 1.5), (row) => String(row % 2 / 2)), 1), "");
});

Deno.test("summariseColumns() names amounts read as categories, texts that look alike, and numbers that are dates", () => {
  const of = (cells: readonly string[], options: Partial<EncodeOptions> = {}) =>
    summary(
      `a,y\n${Array.from({ length: 12 }, (_, row) => `${cells[row % cells.length]},${row * row / 3}`).join("\n")}\n`,
      options,
    )[0]
      .suspicious.join("; ");
  for (
    const cells of [["12 kg", "7 kg", "9.5kg"], ["12:30", "07:15", "23:59"], ["<5", ">10", "≤7"], ["１", "２", "３"]]
  ) {
    assertStringIncludes(of(cells), `amounts such as ${JSON.stringify(cells[0])}`);
  }
  for (const cells of [["Q1", "Q2", "Q3"], ["a 1", "b 2", "c 3"], ["1 of 2", "2 of 2", "0 of 2"]]) {
    assertEquals(of(cells), "");
  }
  for (const [a, b] of [["No", "no"], ["caf\u00e9", "cafe\u0301"], ["a\u00a0b", "a b"], ["Ａ", "A"]]) {
    assertStringIncludes(of([a, "x", b]), `it holds ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
  }
  assertStringIncludes(of(["20240131", "19991231", "20000229"]), "look like dates");
  for (const cells of [["20240131", "20241301"], ["20240100", "20240101"], ["20240101.5", "20240102"]]) {
    assertEquals(of(cells), "");
  }
});

Deno.test("columnLines() is short for wide tables, and shows no control characters", () => {
  const wide = Array.from({ length: 50 }, (_, at) => `c${at}`);
  const table = `${wide.join(",")},y\n${`${wide.map(() => "NA").join(",")},1\n`.repeat(3)}`;
  const lines = columnLines(summary(table));
  assertEquals(lines[0], "columns read: 50 of numbers");
  assertStringIncludes(lines[1], "and 44 more");
  const hostile = columnLines(summary('"a\u001b[2J\u202e",y\nNA,1\n2,2\n'));
  assertStringIncludes(hostile.join("\n"), "a\ufffd[2J\ufffd 1 (NA)");
});

Deno.test("summariseColumns() takes few whole numbers for classes only where each recurs, as in Glass, not in 24 rows of 8 counts", () => {
  const said = (rows: number, few: number) => {
    const text = ["a,y", ...Array.from({ length: rows }, (_, row) => `${row * 1.5},${1000 + 250 * (row % few)}`)].join(
      "\n",
    );
    const table = parseTable(text, { file: "t.csv" });
    return summariseColumns(table, { target: "y", targetKind: "number" }).at(-1)!.suspicious.length;
  };
  assertEquals([said(214, 6), said(24, 8), said(29, 10), said(24, 2)], [1, 0, 0, 1]);
});

Deno.test("encodeTable() takes codes beside words for categories, as the cylinders of Cars93, and refuses a slip among numbers", () => {
  const table = (cell: (row: number) => string) => {
    const rows = Array.from({ length: 60 }, (_, row) => `${cell(row)},${row * row / 7}`);
    return parseTable(`a,y\n${rows.join("\n")}\n`, { file: "t.csv" });
  };
  const options = { target: "y", targetKind: "number" } as const;
  const cylinders = table((row) => row === 31 ? "rotary" : String(3 + row % 4));
  assertEquals(encodeTable(cylinders, options).features, ["a=3", "a=4", "a=5", "a=6", "a=rotary"]);
  const [{ type, levels, suspicious }] = summariseColumns(cylinders, options);
  assertEquals([type, levels, suspicious], ["text", 5, [
    'it holds numbers and texts such as "rotary": all of it is read as text',
  ]]);
  const slips = [
    table((row) => row === 31 ? "4o" : String(3 + row % 4)),
    table((row) => row === 31 ? "rotary" : String(row)),
    table((row) => row === 31 ? "rotary" : String(row % 4 / 2)),
  ];
  for (const slip of slips) {
    const error = assertThrows(() => encodeTable(slip, options), InputError, 't.csv, line 33, column "a": ');
    assertEquals(error.remedy, { option: "types", value: "a=text" });
  }
});

Deno.test("problemReport() names the columns of which nothing is left beside others: copies, sums, categories told by others", async () => {
  const kernels = await loadKernels("simd");
  const rows = Array.from({ length: 24 }, (_, row) => {
    const [a, b] = [row * row % 17, Math.cos(row)];
    const town = "ABCD"[row % 4];
    return [
      a,
      b,
      2 * a - 3 * b,
      a + row / 100,
      7,
      town,
      row % 2 === 0 ? "even" : "odd",
      "xyz"[row % 3],
      "efgh"[row % 4],
      Math.sin(row),
    ];
  });
  const text = `a,b,sum,near,c,town,side,free,code,y\n${rows.map((cells) => cells.join(",")).join("\n")}\n`;
  const table = parseTable(text, { file: "t.csv" });
  const options = { target: "y", targetKind: "standardised" } as const;
  const known = { ...surveyColumns(table, options), summary: summariseColumns(table, options) };
  for (const intercept of [true, false]) {
    const data = encodeTable(table, { ...options, intercept, known });
    const { columns } = problemReport(data, "squared", 0, bestLinear(kernels, squared, data));
    const found = Object.fromEntries(columns!.map(({ name, dependent }) => [name, dependent]));
    // Of a, b and their sum one depends on the two others, whichever; the constant is no other column's.
    const threes = ["a", "b", "sum"].filter((name) => found[name]!.length > 0);
    assertEquals([threes.length, found[threes[0]]!.toSorted()], [
      1,
      ["a", "b", "sum"].filter((name) => name !== threes[0]),
    ]);
    // The code is the town in other letters: one of them can go, whichever, and the side, which either tells.
    const towns = ["town", "code"].filter((name) => found[name]!.length > 0);
    assertEquals([towns.length, found.side!.length > 0], [1, true]);
    assertEquals([found.free, found.near, found.y], [[], [], undefined]);
    // Without an intercept a constant is the sum of the towns.
    assertEquals(found.c!.length > 0, !intercept);
    assertStringIncludes(columnLines(columns!).join("\n"), "columns that depend on others: ");
  }
  assertEquals(problemReport(encodeTable(table, { ...options, known }), "squared", 0).columns![0].dependent, undefined);
});

Deno.test("problemReport() is fast for ten thousand columns of forty rows, where most depend on others", () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `c${at}`);
  const dependent = names.slice(40).map((_, at) => ({
    column: 41 + at,
    on: Array.from({ length: 40 }, (_, j) => j + 1),
    weights: Array.from({ length: 40 }, (_, j) => 1 / (1 + j)),
  }));
  const text = `${names.join(",")},y\n${`${names.map((_, at) => at % 7).join(",")},1\n`.repeat(2)}`;
  const table = parseTable(text, { file: "t.csv" });
  const options = { target: "y", targetKind: "standardised" } as const;
  const data = encodeTable(table, {
    ...options,
    known: { ...surveyColumns(table, options), summary: summariseColumns(table, options) },
  });
  const started = performance.now();
  const { columns } = problemReport(data, "squared", 0, { dependent });
  assertEquals(columns!.filter((one) => one.dependent?.[0]).length, 9960);
  assert(performance.now() - started < 2000);
});
