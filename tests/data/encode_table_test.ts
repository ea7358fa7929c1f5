import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import {
  encodeInputs,
  type EncodeOptions,
  encodeTable,
  encodeWith,
  InputError,
  parseTable,
  surveyColumns,
  type Table,
  takeRows,
  textsOf,
} from "../../src/data/mod.ts";

/** Rounding of a mean or a deviation of a few hundred numbers, relative to their size. */
const ROUNDING = 1e-13;

const tableOf = (text: string): Table => parseTable(text, { file: "t.csv" });
const bundled = async (file: string): Promise<Table> =>
  parseTable(await Deno.readTextFile(new URL(`../../data/${file}`, import.meta.url)), { file: `data/${file}` });

/** A column of `x`. */
function columnOf({ rows, cols, data }: { rows: number; cols: number; data: Float64Array }, at: number): number[] {
  return Array.from({ length: rows }, (_, row) => data[row * cols + at]);
}

/** Mean and population standard deviation by the textbook. */
function moments(values: readonly number[]): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
}

Deno.test("encodeTable() standardises diabetes.csv: columns of mean 0 and mean square 1 that lead back to the file", async () => {
  const table = await bundled("diabetes.csv");
  const set = encodeTable(table, { target: "progression", targetKind: "standardised" });
  assertEquals([set.source, set.x.rows, set.x.cols, set.features.length], ["diabetes.csv", 442, 11, 10]);
  assertEquals(columnOf(set.x, 0), Array(442).fill(1));
  const { x, y } = set.standardisation;
  for (const [at, name] of [...set.features, ...set.targets].entries()) {
    const raw = textsOf(table, name).map(Number);
    const encoded = at < 10 ? columnOf(set.x, at + 1) : [...set.y];
    const [mean, scale] = at < 10 ? [x.mean[at], x.scale[at]] : [y!.mean[0], y!.scale[0]];
    const [wantedMean, wantedScale] = moments(raw);
    assertAlmostEquals(mean, wantedMean, ROUNDING * wantedMean);
    assertAlmostEquals(scale, wantedScale, ROUNDING * wantedScale);
    const [zero, one] = moments(encoded);
    assertAlmostEquals(zero, 0, ROUNDING);
    assertAlmostEquals(one, 1, ROUNDING);
    raw.forEach((value, row) => assertAlmostEquals(encoded[row] * scale + mean, value, ROUNDING * wantedMean));
  }
});

Deno.test("encodeTable() knows the mean and deviation of the diabetes target in closed form", async () => {
  const table = await bundled("diabetes.csv");
  const { standardisation } = encodeTable(table, { target: "progression", targetKind: "standardised" });
  // Whole numbers: both sums are exact.
  const values = textsOf(table, table.columns[10]).map(BigInt);
  const [sum, squares] = [values.reduce((s, v) => s + v), values.reduce((s, v) => s + v * v, 0n)];
  assertAlmostEquals(standardisation.y!.mean[0], Number(sum) / 442, 1e-13);
  assertAlmostEquals(standardisation.y!.scale[0], Math.sqrt(Number(442n * squares - sum * sum)) / 442, 1e-13);
});

Deno.test("encodeTable() makes breast_cancer.csv two classes, benign -1 and malignant +1, or the other way round", async () => {
  const table = await bundled("breast_cancer.csv");
  const set = encodeTable(table, { target: "diagnosis", targetKind: "class" });
  assertEquals([set.x.rows, set.x.cols, set.classes], [569, 31, ["benign", "malignant"]]);
  assertEquals(set.standardisation.y, null);
  assertEquals([...set.y].filter((y) => y === 1).length, 212);
  assertEquals([...set.y].filter((y) => y === -1).length, 357);
  const other = encodeTable(table, { target: "diagnosis", targetKind: "class", positive: "benign" });
  assertEquals(other.classes, ["malignant", "benign"]);
  assertEquals([...other.y], [...set.y].map((y) => -y));
});

Deno.test("encodeTable() gives a constant column its own value as mean, scale 1 and zeros", () => {
  const set = encodeTable(tableOf("a,y\n0.1,0.3\n0.1,0.3\n0.1,0.3"), { target: "y", targetKind: "standardised" });
  assertEquals(set.standardisation, { x: { mean: [0.1], scale: [1] }, y: { mean: [0.3], scale: [1] } });
  assertEquals([...set.x.data], [1, 0, 1, 0, 1, 0]);
  assertEquals([...set.y], [0, 0, 0]);
});

