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
