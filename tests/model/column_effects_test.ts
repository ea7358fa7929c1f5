import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { columnEffects, columnInputs, partialDependence, permutationImportance } from "../../src/model/mod.ts";
import { key } from "../../src/random/mod.ts";
import type { Matrix } from "../../src/tensor/mod.ts";

/** y = 3a + b², of `rows` rows; c says nothing. */
const rowsOf = (rows: number) =>
  Array.from({ length: rows }, (_, i) => {
    const [a, b, c] = [i % 7, (i * 5) % 11 - 5, (i * 3) % 4];
    return `${a},${b},${c},${3 * a + b * b}`;
  });
const data = encodeTable(parseTable(`a,b,c,y\n${rowsOf(77).join("\n")}\n`, { file: "t.csv" }), {
  target: "y",
  targetKind: "standardised",
});

/** What the truth predicts from encoded inputs, as the loss reads it. */
const truth = ({ rows, cols, data: x }: Matrix): Float64Array => {
  const { mean, scale } = data.standardisation.x;
  const [own] = [data.standardisation.y!];
  return Float64Array.from({ length: rows }, (_, row) => {
    const [a, b] = [0, 1].map((j) => x[row * cols + 1 + j] * scale[j] + mean[j]);
    return (3 * a + b * b - own.mean[0]) / own.scale[0];
  });
};

const straight = ({ rows, cols, data: x }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => 0.5 * x[row * cols + 1]);

Deno.test("columnEffects() orders columns by importance, and draws those that the model reads, in the target's unit", () => {
  const { rows, importance, dependence } = columnEffects({ model: truth, linear: straight }, data, squared, key(3));
  assertEquals(rows, 77);
  assertEquals(importance.map(({ name }) => name), ["b", "a", "c"]);
  assertEquals(importance[2].increase, 0);
  assertEquals(dependence.map(({ name }) => name), ["b", "a"]);
  const [, a] = dependence;
  // Over all rows b² has the mean 10, and so a = 0 predicts 10, each more 3 more.
  assertEquals(a.values.map(Number).map(Math.round), [0, 1, 2, 3, 4, 5, 6]);
  a.model.data.forEach((value, at) => assertAlmostEquals(value, 10 + 3 * at, 1e-9));
  const scale = data.standardisation;
  a.linear!.data.forEach((value, at) => {
    const z = (at - scale.x.mean[0]) / scale.x.scale[0];
    assertAlmostEquals(value, 0.5 * z * scale.y!.scale[0] + scale.y!.mean[0], 1e-9);
  });
});

Deno.test("columnEffects() uses no more rows and columns than asked for, the same for the same key, and keeps the data", () => {
  const before = data.x.data.slice();
  const seen: number[] = [];
  const model = (x: Matrix) => {
    seen.push(x.rows);
    return truth(x);
  };
  const options = { rows: 30, columns: 1 };
  const found = columnEffects({ model, linear: null }, data, squared, key(3), options);
  assertEquals([found.rows, found.dependence.length, found.dependence[0].linear], [30, 1, null]);
  assert(seen.every((rows) => rows === 30));
  assertEquals(columnEffects({ model, linear: null }, data, squared, key(3), options), found);
  assertEquals(data.x.data, before);
  const none = { ...data, x: { ...data.x, rows: 0, data: new Float64Array(0) }, y: new Float64Array(0) };
  assertThrows(() => columnEffects({ model, linear: null }, none, squared, key(1)), RangeError, "1 row or more");
});

Deno.test("columnInputs() counts indicators of missing values; importance and dependence move and set them with their column", () => {
  const table = parseTable("a,b,y\n1,2,1\n,4,2\n3,6,3\n,8,4\n5,1,5\n", { file: "t.csv" });
  const data = encodeTable(table, { target: "y", targetKind: "number", missing: "indicator" });
  assertEquals(data.features, ["a", "a is missing", "b"]);
  assertEquals(columnInputs(data).map(({ from, width }) => [from, width]), [[1, 2], [3, 1]]);
  const onlyB = ({ rows, cols, data: x }: Matrix) => Float64Array.from({ length: rows }, (_, i) => x[i * cols + 3]);
  const [a, b] = permutationImportance(onlyB, data, squared, key(1));
  assert(a.increase === 0 && b.increase !== 0);
  const seen: number[] = [];
  const reads = ({ rows, cols, data: x }: Matrix) => {
    for (let i = 0; i < rows; i++) seen.push(x[i * cols + 2]);
    return new Float64Array(rows);
  };
  partialDependence(reads, data.x, data, "a");
  const { mean, scale } = data.standardisation.x;
  assert(seen.every((value) => Math.abs(value - (0 - mean[1]) / scale[1]) < 1e-15), "a value that is set is there");
});