Deno.test("encodeTable() does not scale a plain number target", () => {
  const set = encodeTable(tableOf("a,y\n1,+2\n3,-0.5\n5, 1e3 \n7,.5"), { target: "y", targetKind: "number" });
  assertEquals([...set.y], [2, -0.5, 1000, 0.5]);
  assertEquals(set.standardisation.y, null);
});

Deno.test("encodeTable() takes features in file order less the dropped, or in the order given", () => {
  const table = tableOf("a,b,y,c\n1,10,0,5\n3,30,1,7");
  const names = (options: Partial<EncodeOptions>) =>
    encodeTable(table, { target: "y", targetKind: "number", ...options });
  assertEquals(names({}).features, ["a", "b", "c"]);
  assertEquals(names({ drop: ["b"] }).features, ["a", "c"]);
  assertEquals(names({ features: ["c", "a"] }).features, ["c", "a"]);
  assertEquals(names({ features: ["c", "a"] }).standardisation.x, { mean: [6, 2], scale: [1, 1] });
  const bare = names({ intercept: false, features: ["a"] });
  assertEquals([bare.intercept, bare.x.cols, [...bare.x.data]], [false, 1, [1, 3].map((a) => a / Math.sqrt(5))]);
});

Deno.test("encodeTable() does not read the dropped columns, whatever they hold", () => {
  const set = encodeTable(tableOf("a,name,y\n1,Bo,0\n3,,1"), { target: "y", targetKind: "number", drop: ["name"] });
  assertEquals(set.features, ["a"]);
});

Deno.test("encodeTable() tells classes apart as they are written, and refuses those that have lost how", () => {
  const read = (text: string, type: "text" | "number") =>
    encodeTable(parseTable(text, { file: "t.csv", reading: { types: { y: type } } }), {
      target: "y",
      targetKind: "class",
    });
  const set = read("a,y\n1,1E2\n2,100\n3,1E2\n4,100\n", "text");
  assertEquals([set.classes, [...set.y]], [["100", "1E2"], [1, -1, 1, -1]]);
  const error = assertThrows(() => read("a,y\n1,1E2\n2,100\n3,1E2\n4,100\n", "number"), InputError);
  assertEquals(error.remedy, { option: "types", value: "y=text" });
  const other = encodeTable(tableOf("a,y\n1,-1\n2,1"), { target: "y", targetKind: "class", positive: "-1" });
  assertEquals([other.classes, [...other.y]], [["1", "-1"], [1, -1]]);
});

Deno.test("encodeTable() keeps classes and levels apart that are written apart, or refuses them: none are merged", () => {
  const columns = [
    ["007", "7", "00A", "1B"],
    ["007", "7", "07", "7.0"],
    ["True", "TRUE", "true", "T"],
    ["1E2", "100", "1e2", "X"],
    ["1E2", "100", "100.0", "+100"],
  ];
  for (const cells of columns) {
    const table = (types: Readonly<Record<string, "text">>) => {
      const rows = Array.from({ length: 12 }, (_, row) => `${cells[row % 4]},${cells[row % 4]},${row}`).join("\n");
      return parseTable(`a,code,n\n${rows}\n`, { file: "t.csv", reading: { types } });
    };
    const asText = encodeTable(table({ a: "text", code: "text" }), { target: "code", targetKind: "classes" });
    assertEquals(asText.classes, cells.toSorted());
    assertEquals(asText.features, [...cells.toSorted().map((cell) => `a=${cell}`), "n"]);
    const encode = () => encodeTable(table({}), { target: "code", targetKind: "classes", drop: ["a"] });
    const hasNumbers = cells.some((cell) => Number.isFinite(Number(cell)));
    if (!hasNumbers) assertEquals(encode().classes, cells.toSorted());
    else assertEquals(assertThrows(encode, InputError).remedy, { option: "types", value: "code=text" });
  }
});

Deno.test("encodeTable() takes no spelling of a missing value for a class or a level, whatever is done about it", () => {
  for (const spelling of ["", "NA", "N/A", "n/a", "#N/A", "null", "NULL", "NaN", "nan", "?", "-", "."]) {
    const rows = ["1,u,no", `${spelling},v,yes`, `3,${spelling},no`, `4,u,${spelling}`, "5,v,yes", "6,u,no"];
    const table = tableOf(`a,t,y\n${rows.join("\n")}\n`);
    const of = (missing?: "mean" | "drop" | "indicator") =>
      encodeTable(table, { target: "y", targetKind: "class", missing });
    const error = assertThrows(() => of(), InputError);
    assertEquals([error.line, error.column, error.remedy?.option], [5, "y", "missing"], spelling);
    for (
      const [missing, y, features] of [
        ["mean", [-1, 1, -1, 1, -1], ["a", "t=u", "t=v"]],
        ["drop", [-1, 1, -1], ["a", "t=u", "t=v"]],
        ["indicator", [-1, 1, -1, 1, -1], ["a", "a is missing", "t=u", "t=v", "t is missing"]],
      ] as const
    ) {
      const set = of(missing);
      assertEquals([set.classes, [...set.y], set.features], [["no", "yes"], [...y], [...features]], spelling);
    }
  }
});

