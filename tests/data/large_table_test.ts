import { assertEquals, assertThrows } from "@std/assert";
import { encodeTable, InputError, parseTable, readTable } from "../../src/data/mod.ts";
import { startCollection } from "../../src/data/collect_table.ts";

Deno.test("readTable() gathers rows of 20,000 columns in few pieces, and loses none of them", () => {
  const names = Array.from({ length: 20_000 }, (_, at) => `c${at}`);
  const rows = Array.from({ length: 60 }, (_, row) => names.map((_, at) => (at * 7 + row) % 100));
  const text = [names, ...rows].map((cells) => cells.join(",")).join("\n");
  const reader = readTable({ file: "wide.csv" });
  const collection = startCollection();
  let pieces = 0;
  for (let from = 0; from < text.length; from += 1 << 16) {
    const piece = reader.push(text.slice(from, from + (1 << 16)));
    if (piece === null) continue;
    collection.add(piece, 1);
    pieces++;
  }
  collection.add(reader.end(), 1);
  const table = collection.finish();
  assertEquals([table.rows, pieces <= 2], [60, true]);
  assertEquals([...table.lines], rows.map((_, row) => row + 2));
  for (const at of [0, 9_999, 19_999]) assertEquals([...table.cells[at]!.numbers!], rows.map((row) => row[at]));
  const data = encodeTable(table, { target: "c7", targetKind: "number" });
  assertEquals([data.x.cols, data.features[7]], [20_000, "c8"]);
});

Deno.test("collectTable() keeps texts apart that pieces share, long ones and those with zero length too", () => {
  const reader = readTable({ file: "t.csv" });
  const collection = startCollection();
  const cells = Array.from(
    { length: 300 },
    (_, i) => i % 7 === 0 ? "" : `${i % 50} a text that is long enough ${i % 11}`,
  );
  const text = ["a,b", ...cells.map((cell, i) => `${cell},${i}`)].join("\n");
  for (let from = 0; from < text.length; from += 97) {
    const piece = reader.push(text.slice(from, from + 97));
    if (piece !== null) collection.add(piece, 1);
  }
  collection.add(reader.end(), 1);
  const [column] = collection.finish().cells;
  assertEquals(Array.from(column!.codes!, (code) => column!.texts[code]), cells);
});

Deno.test("encodeTable() refuses more than 1,000 classes before it makes an output for each", () => {
  const text = ["x,y", ...Array.from({ length: 2_402 }, (_, row) => `${row},c${row % 1_201}`)].join("\n");
  assertThrows(
    () => encodeTable(parseTable(text, { file: "t.csv" }), { target: "y", targetKind: "classes" }),
    InputError,
    "more than 1000; join rare ones into one",
  );
});
