import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { loadCellScanner, NOWHERE, OTHERWISE, PLACE } from "../../src/kernels/internal.ts";

const scanner = (await loadCellScanner())!;

/** Starts to read a text of rows whose cells all go to slots of their own, or where `slots` says. */
function start(text: string, slots: Int32Array, point = 46) {
  const bytes = new TextEncoder().encode(text);
  scanner.room(bytes.length).set(bytes);
  const rows = scanner.countLines(bytes.length)!;
  const kept = slots.filter((slot) => slot >= 0).length;
  return scanner.start({ end: bytes.length, rows, line: 1, slots, kept, separator: 59, point });
}

Deno.test("countLines() finds a quote, a carriage return, a zero and a byte beyond ASCII at every place, and counts the line ends of all else", () => {
  for (let length = 0; length <= 40; length++) {
    const bytes = Uint8Array.from(
      { length },
      (_, at) => at % 7 === 3 ? 10 : 33 + (at * 11) % 90 + (at % 90 === 0 ? 1 : 0),
    );
    bytes.forEach((byte, at) => bytes[at] = byte === 34 ? 35 : byte);
    const room = scanner.room(length + 1);
    room.set(bytes);
    assertEquals(scanner.countLines(length), bytes.filter((byte) => byte === 10).length);
    for (let at = 0; at < length; at++) {
      for (const byte of [0, 13, 34, 128, 195, 255]) {
        room[at] = byte;
        assertEquals(scanner.countLines(length), null, `${byte} at ${at} of ${length}`);
        assertEquals(scanner.countLines(at), bytes.subarray(0, at).filter((one) => one === 10).length);
      }
      room[at] = bytes[at];
    }
  }
});

Deno.test("scanCells() gives each plain number to the bit, with how it is written, and stops before every other cell", () => {
  const written = fc.oneof(
    fc.stringMatching(/^ {0,2}-?[0-9]{0,16}([.,][0-9]{0,19})?$/),
    fc.stringMatching(/^[+-]?0{0,3}[0-9]{0,3}[.]?[0-9]{0,3}[ xe]?$/),
  );
  fc.assert(
    fc.property(written, fc.boolean(), (cell, comma) => {
      const [point, other] = comma ? [",", "."] : [".", ","];
      const run = start(`1;${cell}\n`, Int32Array.of(0, 1), point.charCodeAt(0));
      const number = cell.trimStart();
      const digits = number.replace(/[^0-9]/g, "");
      const isPlain = /^-?([0-9]+[.,]?[0-9]*|[.,][0-9]+)$/.test(number) && !number.includes(other) &&
        digits.length <= 18 && Number(digits) < 1e15;
      assertEquals(run.next(), !isPlain, cell);
      if (!isPlain) {
        assertEquals([...run.place], [2, 1, 0, 1]);
        return;
      }
      const value = Number(number.replace(",", "."));
      assert(Object.is(run.numbers[1], value), `${cell}: ${run.numbers[1]}`);
      const zeros = /^-?0[0-9]/.test(number);
      assertEquals(run.marks[1], zeros ? 3 : String(value) === number ? 0 : 1, cell);
      assertEquals([...run.place], [cell.length + 3, 0, 1, 2]);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("scanCells() gives each of many short numbers side by side, in every column and at every place of a vector, to the bit", () => {
  const digits = (count: number, seed: number) =>
    Array.from({ length: count }, (_, at) => (seed * 7 + at * 3) % 10).join("");
  // Every sign, whole part and number of decimals that up to 15 digits can have, with no point, and some that need the reader of long cells.
  const cells: string[] = [];
  for (const sign of ["", "-"]) {
    for (let whole = 0; whole <= 16; whole++) {
      for (let decimals = -1; decimals <= 16 - whole; decimals++) {
        const cell = digits(whole, cells.length) + (decimals < 0 ? "" : `.${digits(decimals, cells.length + 5)}`);
        const all = cell.replace(".", "");
        if (all !== "" && Number(all) < 1e15) cells.push(sign + cell);
      }
    }
  }
  const columns = 7;
  while (cells.length % columns !== 0) cells.push("0");
  const rows = cells.length / columns;
  const lines = Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns).join(";"));
  const run = start(`${lines.join("\n")}\n`, Int32Array.from({ length: columns }, (_, at) => at));
  assertEquals(run.next(), false);
  assertEquals([...run.place.subarray(1)], [0, rows, rows + 1]);
  for (const [at, cell] of cells.entries()) {
    const found = run.numbers[(at % columns) * rows + Math.floor(at / columns)];
    assert(Object.is(found, Number(cell)), `${cell}: ${found}`);
  }
});

Deno.test("scanCells() reads on over the bytes that one call of it takes, and from wherever a cell is left to others", () => {
  const slots = Int32Array.of(0, OTHERWISE, 1);
  const lines = Array.from({ length: 12_000 }, (_, row) => `${row / 8};${row % 3};-${row}`);
  const run = start(`${lines.join("\n")}\n`, slots);
  let stops = 0;
  for (; run.next(); stops++) {
    assertEquals([run.place[PLACE.column], run.place[PLACE.row]], [1, stops]);
    run.place.set([run.place[PLACE.at] + 2, 2]);
  }
  assertEquals(stops, lines.length);
  for (const row of [0, 1, 8191, 11_999]) {
    assertEquals([run.numbers[row], run.numbers[lines.length + row]], [row / 8, -row]);
  }
});

Deno.test("scanCells() stops where a row has more or fewer cells than it should, and at columns that are read otherwise", () => {
  const slots = Int32Array.of(0, NOWHERE, OTHERWISE);
  const run = start("1;any thing;a\n2;;b\n3;x\n", slots);
  const found: number[][] = [];
  while (run.next()) {
    found.push([...run.place]);
    if (run.place[PLACE.row] === 2) break;
    // The cell is one character, and the last of its row.
    run.place.set([run.place[PLACE.at] + 2, 0, run.place[PLACE.row] + 1, run.place[PLACE.line] + 1]);
  }
  assertEquals(found, [[12, 2, 0, 1], [17, 2, 1, 2], [21, 1, 2, 3]]);
  assertEquals([...run.numbers], [1, 2, 3]);
  for (const text of ["1;2\n", "1;2;3;4\n"]) {
    assertEquals(start(text, Int32Array.of(0, 1, 2)).next(), true, text);
  }
});

Deno.test("room() keeps what it held when it grows", () => {
  scanner.room(8).set([1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals([...scanner.room(1 << 22).subarray(0, 8)], [1, 2, 3, 4, 5, 6, 7, 8]);
});
