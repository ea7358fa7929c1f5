import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { encodeTable, InputError, parseTable, type Reading, readingOf } from "../../src/data/mod.ts";

const cellsOf = (cells: readonly string[], reading: Reading, separator = ";") => {
  const text = `a${separator}b\n${cells.map((cell) => `${cell}${separator}1`).join("\n")}\n`;
  return parseTable(text, { file: "t.csv", reading });
};

/** Columns in one spelling, how they are read, and their numbers. */
const SPELT: readonly (readonly [cells: readonly string[], reading: Reading, numbers: readonly number[]])[] = [
  [["2,5", "3", "-0,25"], { decimalComma: true }, [2.5, 3, -0.25]],
  [["1.234,5", "12", "1.000.000"], { decimalComma: true, thousands: true }, [1234.5, 12, 1000000]],
  [["2.5", "3.25"], { decimalComma: true }, [2.5, 3.25]],
  [["1,234", "999.5", "-1,234,567.25"], { thousands: true }, [1234, 999.5, -1234567.25]],
  [["1 234", "1\u00a0000"], { thousands: true }, [1234, 1000]],
  [["1'234", "5"], { thousands: true }, [1234, 5]],
  [["5%", "12.5 %", "-1%"], { percent: true }, [0.05, 0.125, -0.01]],
  [["$10", "-$2.50", "$ 3"], { currency: true }, [10, -2.5, 3]],
  [["10 €", "2,50€"], { currency: true, decimalComma: true }, [10, 2.5]],
  [["$1,234.50", "$2"], { currency: true, thousands: true }, [1234.5, 2]],
  [["1970-01-02", "2000-03-01", "1969-12-31 12:00"], { dates: true }, [1, 11017, -0.5]],
  [["31/01/1970", "02/01/1970"], { dates: true }, [30, 1]],
  [["01/31/1970", "02/01/1970"], { dates: true }, [30, 31]],
  [["3.1.1970", "Jan 2 1970", "2 January 1970"], { dates: true }, [2, 1, 1]],
];

for (const [cells, reading, numbers] of SPELT) {
  Deno.test(`parseTable() reads ${cells.join(" | ")} as numbers where it is told so, and refuses them by name where not`, () => {
    const { cells: [column] } = cellsOf(cells, reading);
    assertEquals(column!.kind, "number");
    numbers.forEach((number, row) => assertAlmostEquals(column!.numbers![row], number, 1e-12));
    if (cells[0] === "2.5") return;
    const error = assertThrows(
      () => encodeTable(cellsOf(cells, {}), { target: "b", targetKind: "number" }),
      InputError,
    );
    assertEquals([error.column, error.remedy!.or ?? error.remedy!], ["a", { option: "types", value: "a=text" }]);
  });
}

Deno.test("parseTable() refuses a column that mixes spellings, whatever is allowed, when it is used", () => {
  const all = { thousands: true, percent: true, currency: true, dates: true };
  for (const cells of [["5%", "7"], ["$5", "€7"], ["2024-01-02", "7"], ["3/4/2024", "5/6/2024"], ["5%", "$7"]]) {
    assertThrows(() => encodeTable(cellsOf(cells, all), { target: "b", targetKind: "number" }), InputError, '"a"');
  }
});

Deno.test("parseTable() leaves texts that only contain such numbers as texts", () => {
  const table = cellsOf(["5% off", "2 for 1", "5% off", "2 for 1"], { percent: true });
  assertEquals(encodeTable(table, { target: "b", targetKind: "number" }).features, ["a=2 for 1", "a=5% off"]);
});

Deno.test("parseTable() reads the usual spellings of a missing value as missing, and says which were there", () => {
  const usual = ["NA", "N/A", "n/a", "null", "NaN", "?", "-", "."];
  for (const spelling of usual) {
    const table = cellsOf(["1", spelling, "", "3"], {});
    assertEquals([...table.cells[0]!.numbers!], [1, NaN, NaN, 3]);
    assertEquals(table.spellings[0].missing, [spelling]);
    const texts = cellsOf(["x", spelling, "y", "x"], {});
    assertEquals([...texts.cells[0]!.texts].sort(), ["", "x", "y"]);
  }
});

Deno.test("readingOf() has new rows read as those that were learned from: the order of dates and the sign too", () => {
  const text = "d,p,b\n31/01/1970,5%,1\n02/01/1970,7%,2\n03/01/1970,9%,3\n";
  const data = encodeTable(parseTable(text, { file: "t.csv", reading: { dates: true, percent: true } }), {
    target: "b",
    targetKind: "number",
  });
  const reading = readingOf(data);
  const again = parseTable("d,p\n04/03/1970,5%\n05/03/1970,6%\n", { file: "new.csv", reading });
  assertEquals([...again.cells[0]!.numbers!], [62, 63]);
  assertThrows(
    () => parseTable("d,p\n04/03/1970,5\n05/03/1970,6\n", { file: "new.csv", reading }),
    InputError,
    'new.csv, line 2, column "p": the number is written without the "%"',
  );
});
