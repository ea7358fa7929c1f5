import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeInputs, encodeTable, InputError, parseTable } from "../../src/data/mod.ts";

Deno.test("encodeInputs() writes columns side by side as it writes each of them alone, and refuses the same cell", () => {
  const value = (row: number, at: number) => Math.sin(row * 13 + at * 7) * 10 ** (at % 5 - 2);
  // A constant column, one of texts and one with missing values among those of numbers.
  const cell = (row: number, at: number) =>
    at === 6 ? "4" : at === 11 ? "uv"[row % 2] : at === 16 && row % 50 === 3 ? "" : String(value(row, at));
  const tableOf = (columns: readonly number[], change: (row: number, at: number) => string = cell) =>
    parseTable(
      [
        [...columns.map((at) => `c${at}`), "y"].join(","),
        ...Array.from({ length: 150 }, (_, row) => [...columns.map((at) => change(row, at)), row].join(",")),
      ].join("\n"),
      { file: "t.csv" },
    );
  const all = Array.from({ length: 23 }, (_, at) => at);
  const options = { target: "y", targetKind: "number", missing: "mean", intercept: false } as const;
  const { x } = encodeTable(tableOf(all), options);
  let first = 0;
  for (const at of all) {
    const own = encodeTable(tableOf([at]), options).x;
    for (let row = 0; row < x.rows; row++) {
      for (let j = 0; j < own.cols; j++) {
        assert(Object.is(x.data[row * x.cols + first + j], own.data[row * own.cols + j]), `column ${at}, row ${row}`);
      }
    }
    first += own.cols;
  }
  assertEquals(first, x.cols);
  // New rows with numbers that are too large for their columns: told of is the first such column of the first 64 rows that have one.
  const encoding = encodeTable(tableOf(all), options);
  for (const [row, column, line] of [[60, "c10", 62], [90, "c5", 102]] as const) {
    const isHuge = (at: number) => (where: number) => at === 5 ? where === 100 : at === 10 && where === row;
    const huge = tableOf(all, (where, at) => isHuge(at)(where) ? "1.7e308" : cell(where, at));
    const error = assertThrows(() => encodeInputs(huge, encoding), InputError, "too large for the scale");
    assertEquals<unknown>([error.column, error.line], [column, line]);
  }
});
