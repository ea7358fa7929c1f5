import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { columnInputs, partialDependence, permutationImportance } from "../../src/model/mod.ts";
import { encodeTable, type Matrix, parseTable } from "../../src/data/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { key, normal, permutation } from "../../src/random/mod.ts";

const TOWNS = ["Aach", "Bonn", "Ulm"];

/** y depends on town and a, not on b; a runs over 0 to 299 in another order than the rows. */
function example(rows = 300) {
  const [a, b] = [permutation(key(1), rows), normal(key(2), rows)];
  const lines = Array.from(a, (value, i) => `${value},${TOWNS[i % 3]},${b[i]},${value / 100 + i % 3}`);
  const table = parseTable(`a,town,b,y\n${lines.join("\n")}\n`, { file: "t.csv" });
  return encodeTable(table, { target: "y", targetKind: "number" });
}

/** What gives y of the example, from the encoded inputs: [1, a, town = Aach, Bonn, Ulm, b]. */
const truth = ({ standardisation: { x: { mean, scale } } }: ReturnType<typeof example>) => (x: Matrix) =>
  Float64Array.from({ length: x.rows }, (_, row) => {
    const raw = (j: number) => x.data[row * x.cols + 1 + j] * scale[j] + mean[j];
    return raw(0) / 100 + raw(2) + 2 * raw(3);
  });

Deno.test("columnInputs() counts the intercept and the categories", () => {
  const data = example();
  assertEquals(columnInputs(data), [
    { name: "a", from: 1, width: 1 },
    { name: "town", from: 2, width: 3 },
    { name: "b", from: 5, width: 1 },
  ]);
  assertEquals(columnInputs({ ...data, intercept: false })[1].from, 1);
});

Deno.test("permutationImportance() of a perfect model is the variance of each column's part, and 0 of a column that is not read", () => {
  const data = example();
  const [a, town, b] = permutationImportance(truth(data), data, squared, key(3), { repeats: 20 });
  assertEquals([a.name, town.name, b.name], ["a", "town", "b"]);
  // E (u - u')^2 / 2 is the variance of u: (300^2 - 1) / 12 / 100^2 of a, 2 / 3 of the town; 20 permutations of 300 rows are off by 2 %.
  assertAlmostEquals(a.increase, (300 ** 2 - 1) / 12 / 1e4, 0.04);
  assertAlmostEquals(town.increase, 2 / 3, 0.04);
  assertEquals([b.increase, b.standardDeviation], [0, 0]);
  assert(a.standardDeviation > 0 && a.standardDeviation < 0.1);
});

Deno.test("permutationImportance() moves the inputs of a category together, each row's other inputs stay, and the data are untouched", () => {
  const data = example(30);
  const before = data.x.data.slice();
  const rowsOf = (x: Matrix, from: number, width: number) =>
    Array.from({ length: x.rows }, (_, row) => String(x.data.slice(row * x.cols + from, row * x.cols + from + width)));
  let calls = 0;
  permutationImportance(
    (x) => {
      const inputs = columnInputs(data);
      const changed = inputs.filter(({ from, width }) =>
        String(rowsOf(x, from, width)) !== String(rowsOf(data.x, from, width))
      );
      assertEquals(changed.map(({ name }) => name), calls === 0 ? [] : [inputs[calls - 1].name]);
      for (const { from, width } of inputs) {
        assertEquals(rowsOf(x, from, width).sort(), rowsOf(data.x, from, width).sort());
      }
      calls++;
      return new Float64Array(x.rows);
    },
    data,
    squared,
    key(4),
    { repeats: 1 },
  );
  assertEquals(calls, 4);
  assertEquals(data.x.data, before);
});

Deno.test("permutationImportance() gives the same for the same key, other permutations for another, whatever the other columns", () => {
  const data = example();
  const found = (seed: number) => permutationImportance(truth(data), data, squared, key(seed));
  assertEquals(found(5), found(5));
  assert(found(5)[0].increase !== found(6)[0].increase);
  const { x: { rows, cols, data: cells } } = data;
  const fewer = { ...data, columns: data.columns.slice(1) };
  const x = { rows, cols: cols - 1, data: cells.filter((_, at) => at % cols !== 1) };
  // The model without a: y - a is what is left to predict.
  const y = data.y.map((value, row) =>
    value - (cells[row * cols + 1] * data.standardisation.x.scale[0] + data.standardisation.x.mean[0]) / 100
  );
  const { mean, scale } = data.standardisation.x;
  const predict = ({ data: inputs, rows, cols }: Matrix) =>
    Float64Array.from(
      { length: rows },
      (_, row) => inputs[row * cols + 2] * scale[2] + mean[2] + 2 * (inputs[row * cols + 3] * scale[3] + mean[3]),
    );
  const [town] = permutationImportance(predict, { ...fewer, x, y }, squared, key(5));
  // Only the order of the sums differs.
  assertAlmostEquals(town.increase, found(5)[1].increase, 1e-12);
});