Deno.test("encodeTable() refuses a column with a different text in most rows before it makes an input of each", () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => `u${row},${row % 7}`).join("\n");
  const table = parseTable(`id,y\n${rows}\n`, { file: "t.csv" });
  const error = assertThrows(() => encodeTable(table, { target: "y", targetKind: "number" }), InputError);
  assertEquals(error.remedy, { option: "drop", value: "id" });
});

Deno.test("encodeTable() freezes what it returns", () => {
  const set = encodeTable(tableOf("a,y\n1,no\n2,yes"), { target: "y", targetKind: "class" });
  const { x } = set.standardisation;
  for (const part of [set, set.features, set.x, set.classes, set.standardisation, x, x.mean, x.scale]) {
    assert(Object.isFrozen(part));
  }
});

Deno.test("encodeTable() stays finite and standard for numbers of every size", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 2, maxLength: 20 }), (values) => {
      const text = `a,y\n${values.map((value, at) => `${value},${at}`).join("\n")}`;
      const { x, standardisation } = encodeTable(tableOf(text), {
        target: "y",
        targetKind: "number",
      });
      assert([...x.data, standardisation.x.mean[0]].every(Number.isFinite));
      const [low, high] = [Math.min(...values), Math.max(...values)];
      assert(standardisation.x.mean[0] >= low && standardisation.x.mean[0] <= high);
      assert(standardisation.x.scale[0] > 0);
      // Below about 1e-290 the deviation itself has few digits left; rounding of the mean counts against a small spread.
      const spread = high / 2 - low / 2;
      if (spread < 1e-290 || spread < 1e-6 * Math.max(-low, high)) return;
      const [mean, deviation] = moments(columnOf(x, 1));
      assertAlmostEquals(mean, 0, 1e-8);
      assertAlmostEquals(deviation, 1, 1e-8);
    }),
    { numRuns: 2000, examples: [[[-1.7e308, 1.7e308, 1.7e308]], [[0, 5e-324]], [[1.7976931348623157e308, 0]]] },
  );
});

const TOWNS = "town,age,y\nUlm,1,2\nAach,3,4\nUlm,,6\nAach,5,8\n,3,5\n";

Deno.test("encodeTable() one-hot encodes and standardises categories, and replaces missing values by the mean", () => {
  const set = encodeTable(tableOf(TOWNS), { target: "y", targetKind: "number", missing: "mean" });
  assertEquals(set.features, ["town=Aach", "town=Ulm", "age"]);
  assertEquals(set.columns, [{ name: "town", levels: ["Aach", "Ulm"] }, { name: "age", levels: null }]);
  // Two of four known towns are Aach: mean 1/2, deviation 1/2. Ages 1, 3, 5, 3: mean 3, deviation sqrt(2).
  assertEquals(set.standardisation.x.mean, [0.5, 0.5, 3]);
  const rows = Array.from({ length: 5 }, (_, i) => [...set.x.data.slice(4 * i, 4 * i + 4)]);
  assertEquals(
    rows,
    [
      [1, -1, 1, -2 / Math.SQRT2],
      [1, 1, -1, 0],
      [1, -1, 1, 0],
      [1, 1, -1, 2 / Math.SQRT2],
      [1, 0, 0, 0],
    ].map((row) => row.map((value) => value + 0)),
  );
});

Deno.test("encodeTable() leaves out the rows with missing values in columns that are used, and no others", () => {
  const rows = (options: Partial<EncodeOptions>) =>
    encodeTable(tableOf(TOWNS), { target: "y", targetKind: "number", missing: "drop", ...options }).y;
  assertEquals([...rows({})], [2, 4, 8]);
  assertEquals([...rows({ drop: ["age"] })], [2, 4, 6, 8]);
});

