import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type EncodeOptions, encodeTable, encodeWith, InputError, parseTable } from "../../src/data/mod.ts";

/** A table with numbers, categories and missing values, and how often each row is there. */
const ROWS = [
  ["1", "red", "3", "no", 2],
  ["4", "blue", "", "yes", 1],
  ["2", "red", "7", "yes", 3],
  ["8", "green", "1", "no", 0],
  ["5", "blue", "9", "no", 2],
  ["3", "green", "4", "yes", 1],
] as const;

const HEADER = "size,colour,depth,ill";
const weighted = parseTable(`${HEADER},w\n${ROWS.map((row) => row.join(",")).join("\n")}\n`, { file: "w.csv" });
const repeated = parseTable(
  `${HEADER}\n${ROWS.flatMap(([a, b, c, y, w]) => Array(w).fill([a, b, c, y].join(","))).join("\n")}\n`,
  { file: "repeated.csv" },
);

Deno.test("encodeTable() with whole weights scales as the repeated rows do, with an intercept and without", () => {
  for (const intercept of [true, false]) {
    for (const missing of ["mean", "drop", "indicator"] as const) {
      const options: EncodeOptions = { target: "size", targetKind: "standardised", intercept, missing };
      const a = encodeTable(weighted, { ...options, weights: "w" });
      const b = encodeTable(repeated, options);
      assertEquals(a.features, b.features);
      for (const side of ["x", "y"] as const) {
        for (const name of ["mean", "scale", "fill"] as const) {
          const [own, other] = [a, b].map(({ standardisation }) => standardisation[side]![name] ?? []);
          own.forEach((value, at) => assertAlmostEquals(value, other[at], 1e-12, `${side}.${name}`));
        }
      }
      assertEquals(
        [...a.weights!],
        ROWS.filter((row) => row[4] > 0 && (missing !== "drop" || row[2] !== "")).map((row) => row[4]),
      );
    }
  }
});

Deno.test("encodeTable() leaves out rows of weight 0, and the column of weights is no feature", () => {
  const data = encodeTable(weighted, { target: "size", targetKind: "number", missing: "mean", weights: "w" });
  assertEquals([...data.lines], [2, 3, 4, 6, 7]);
  assertEquals(data.columns.map(({ name }) => name), ["colour", "depth", "ill"]);
  assertEquals(data.weighting, { column: "w", classes: null });
});

Deno.test("encodeTable() with balanced classes gives each class the same weight in all, that of rows counted", () => {
  const options = {
    target: "ill",
    targetKind: "class",
    missing: "mean",
    weights: "w",
    classWeight: "balanced",
  } as const;
  const { weights, y, weighting } = encodeTable(weighted, options);
  const sumOf = (sign: number) => y.reduce((sum, one, row) => one === sign ? sum + weights![row] : sum, 0);
  assertAlmostEquals(sumOf(1), sumOf(-1), 1e-14);
  assertAlmostEquals(sumOf(1) + sumOf(-1), 9, 1e-14);
  assertEquals(weighting, { column: "w", classes: [9 / 8, 9 / 10] });
  // Other rows get the weights of the classes that were trained on.
  const other = parseTable(`${HEADER},w\n1,red,2,no,2\n1,red,2,no,2\n`, { file: "other.csv" });
  const encoding = encodeTable(weighted, options);
  assertEquals([...encodeWith(other, encoding).weights!], [9 / 4, 9 / 4]);
});

Deno.test("encodeTable() refuses weights that are none, with their line and the option", () => {
  const refused = (text: string, options: Partial<EncodeOptions>, message: string) =>
    assertThrows(
      () => encodeTable(parseTable(text, { file: "t.csv" }), { target: "y", targetKind: "number", ...options }),
      InputError,
      message,
    );
  refused("x,y,w\n1,2,1\n2,3,-1\n", { weights: "w" }, 't.csv, line 3, column "w": "-1" is no weight');
  refused("x,y,w\n1,2,1\n2,3,\n4,5,6\n", { weights: "w" }, 't.csv, line 3, column "w": the value is missing');
  refused("x,y,w\n1,2,1\n2,3,0\n", { weights: "w" }, "fewer than 2 rows have a weight above 0");
  refused("x,y,w\n1,2,1\n2,3,0\n", { weights: "v" }, 'the column of weights "v" is not a column');
  refused("x,y\n1,2\n2,3\n", { weights: "y" }, "the target cannot be the column of weights too");
  refused(
    "x,y\n1,2\n2,3\n",
    { classWeight: "balanced" },
    "classes are to be balanced, but the target is read as numbers",
  );
});
