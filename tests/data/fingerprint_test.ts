import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fingerprint, parseTable, recogniseRows, type Table, takeRows, watchInputs } from "../../src/data/mod.ts";
import { key, permutation } from "../../src/random/mod.ts";

const CELLS = {
  columns: [{ name: "a", levels: null }, { name: "town", levels: ["Aach", "Ulm", "4"] }],
  targets: ["y"],
  classes: null,
};
const read = (lines: readonly string[], head = "a,town,y"): Table =>
  parseTable([head, ...lines].join("\n"), { file: "t.csv", reading: { types: { town: "text" } } });
const LINES = Array.from({ length: 200 }, (_, i) => `${i % 17 / 4},${["Ulm", "Aach", "4", ""][i % 4]},${i * 37 % 11}`);
const TABLE = read(LINES);
const HELD = [3, 20, 77, 150, 199];

Deno.test("fingerprint() is the same whatever the order of rows and columns and the spelling of numbers, but for the order", () => {
  const own = fingerprint(TABLE, CELLS);
  const shuffled = takeRows(TABLE, [...permutation(key(3), TABLE.rows)]);
  const other = fingerprint(shuffled, CELLS);
  assertEquals({ ...other, order: own.order }, own);
  assertNotEquals(other.order, own.order);
  const turned = read(LINES.map((line) => line.split(",").reverse().join(",").replace(/,(\d+)$/, ",$1.0")), "y,town,a");
  assertEquals(fingerprint(turned, CELLS), own);
  assertEquals(fingerprint(read(LINES.map((line) => line.replace(/^0,/, "-0,"))), CELLS), own);
});

Deno.test("fingerprint() changes with every cell, with a row more or less, and where cells change places", () => {
  const own = fingerprint(TABLE, CELLS);
  for (let row = 0; row < LINES.length; row += 7) {
    for (let column = 0; column < 3; column++) {
      const cells = LINES[row].split(",");
      cells[column] = column === 1 ? (cells[1] === "Ulm" ? "Aach" : "Ulm") : `${Number(cells[column]) + 2 ** -40}`;
      const changed = fingerprint(read(LINES.with(row, cells.join(","))), CELLS);
      assertNotEquals(changed.table, own.table, `row ${row}, column ${column}`);
      assertEquals(changed.inputs === own.inputs, column === 2);
    }
  }
  assertNotEquals(fingerprint(read([...LINES, LINES[0]]), CELLS).table, own.table);
  assertNotEquals(fingerprint(read(LINES.slice(1)), CELLS).table, own.table);
  // The same cells in every column, in other rows.
  const exchanged = [
    ...LINES.slice(0, 2).map((line, at) => line.replace(/[^,]*$/, LINES[1 - at].split(",")[2])),
    ...LINES.slice(2),
  ];
  assertNotEquals(fingerprint(read(exchanged), CELLS).table, own.table);
});

Deno.test("recogniseRows() finds the held-out rows wherever they are, by comparison with the texts of the rows", () => {
  const known = fingerprint(TABLE, CELLS, HELD);
  assertEquals(recogniseRows(TABLE, CELLS, known).state, "same");
  for (let seed = 1; seed <= 5; seed++) {
    const order = [...permutation(key(seed), TABLE.rows)];
    const { state, heldOut, wanted } = recogniseRows(takeRows(TABLE, order), CELLS, known);
    assertEquals([state, wanted], ["reordered", HELD.length]);
    const texts = (rows: readonly number[]) => rows.map((row) => LINES[row]).sort();
    assertEquals(texts(heldOut!.map((row) => order[row])), texts(HELD));
  }
  const without = recogniseRows(takeRows(TABLE, [...Array(190).keys()]), CELLS, known);
  assertEquals([without.state, without.wanted - without.heldOut!.length], ["changed", 1]);
  assertEquals(recogniseRows(TABLE, CELLS, fingerprint(TABLE, CELLS)).heldOut, null);
  // One cell, in as many rows: one that was held out is missed, one that was not is no such row.
  const changed = (row: number) => read(LINES.with(row, LINES[row].replace(/[^,]*$/, "99")));
  for (const [row, found] of [[HELD[0], HELD.slice(1)], [0, HELD]] as const) {
    const { state, heldOut } = recogniseRows(changed(row), CELLS, known);
    assertEquals([state, heldOut!.length], ["changed", found.length]);
  }
});

Deno.test("watchInputs() knows the rows in pieces, without a target, and no others", () => {
  const known = fingerprint(TABLE, CELLS, HELD);
  const inputs = read(LINES.map((line) => line.replace(/,[^,]*$/, "")).reverse(), "a,town");
  const watch = watchInputs(CELLS.columns, known);
  for (const [from, to] of [[0, 50], [50, 199], [199, 200]]) {
    assert(!watch.isKnown());
    watch.add(takeRows(inputs, Array.from({ length: to - from }, (_, i) => from + i)));
  }
  assert(watch.isKnown());
  watch.add(takeRows(inputs, [0]));
  assert(!watch.isKnown());
});

Deno.test("fingerprint() keeps rows apart: no two of 200,000 have the same key", () => {
  const rows = 200_000;
  const numbers = Array.from({ length: rows }, (_, i) => `${i % 1000},Ulm,${Math.floor(i / 1000)}`);
  const { heldOut } = fingerprint(read(numbers), CELLS, Array.from({ length: 100_000 }, (_, i) => 2 * i));
  const keys = new Set(heldOut!.match(/.{8}/g));
  assertEquals(keys.size, 100_000);
});

Deno.test("fingerprint() stays what model files have: of columns of numbers, with missing values among them and without", () => {
  const columns = ["a", "b"].map((name) => ({ name, levels: null }));
  const table = parseTable("a,b,y\n1.5,,2\n-3,1e300,-0\n", { file: "a.csv" });
  assertEquals(fingerprint(table, { columns, targets: ["y"], classes: null }), {
    count: 2,
    inputs: "72c886a5898a9628",
    table: "3a3cb76c9ccecd5a",
    order: "86f7dd77d4ad968a",
  });
});