Deno.test("encodeTable() reads several targets of numbers and three classes, a row after another", () => {
  const several = encodeTable(tableOf("a,u,v\n1,1,10\n2,3,30\n"), { target: ["u", "v"], targetKind: "standardised" });
  assertEquals([several.outputs, several.targets, several.features], [2, ["u", "v"], ["a"]]);
  assertEquals([...several.y], [-1, -1, 1, 1]);
  assertEquals(several.standardisation.y, { mean: [2, 20], scale: [1, 10] });
  const classes = encodeTable(tableOf("a,y\n1,b\n2,a\n3,c\n"), { target: "y", targetKind: "classes" });
  assertEquals([classes.outputs, classes.classes], [3, ["a", "b", "c"]]);
  assertEquals([...classes.y], [0, 1, 0, 1, 0, 0, 0, 0, 1]);
});

Deno.test("encodeInputs() refuses an unknown category, or reads it as none of the known ones", () => {
  const unseen = tableOf("town,age\nBonn,3\nUlm,3\n");
  const refused = encodeTable(tableOf(TOWNS.replace("Ulm,,6\n", "").replace(",3,5\n", "Ulm,3,5\n")), {
    target: "y",
    targetKind: "number",
  });
  assertEquals(
    assertThrows(() => encodeInputs(unseen, refused), InputError).message,
    't.csv, line 2, column "town": "Bonn" is not one of the 2 categories that the model knows; correct it, or read it as none of them',
  );
  const filled = encodeTable(tableOf(TOWNS), { target: "y", targetKind: "number", missing: "mean" });
  assertThrows(() => encodeInputs(unseen, filled), InputError, "Bonn");
  const zeros = filled.standardisation.x.mean.map((mean, at) => -mean / filled.standardisation.x.scale[at]);
  const row = [...encodeInputs(unseen, { ...filled, unknown: "zero" }).data.slice(0, 4)];
  const levels = filled.features.map((name) => name.startsWith("town="));
  row.slice(1).forEach((value, at) => levels[at] && assertAlmostEquals(value, zeros[at], 1e-12));
  assertEquals(levels.filter((one) => one).length, 2);
});

Deno.test("encodeTable() reads a column with texts and numbers as categories when most of its cells are texts", () => {
  const rows = "drive,y\nf,1\n4,2\nr,3\nf,4\n4,5\n";
  const { columns, x } = encodeTable(tableOf(rows), { target: "y", targetKind: "number" });
  assertEquals(columns, [{ name: "drive", levels: ["4", "f", "r"] }]);
  assertEquals([...x.data].map((value) => value > 0), [
    ...[true, false, true, false],
    ...[true, true, false, false],
    ...[true, false, false, true],
    ...[true, false, true, false],
    ...[true, true, false, false],
  ]);
  const error = assertThrows(
    () => encodeTable(tableOf("n,y\n3,1\n4,2\nrotary,3\n4,4\n"), { target: "y", targetKind: "number" }),
    InputError,
  );
  assertEquals(error.remedy, { option: "types", value: "n=text" });
});

Deno.test("encodeTable() reads a column as the type that was said", () => {
  const text = "code,y\n007,1\n7,2\n007,3\n7,4\n";
  const as = (type: "text" | "number") =>
    encodeTable(parseTable(text, { file: "t.csv", reading: { types: { code: type } } }), {
      target: "y",
      targetKind: "number",
    });
  assertEquals(as("text").features, ["code=007", "code=7"]);
  assertEquals(as("number").columns, [{ name: "code", levels: null, constant: true }]);
  const drive = parseTable("d,y\nf,1\n4,2\nf,3\n", { file: "t.csv", reading: { types: { d: "number" } } });
  const error = assertThrows(() => encodeTable(drive, { target: "y", targetKind: "number" }), InputError);
  assertEquals(
    error.message,
    't.csv, line 2, column "d": "f" is not a number; put a number there, or leave the column out',
  );
});

Deno.test("parseTable() tells which columns have numbers that are not written in their shortest form", () => {
  for (
    const [cell, rewritten] of [
      ...["0", "1", "10", "-3", "0.5", "12.25", "1e-7", "123456789012345"].map((one) => [one, false] as const),
      ...["007", "1.0", "1E2", "+1", ".5", "5.", "-0", "0.0000001", "00.5", "1e2", "12345678901234567890123"]
        .map((one) => [one, true] as const),
    ]
  ) {
    const { spellings, cells } = parseTable(`a,b\n2,x\n${cell},y\n`, { file: "t.csv" });
    assertEquals([spellings[0].rewritten, spellings[1].rewritten], [rewritten, false], cell);
    assertEquals(rewritten, String(cells[0]!.numbers![1]) !== cell, cell);
  }
});

