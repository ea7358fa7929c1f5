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
  [["1970-01-02T01:30:00+01:30", "1970-01-01 18:00 -0600", "1970-01-02 06:00 UTC"], { dates: true }, [1, 1, 1.25]],
  [["1970-02", "1971-01"], { dates: true }, [31, 365]],
  [["CHF 10", "CHF 1,234.5"], { currency: true, thousands: true }, [10, 1234.5]],
  [["₩900", "₩50"], { currency: true }, [900, 50]],
  [["12 USD", "7.5 USD"], { currency: true }, [12, 7.5]],
  [["0,125", "12,500"], { decimalComma: true }, [0.125, 12.5]],
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
    let remedy = error.remedy!;
    while (remedy.or) remedy = remedy.or;
    assertEquals([error.column, remedy], ["a", { option: "types", value: "a=text" }]);
  });
}

Deno.test("parseTable() refuses a column that mixes spellings, whatever is allowed, when it is used", () => {
  const all = { thousands: true, percent: true, currency: true, dates: true };
  for (const cells of [["5%", "7"], ["$5", "€7"], ["2024-01-02", "7"], ["3/4/2024", "5/6/2024"], ["5%", "$7"]]) {
    assertThrows(() => encodeTable(cellsOf(cells, all), { target: "b", targetKind: "number" }), InputError, '"a"');
  }
});

Deno.test("encodeTable() refuses 1,234 with both of its readings, and 0,234 with the only one, whatever is allowed beside it", () => {
  const remedyOf = (cells: readonly string[], reading: Reading = {}) =>
    assertThrows(() => encodeTable(cellsOf(cells, reading), { target: "b", targetKind: "number" }), InputError).remedy!;
  assertEquals(remedyOf(["1,234", "12,500", "3"]), {
    option: "thousands",
    or: { option: "decimal", value: "comma", or: { option: "types", value: "a=text" } },
  });
  for (const cells of [["1,234", "1,234,567"], ["1,234", "1.5"], ["1 234", "2 000"]]) {
    assertEquals([remedyOf(cells).option, remedyOf(cells).or!.option], ["thousands", "types"]);
  }
  for (const thousands of [false, true]) assertEquals(remedyOf(["0,234", "1,500"], { thousands }).option, "decimal");
});

Deno.test("encodeTable() refuses dates with a year of two digits in one sentence, and takes no time that a clock does not have", () => {
  for (const cells of [["1/2/24", "13/2/24"], ["1-Jan-24", "2-Feb-24 12:00"], ["24.12.23", "31.12.23"]]) {
    const table = cellsOf(cells, { dates: true });
    assertThrows(() => encodeTable(table, { target: "b", targetKind: "number" }), InputError, "a year of two digits");
  }
  for (const cell of ["2024-01-02 25:00", "2024-01-02 12:60", "2024-01-02T12:00+15:00", "2024-13", "2024-00-01"]) {
    assertEquals(cellsOf([cell, cell], { dates: true }).cells[0]!.kind, "text");
  }
});

Deno.test("parseTable() reads a comma between cells as a separator also where decimals follow a comma", () => {
  const read = (text: string) =>
    parseTable(text, { file: "t.csv", reading: { decimalComma: true } }).cells.map((cells) => [...cells!.numbers!]);
  assertEquals(read('a,b\n1,2\n"3,5",4\n5,"6,25"\n'), [[1, 3.5, 5], [2, 4, 6.25]]);
  assertEquals(read("a;b\n1,5;2\n3;4\n"), [[1.5, 3], [2, 4]]);
});

Deno.test("parseTable() leaves texts that only contain such numbers as texts", () => {
  const table = cellsOf(["5% off", "2 for 1", "5% off", "2 for 1"], { percent: true });
  assertEquals(encodeTable(table, { target: "b", targetKind: "number" }).features, ["a=2 for 1", "a=5% off"]);
});

Deno.test("parseTable() reads the usual spellings of a missing value as missing, and says which were there", () => {
  const usual = [
    "NA",
    "na",
    "N/A",
    "n/a",
    "<NA>",
    "null",
    "NULL",
    "NaN",
    "nan",
    "?",
    "-",
    ".",
    "#N/A",
    "#DIV/0!",
    "#REF!",
  ];
  for (const spelling of usual) {
    const table = cellsOf(["1", spelling, "", "3"], {});
    assertEquals([...table.cells[0]!.numbers!], [1, NaN, NaN, 3]);
    assertEquals(table.spellings[0].missing, [spelling]);
    const texts = cellsOf(["x", spelling, "y", "x"], {});
    assertEquals([...texts.cells[0]!.texts].sort(), ["", "x", "y"]);
  }
  assertEquals(cellsOf(["Na", "Nan", "None", "Null"], {}).cells[0]!.texts, ["Na", "Nan", "None", "Null"]);
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
