import { assertEquals, assertThrows } from "@std/assert";
import { type EncodeOptions, encodeTable, InputError, parseTable, type Table } from "../../src/data/mod.ts";

const tableOf = (text: string): Table => parseTable(text, { file: "t.csv" });

const NUMBERS = "bmi,city,y\n21,Rome,1\n,Oslo,2\n";

/** Options that are refused for a table, and the whole sentence each is refused with. */
const REFUSED: readonly [name: string, text: string, options: EncodeOptions, sentence: string][] = [
  [
    "a missing value of a feature",
    NUMBERS,
    { target: "y", targetKind: "number", drop: ["city"] },
    't.csv, line 3, column "bmi": the value is missing; fill it in, or replace missing values by the mean',
  ],
  [
    "text among the numbers of a feature",
    "a,y\n1,2\nmany,3\n",
    { target: "y", targetKind: "number" },
    't.csv, line 3, column "a": "many" is not a number; put a number there, or read the column as text: 1 of its 2 cells is not a number',
  ],
  [
    "a text of its own in every row",
    NUMBERS,
    { target: "y", targetKind: "number", features: ["city"] },
    't.csv, column "city": the column holds 2 different texts in 2 rows; leave the column out',
  ],
  [
    "the same text in every row",
    "a,y\nx,1\nx,2\nx,3\n",
    { target: "y", targetKind: "number" },
    't.csv, column "a": the column holds the same text in 3 rows; leave the column out',
  ],
  [
    "a missing category",
    "a,y\nx,1\nz,2\nx,3\nz,2\n,5\n",
    { target: "y", targetKind: "number" },
    't.csv, line 6, column "a": the value is missing; fill it in, or replace missing values by the mean',
  ],
  [
    "a text and a column that would be called the same",
    "a,a=x,y\nx,1,1\nz,2,2\nx,3,2\nz,4,5\n",
    { target: "y", targetKind: "number" },
    't.csv: two features would be called "a=x"; rename a column',
  ],
  [
    "several targets of which one holds classes",
    "a,y,z\n1,no,2\n2,yes,3\n",
    { target: ["y", "z"], targetKind: "class" },
    't.csv, column "y": several targets must hold numbers; name one target, or use a loss for numbers',
  ],
  [
    "too few rows without missing values",
    "a,y\n,1\n2,\n3,3\n",
    { target: "y", targetKind: "number", missing: "drop" },
    "t.csv: fewer than 2 rows have no missing values; replace missing values by the mean, or leave out the columns that have them",
  ],
  [
    "a decimal comma",
    "body mass;y\n21,5;1\n20;2",
    { target: "y", targetKind: "number" },
    't.csv, line 2, column "body mass": "21,5" is a number with a decimal comma; read decimal commas, or read the column as text',
  ],
  [
    "a number that overflows",
    "a,y\n1,2\n1e999,3",
    { target: "y", targetKind: "number" },
    't.csv, line 3, column "a": "1e999" is too large for a number; write one below 1.8e308, or leave the column out',
  ],
  [
    "a missing target",
    "a,y\n1,2\n\n2, ",
    { target: "y", targetKind: "standardised" },
    't.csv, line 4, column "y": the value is missing; fill it in, or leave out the rows without it',
  ],
  [
    "a missing class",
    "a,y\n1,no\n2,\n3,yes",
    { target: "y", targetKind: "class" },
    't.csv, line 3, column "y": the value is missing; fill it in, or leave out the rows without it',
  ],
  [
    "text in a number target",
    "a,y\n1,two\n2,3",
    { target: "y", targetKind: "number" },
    't.csv, line 2, column "y": "two" is not a number; put a number there, or read the column as text: 1 of its 2 cells is not a number',
  ],
  [
    "an unknown target",
    NUMBERS,
    { target: "ctiy", targetKind: "number" },
    't.csv: the target "ctiy" is not a column; did you mean "city"? (columns: bmi, city, y)',
  ],
  [
    "an unknown dropped column, with the nearest name",
    NUMBERS,
    { target: "y", targetKind: "number", drop: ["Citi"] },
    't.csv: the column to leave out "Citi" is not a column; did you mean "city"? (columns: bmi, city, y)',
  ],
  [
    "an unknown dropped column, with all names when none is near",
    NUMBERS,
    { target: "y", targetKind: "number", drop: ["weight"] },
    't.csv: the column to leave out "weight" is not a column; the columns are bmi, city, y',
  ],
  [
    "an unknown feature",
    NUMBERS,
    { target: "y", targetKind: "number", features: ["bim"] },
    't.csv: the feature "bim" is not a column; did you mean "bmi"? (columns: bmi, city, y)',
  ],
  [
    "the target among the features",
    NUMBERS,
    { target: "y", targetKind: "number", features: ["bmi", "y"] },
    't.csv, column "y": the target cannot be a feature too; take it off that list',
  ],
  [
    "the target among the dropped",
    NUMBERS,
    { target: "y", targetKind: "number", drop: ["y"] },
    't.csv, column "y": the target cannot be left out; take it off that list',
  ],
  [
    "a feature named twice",
    NUMBERS,
    { target: "y", targetKind: "number", features: ["bmi", "bmi"] },
    't.csv, column "bmi": the column is named twice as a feature; name it once',
  ],
  [
    "a feature that is dropped",
    NUMBERS,
    { target: "y", targetKind: "number", features: ["bmi"], drop: ["bmi"] },
    't.csv, column "bmi": the column is both a feature and left out; take it off one list',
  ],
  [
    "no feature left",
    NUMBERS,
    { target: "y", targetKind: "number", drop: ["bmi", "city"] },
    't.csv: no feature is left beside the target "y"; the columns are bmi, city, y',
  ],
  [
    "three classes",
    "a,y\n1,x\n2,z\n3,y",
    { target: "y", targetKind: "class" },
    't.csv, column "y": the target holds 3 classes ("x", "y", "z"); give it exactly two',
  ],
  [
    "one class",
    "a,y\n1,1\n2,1",
    { target: "y", targetKind: "class" },
    't.csv, column "y": the target holds 1 class ("1"); give it exactly two',
  ],
  [
    "many classes, cut short",
    `a,y\n${Array.from({ length: 15 }, (_, at) => `${at},c${at + 10}`).join("\n")}`,
    { target: "y", targetKind: "class" },
    't.csv, column "y": the target holds 15 classes ("c10", "c11", "c12", "c13", "c14", "c15", "c16", "c17", "c18", "c19", "c20", "c21" and 3 more); give it exactly two',
  ],
  [
    "a positive class that is none",
    "a,y\n1,no\n2,yes",
    { target: "y", targetKind: "class", positive: "maybe" },
    't.csv, column "y": the positive class "maybe" is not one of the classes no, yes; name one of them',
  ],
  [
    "a positive class for numbers",
    "a,y\n1,1\n2,3",
    { target: "y", targetKind: "number", positive: "1" },
    't.csv, column "y": a positive class is named, but the target is read as numbers; name none',
  ],
];

for (const [name, text, options, sentence] of REFUSED) {
  Deno.test(`encodeTable() refuses ${name} in one sentence`, () => {
    assertEquals(assertThrows(() => encodeTable(tableOf(text), options), InputError).message, sentence);
  });
}

Deno.test("encodeTable() takes none of what JavaScript or a spreadsheet would call a number", () => {
  for (
    const cell of [
      "abc",
      "NaN",
      "nan",
      "inf",
      "Infinity",
      "-Infinity",
      "0x10",
      "1_000",
      "1 000",
      "1e",
      ".",
      "+",
      "٣",
      "null",
      "1n",
    ]
  ) {
    const text = `a,y\n1,1\n${cell},2`;
    const error = assertThrows(() => encodeTable(tableOf(text), { target: "y", targetKind: "number" }), InputError);
    assertEquals([error.line, error.column], [3, "a"]);
  }
});