Deno.test("permutationImportance() refuses fewer than one repeat", () => {
  const data = example(9);
  for (const repeats of [0, 1.5, NaN]) {
    assertThrows(() => permutationImportance(truth(data), data, squared, key(1), { repeats }), RangeError, "1 repeat");
  }
});

Deno.test("partialDependence() of an additive model is the column's part plus the mean of the rest", () => {
  const data = example();
  const a = partialDependence(truth(data), data.x, data, "a");
  assertEquals([a.values.length, a.means.rows, a.means.cols], [20, 20, 1]);
  // The 5th and 95th percentile of 0 to 299.
  assertAlmostEquals(Number(a.values[0]), 14, 1e-9);
  assertAlmostEquals(Number(a.values[19]), 285, 1e-9);
  a.values.forEach((value, i) => assertAlmostEquals(a.means.data[i], Number(value) / 100 + 1, 1e-9));
  const town = partialDependence(truth(data), data.x, data, "town");
  assertEquals(town.values, TOWNS);
  town.means.data.forEach((value, i) => assertAlmostEquals(value, 299 / 2 / 100 + i, 1e-9));
  const b = partialDependence(truth(data), data.x, data, "b", { points: 2 });
  assertAlmostEquals(b.means.data[0], b.means.data[1], 1e-9);
});

Deno.test("partialDependence() is the mean over rows of what one row predicts, by outputs, and leaves the data as they are", () => {
  const data = example(30);
  const before = data.x.data.slice();
  const predict = (x: Matrix) =>
    Float64Array.from({ length: 2 * x.rows }, (_, at) => {
      const row = x.data.subarray(Math.floor(at / 2) * x.cols, (Math.floor(at / 2) + 1) * x.cols);
      return at % 2 === 0 ? row[1] * row[5] : Math.exp(row[5]);
    });
  const { values, means } = partialDependence(predict, data.x, data, "b", { points: 5 });
  assertEquals([means.rows, means.cols], [5, 2]);
  const { mean, scale } = data.standardisation.x;
  values.forEach((value, i) => {
    const set = (Number(value) - mean[4]) / scale[4];
    assertAlmostEquals(
      means.data[2 * i],
      set * data.x.data.reduce((sum, cell, at) => at % 6 === 1 ? sum + cell : sum, 0) / 30,
      1e-12,
    );
    assertAlmostEquals(means.data[2 * i + 1], Math.exp(set), 1e-12);
  });
  assertEquals(data.x.data, before);
});

Deno.test("partialDependence() runs over the different values where they are few, and from end to end where nearly all are alike", () => {
  const cells = Array.from({ length: 100 }, (_, i) => [i % 3, i === 0 ? 7 : i === 1 ? 9 : 8, i < 97 ? 1 : i, 5]);
  const text = `few,rare,alike,constant,y\n${cells.map((row, i) => `${row.join()},${i}`).join("\n")}\n`;
  const data = encodeTable(parseTable(text, { file: "t.csv" }), { target: "y", targetKind: "number" });
  const zero = (x: Matrix) => new Float64Array(x.rows);
  const valuesOf = (name: string, points?: number) =>
    partialDependence(zero, data.x, data, name, { points }).values.map((value) =>
      Math.round(1e9 * Number(value)) / 1e9
    );
  assertEquals(valuesOf("few"), [0, 1, 2]);
  assertEquals(valuesOf("rare", 2), [7, 9]);
  assertEquals(valuesOf("alike", 3), [1, 50, 99]);
  assertEquals(valuesOf("constant"), [5]);
});

Deno.test("partialDependence() refuses a column that is not there, no rows and one point", () => {
  const data = example(9);
  const zero = (x: Matrix) => new Float64Array(x.rows);
  assertThrows(() => partialDependence(zero, data.x, data, "c"), RangeError, 'got "c"');
  assertThrows(() => partialDependence(zero, data.x, data, "a", { points: 1 }), RangeError, "1 points");
  assertThrows(
    () => partialDependence(zero, { rows: 0, cols: 6, data: new Float64Array(0) }, data, "a"),
    RangeError,
    "0 rows",
  );
});
