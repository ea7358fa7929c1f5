import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  encodeInputs,
  encodeTable,
  encodeWith,
  inferTargetKind,
  InputError,
  parseTable,
  type Table,
} from "../../src/data/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";

const tableOf = (text: string, minRows = 2): Table => parseTable(text, { file: "new.csv", minRows });

const NUMBERS = encodeTable(tableOf("a,b,y\n1,10,5\n3,30,9"), { target: "y", targetKind: "standardised" });
const CLASSES = encodeTable(tableOf("a,y\n1,no\n3,yes"), { target: "y", targetKind: "class" });

Deno.test("encodeWith() reproduces the data set that its encoding came from, to the bit", async () => {
  for (
    const [file, target, targetKind] of [["diabetes", "progression", "standardised"], [
      "breast_cancer",
      "diagnosis",
      "class",
    ]] as const
  ) {
    const text = await Deno.readTextFile(new URL(`../../data/${file}.csv`, import.meta.url));
    const table = parseTable(text, { file: `${file}.csv` });
    const set = encodeTable(table, { target, targetKind });
    assertEquals(encodeWith(table, set), set);
    // What a model file keeps: the encoding as JSON.
    assertEquals(
      encodeWith(table, { ...set, ...JSON.parse(JSON.stringify({ standardisation: set.standardisation })) }),
      set,
    );
  }
});

Deno.test("encodeWith() finds the columns by name, in the encoding's units, and ignores others", () => {
  const set = encodeWith(tableOf("name,y,b,a\nBo,7,20,5\nLi,11,0,1"), NUMBERS);
  assertEquals([...set.x.data], [1, 3, 0, 1, -1, -2]);
  assertEquals([...set.y], [0, 2]);
  assertEquals(set.features, ["a", "b"]);
  assertEquals(set.source, "new.csv");
});

Deno.test("encodeInputs() needs no target and takes a single row", () => {
  assertEquals([...encodeInputs(tableOf("b,a\n20,2", 1), NUMBERS).data], [1, 0, 0]);
  assertEquals([...encodeInputs(tableOf("b,a\n20,2", 1), { ...NUMBERS, intercept: false }).data], [0, 0]);
});

Deno.test("encodeInputs() needs a mean and a scale for every feature", () => {
  const standardisation = { x: { mean: [0], scale: [1, 1] }, y: null };
  assertThrows(
    () => encodeInputs(tableOf("a,b\n1,2\n3,4"), { ...NUMBERS, standardisation }),
    ShapeError,
    "expected shape [2], got [1]",
  );
});

Deno.test("encodeWith() reads classes by the encoding's names, also those the table has none of", () => {
  assertEquals([...encodeWith(tableOf("a,y\n1,yes\n2,yes"), CLASSES).y], [1, 1]);
  // As a model file of old has them, which says nothing of how its table was read.
  const { reading: _, ...old } = CLASSES;
  assertEquals([...encodeWith(tableOf("a,y\n1,1.0\n2,0"), { ...old, classes: ["0", "1"] }).y], [1, -1]);
  const now = { ...CLASSES, classes: ["0", "1"] as const };
  assertEquals([...encodeWith(tableOf("a,y\n1,1\n2,0"), now).y], [1, -1]);
  assertThrows(() => encodeWith(tableOf("a,y\n1,1.0\n2,0"), now), InputError, "read the column as text");
});

Deno.test("encodeWith() refuses what it cannot read in one sentence", () => {
  const sentence = (run: () => unknown) => assertThrows(run, InputError).message;
  assertEquals(
    sentence(() => encodeWith(tableOf("c,y\n1,2\n3,4"), NUMBERS)),
    `new.csv: the model's features "a", "b" are not columns; the columns are c, y`,
  );
  assertEquals(
    sentence(() => encodeWith(tableOf("a,B,y\n1,2,3\n3,4,5"), NUMBERS)),
    `new.csv: the model's feature "b" is not a column; did you mean "B"? (columns: a, B, y)`,
  );
  assertEquals(
    sentence(() => encodeWith(tableOf("a,b\n1,2\n3,4"), NUMBERS)),
    `new.csv: the model's target "y" is not a column; the columns are a, b`,
  );
  assertEquals(
    sentence(() => encodeWith(tableOf("a,y\n1,no\n3,maybe"), CLASSES)),
    `new.csv, line 3, column "y": "maybe" is not one of the model's classes "no", "yes"; correct it, or leave the row out`,
  );
  const tiny = {
    ...NUMBERS,
    standardisation: { x: { mean: [0, 0], scale: [1e-300, 1] }, y: { mean: [0], scale: [1e-300] } },
  };
  assertEquals(
    sentence(() => encodeWith(tableOf("a,b,y\n0,2,3\n1e300,4,5"), tiny)),
    `new.csv, line 3, column "a": "1e+300" is too large for the scale of this column; check its unit`,
  );
  assertEquals(
    sentence(() => encodeWith(tableOf("a,b,y\n0,2,3\n0,4,1e300"), tiny)),
    `new.csv, line 3, column "y": "1e+300" is too large for the scale of the target; check its unit`,
  );
});

Deno.test("encodeInputs() halves on the way where a difference alone would overflow", () => {
  const standardisation = { x: { mean: [1.5e308], scale: [1e308] }, y: null };
  const x = encodeInputs(tableOf("a\n-1.5e308\n1.5e308"), { ...CLASSES, standardisation, intercept: false });
  assertAlmostEquals(x.data[0], -3, 1e-15);
  assertEquals(x.data[1], 0);
});

Deno.test("inferTargetKind() says number for numbers and class for two values with text among them", () => {
  const kind = (cells: readonly string[]) =>
    inferTargetKind(tableOf(`y,a\n${cells.map((c) => `${c},1`).join("\n")}`), "y");
  assertEquals(kind(["1", "-2.5", "1e3"]), "number");
  assertEquals(kind(["0", "1", "1"]), "number");
  assertEquals(kind(["no", "yes", "no"]), "class");
  assertEquals(kind(["1", "many", "1"]), "class");
  assertEquals(kind(["a", "b", "c", "a", "b", "c"]), "classes");
  assertEquals(kind(["1", "2", "x", "1", "2", "x", "1", "2"]), "classes");
});

Deno.test("inferTargetKind() explains in one sentence what it cannot read", () => {
  const sentence = (cells: readonly string[], target = "y") =>
    assertThrows(() => inferTargetKind(tableOf(`y,a\n${cells.map((c) => `${c},1`).join("\n")}`), target), InputError)
      .message;
  assertEquals(
    sentence(["a", "b", "c"]),
    'new.csv, column "y": the target holds 3 classes ("a", "b", "c"), most of them once; classes have to recur',
  );
  assertEquals(
    sentence(["a", "a"]),
    'new.csv, column "y": the target holds 1 class ("a"); give it at least two',
  );
  assertEquals(
    sentence(["1", "2", "two", "4"]),
    'new.csv, line 4, column "y": "two" is not a number; put a number there, or read the column as text: 1 of its 4 cells is not a number',
  );
  assertEquals(
    sentence(["1", "", "3"]),
    'new.csv, line 3, column "y": the value is missing; fill it in, or leave out the rows without it',
  );
  assertEquals(sentence(["1", "2"], "z"), 'new.csv: the target "z" is not a column; the columns are y, a');
});