Deno.test("encodeTable() with an indicator says where values are missing, and has their mean beside it", () => {
  const text = "a,t,y\n2,u,1\n,v,2\n4,,3\n3,u,4\n";
  const set = encodeTable(tableOf(text), { target: "y", targetKind: "number", missing: "indicator" });
  assertEquals(set.features, ["a", "a is missing", "t=u", "t=v", "t is missing"]);
  const column = (at: number) => Array.from({ length: 4 }, (_, row) => set.x.data[row * 6 + 1 + at]);
  assertEquals(column(0)[1], 0);
  assertEquals(column(1).map((value) => value > 0), [false, true, false, false]);
  assertEquals(column(4).map((value) => value > 0), [false, false, true, false]);
  // Three zeros and a one: mean 1/4, deviation sqrt(3)/4.
  assertAlmostEquals(column(1)[1], Math.sqrt(3), 1e-12);
  assertAlmostEquals(column(1)[0], -1 / Math.sqrt(3), 1e-12);
  const fresh = encodeInputs(tableOf("a,t\n,u\n2,\n"), set);
  assertEquals([...fresh.data.slice(0, 3)], [1, 0, column(1)[1]]);
});

Deno.test("encodeTable() leaves out rows without a target unless missing values are refused", () => {
  const text = "a,y\n1,1\n2,NA\n,3\n4,5\n";
  for (const [missing, rows] of [["mean", 3], ["indicator", 3], ["drop", 2]] as const) {
    const set = encodeTable(tableOf(text), { target: "y", targetKind: "number", missing });
    assertEquals([set.y.length, ...set.y], [rows, 1, ...missing === "drop" ? [] : [3], 5]);
  }
  assertThrows(() => encodeTable(tableOf(text), { target: "y", targetKind: "number" }), InputError, "missing");
});

Deno.test("surveyColumns() lets a part without a rare level or class be encoded as the whole", () => {
  const table = tableOf("a,y\nx,p\nz,q\nx,r\nz,p\nw,q\nx,p\n");
  const options = { target: "y", targetKind: "classes" } as const;
  const known = surveyColumns(table, options);
  const part = encodeTable(takeRows(table, [0, 1, 3, 5]), { ...options, known });
  assertEquals([part.features, part.classes, part.outputs], [["a=w", "a=x", "a=z"], ["p", "q", "r"], 3]);
  assertEquals(part.columns, [{ name: "a", levels: ["w", "x", "z"], unseen: ["w"] }]);
  const rest = encodeWith(takeRows(table, [2, 4]), part);
  // A level that was never learned from is none of the levels: all of its inputs are those of a 0.
  assertEquals(rest.x.data[4 + 1], 0);
  assert(rest.x.data[4 + 2] < 0 && rest.x.data[4 + 3] < 0);
  assertEquals([...rest.y], [0, 0, 1, 0, 1, 0]);
});

Deno.test("encodeTable() names the column that has no values, target or feature, whatever is done about missing ones", () => {
  const empty = parseTable("a,b,y\n,1,\n,2,\n,3,\n", { file: "t.csv" });
  const options = { target: "y", targetKind: "number", missing: "mean" } as const;
  assertThrows(
    () => encodeTable(empty, options),
    InputError,
    'column "y": the column has 0 values in 3 rows; leave it out',
  );
  const feature = parseTable("a,b,y\n,1,1\n7,,2\n,3,3\n", { file: "t.csv" });
  assertThrows(
    () => encodeTable(feature, { ...options, missing: "drop" }),
    InputError,
    'column "a": the column has 1 value',
  );
  const scattered = parseTable("a,b,y\n,1,1\n7,,2\n8,,4\n,3,3\n", { file: "t.csv" });
  assertThrows(
    () => encodeTable(scattered, { ...options, missing: "drop" }),
    InputError,
    "replace missing values by the mean",
  );
});

Deno.test("encodeTable() says of a name that looks like a column that it is written in other characters", () => {
  const table = parseTable("caf\u0065\u0301,in\u00a0come,y\n1,2,3\n4,5,6\n", { file: "t.csv" });
  for (const name of ["caf\u00e9", "in come"]) {
    const features = [name];
    assertThrows(
      () => encodeTable(table, { target: "y", targetKind: "number", features }),
      InputError,
      "looks like it, but is written in other characters; copy the name from the file",
    );
  }
  for (const text of ["a y\n1 2\n3 4\n", "measured at night\na;y\n1;2\n"]) {
    const only = parseTable(text, { file: "t.csv" });
    assertThrows(() => encodeTable(only, { target: "y", targetKind: "number" }), InputError, "the only column is");
  }
});
