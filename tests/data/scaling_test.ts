import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import {
  type Dataset,
  encodeInputs,
  encodeTable,
  encodeWith,
  InputError,
  parseTable,
  type Table,
} from "../../src/data/mod.ts";

/** Rounding of a mean, a deviation or a sum of products of some thousand numbers, relative to their size. */
const ROUNDING = 1e-14;

const tableOf = (text: string): Table => parseTable(text, { file: "t.csv" });

/** A table of columns of numbers. */
const tableFrom = (columns: Readonly<Record<string, readonly number[]>>): Table => {
  const [names, values] = [Object.keys(columns), Object.values(columns)];
  return tableOf(
    [names.join(","), ...values[0].map((_, row) => values.map((column) => column[row]).join(","))].join("\n"),
  );
};

const encoded = (table: Table, intercept = true): Dataset =>
  encodeTable(table, { target: "y", targetKind: "standardised", intercept });

/** A column of the inputs. */
const columnOf = ({ x: { rows, cols, data } }: Pick<Dataset, "x">, at: number): number[] =>
  Array.from({ length: rows }, (_, row) => data[row * cols + at]);

/** Mean and population standard deviation of whole numbers, by exact sums. */
function exactMoments(values: readonly bigint[]): readonly [mean: number, deviation: number] {
  const n = BigInt(values.length);
  const [sum, squares] = [values.reduce((s, v) => s + v), values.reduce((s, v) => s + v * v, 0n)];
  return [Number(sum * 1_000_000n / n) / 1e6, Math.sqrt(Number(n * squares - sum * sum)) / Number(n)];
}

/** NIST StRD NoInt1: y = b x plus noise, certified b = 2.07438016528926. */
const NOINT1 = tableFrom({
  y: [130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140],
  x1: [60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70],
});

Deno.test("encodeTable() without an intercept centres nothing: NoInt1 has its certified slope through the origin", () => {
  const set = encoded(NOINT1, false);
  const { x, y } = set.standardisation;
  assertEquals([x.mean, y!.mean], [[0], [0]]);
  // Root mean squares: 60^2 + ... + 70^2 = 46585, 130^2 + ... + 140^2 = 200585.
  assertAlmostEquals(x.scale[0], Math.sqrt(46585 / 11), ROUNDING * 65);
  assertAlmostEquals(y!.scale[0], Math.sqrt(200585 / 11), ROUNDING * 135);
  const inputs = columnOf(set, 0);
  const [products, squares] = [set.y, inputs].map((other) => inputs.reduce((sum, v, row) => sum + v * other[row], 0));
  assertAlmostEquals(products / squares * y!.scale[0] / x.scale[0], 2.07438016528926, 1e-14);
});

Deno.test("encodeTable() without an intercept makes columns of mean square 1, keeps a constant column, and leaves zeros", () => {
  const table = tableFrom({ one: [7, 7, 7], none: [0, 0, 0], a: [-1, 2, 2], y: [0, 0, 0] });
  const set = encoded(table, false);
  assertEquals([columnOf(set, 0), columnOf(set, 1), [...set.y]], [[1, 1, 1], [0, 0, 0], [0, 0, 0]]);
  assertEquals(set.standardisation, {
    x: { mean: [0, 0, 0], scale: [7, 1, Math.sqrt(3)] },
    y: { mean: [0], scale: [1] },
  });
  assertAlmostEquals(columnOf(set, 2).reduce((sum, value) => sum + value * value, 0), 3, ROUNDING);
});

Deno.test("encodeTable() without an intercept stays finite and standard for numbers of every size", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 2, maxLength: 20 }), (values) => {
      const set = encoded(tableFrom({ a: values, y: values.map((_, row) => row) }), false);
      assertEquals(set.standardisation.x.mean, [0]);
      assert([...set.x.data].every(Number.isFinite));
      const size = Math.max(...values.map(Math.abs));
      // Below about 1e-290 the root mean square itself has few digits left.
      if (size < 1e-290) return;
      const square = [...set.x.data].reduce((sum, value) => sum + value * value, 0) / values.length;
      assertAlmostEquals(square, 1, 1e-12);
    }),
    { numRuns: 1000, examples: [[[-1.7e308, 1.7e308, 1.7e308]], [[0, 5e-324]], [[1.7976931348623157e308, 0]]] },
  );
});

Deno.test("encodeTable() without an intercept replaces a missing value by the mean of its column, in new rows too", () => {
  const text = "a,t,y\n2,u,1\n,v,2\n6,,3\n4,v,5\n";
  const options = { target: "y", targetKind: "number", intercept: false } as const;
  const set = encodeTable(tableOf(text), { ...options, missing: "mean" });
  const { mean, scale, fill } = set.standardisation.x;
  // 2, 6 and 4: mean 4, mean square 56/3. Of three known texts one is u and two are v.
  assertEquals([mean, fill], [[0, 0, 0], [4, 1 / 3, 2 / 3]]);
  [56 / 3, 1 / 3, 2 / 3].forEach((square, at) => assertAlmostEquals(scale[at] ** 2, square, ROUNDING * square));
  assertEquals(
    [columnOf(set, 0)[1], columnOf(set, 1)[2], columnOf(set, 2)[2]],
    [0, 1, 2].map((at) => fill![at] / scale[at]),
  );
  const fresh = encodeInputs(tableOf("t,a\n,\nu,1\n"), set);
  assertEquals([...fresh.data.slice(0, 3)], fill!.map((value, at) => value / scale[at]));
  assertEquals([...fresh.data.slice(3)], [1 / scale[0], 1 / scale[1], 0]);
  assertEquals(encodeTable(tableOf("a,y\n2,1\n4,2\n"), options).standardisation.x.fill, undefined);
});

/** The case near_constant.csv: c differs by one unit in the last place in every fifth row; y is about 3 x / 1.5 in steps. */
const NEAR_CONSTANT = tableFrom({
  c: Array.from({ length: 20 }, (_, row) => row % 5 === 0 ? 14.620000000000001 : 14.62),
  x: Array.from({ length: 20 }, (_, row) => row),
  y: [0, 3, 6, 6, 9, 12, 12, 15, 18, 18, 21, 24, 24, 27, 30, 30, 33, 36, 36, 39],
});

Deno.test("encodeTable() treats a column that differs only by rounding as constant: scale 1, zeros", () => {
  const set = encoded(NEAR_CONSTANT);
  const { mean, scale } = set.standardisation.x;
  assertEquals([scale[0], columnOf(set, 1)], [1, Array(20).fill(0)]);
  assert(mean[0] >= 14.62 && mean[0] <= 14.620000000000001);
  const target = encodeTable(NEAR_CONSTANT, { target: "c", targetKind: "standardised", features: ["x"] });
  assertEquals([target.standardisation.y!.scale, [...target.y]], [[1], Array(20).fill(0)]);
});

Deno.test("encodeWith() treats new rows in a constant column as the table's value", () => {
  const set = encoded(NEAR_CONSTANT);
  assertEquals(set.columns, [{ name: "c", levels: null, constant: true }, { name: "x", levels: null }]);
  const fresh = encodeWith(tableOf("c,x,y\n14.63,9.5,18\n14.62,9.5,18\n-1e300,9.5,18\n"), set);
  assertEquals([columnOf(fresh, 1), columnOf(fresh, 2)], [[0, 0, 0], [0, 0, 0]]);
  // So no weight whatever makes a prediction depend on it. A cell that is no number is still refused.
  assertThrows(() => encodeInputs(tableOf("c,x\nmany,9.5\n5,1\n"), set), InputError, '"many" is not a number');
});

Deno.test("encodeWith() does so where the column is constant to the bit, and not where nothing is centred", () => {
  const table = tableFrom({ c: [5, 5, 5], y: [1, 2, 3] });
  const fresh = tableOf("c,y\n7,1\n5,1\n");
  assertEquals(columnOf(encodeWith(fresh, encoded(table)), 1), [0, 0]);
  assertEquals(columnOf(encodeWith(fresh, encoded(table, false)), 0), [1.4, 1]);
});

Deno.test("encodeTable() does not treat numbers that differ by more than rounding as constant", () => {
  // 14.62 and numbers so many units in the last place above it.
  const unit = 14.620000000000001 - 14.62;
  for (const [units, constant] of [[1, true], [3, true], [16, false], [1000, false]] as const) {
    const set = encoded(tableFrom({ a: [14.62, 14.62 + units * unit, 14.62], y: [1, 2, 3] }));
    assertEquals(columnOf(set, 1).every((value) => value === 0), constant, String(units));
    // The mean is a number of the same last place: half a unit off.
    if (!constant) assertAlmostEquals(columnOf(set, 1)[1], Math.SQRT2, unit / 2 / set.standardisation.x.scale[0]);
  }
  // Tiny numbers are not small against themselves.
  const [mean, scale] = [2e-300, Math.sqrt(2 / 3) * 1e-300];
  const set = encoded(tableFrom({ a: [1e-300, 2e-300, 3e-300], y: [1, 2, 3] })).standardisation.x;
  assertAlmostEquals(set.mean[0] / mean, 1, ROUNDING);
  assertAlmostEquals(set.scale[0] / scale, 1, ROUNDING);
});

for (const offset of [0n, 10n ** 9n, 10n ** 15n, -(10n ** 15n)]) {
  Deno.test(`encodeTable() knows the mean and the deviation of whole numbers at an offset of ${offset}`, () => {
    for (const numbers of [[0, 1], [0, 1, 2, 4], Array.from({ length: 5000 }, (_, row) => row * row % 17)]) {
      const values = numbers.map((value) => offset + BigInt(value));
      const set = encoded(tableFrom({ a: values.map(Number), y: numbers }));
      const [mean, deviation] = exactMoments(values);
      const size = Math.abs(Number(offset)) + 17;
      // A mean is as exact as its own last place; a deviation as the differences, which are exact.
      assertAlmostEquals(set.standardisation.x.mean[0], mean, Number.EPSILON * size);
      assertAlmostEquals(set.standardisation.x.scale[0], deviation, ROUNDING * 17);
      const column = columnOf(set, 1);
      numbers.forEach((value, row) => {
        const wanted = (value - (set.standardisation.x.mean[0] - Number(offset))) / deviation;
        assertAlmostEquals(column[row], wanted, 1e-12);
      });
    }
  });
}

Deno.test("encodeTable() gives the same inputs to the bit with weights of 1, which are summed by another loop", () => {
  const value = fc.oneof(
    fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    fc.constantFrom(-0, 1e-90, 1e15, 1e15 + 2, 0.1),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 70 }), fc.boolean(), (values, intercept) => {
      const columns = { a: values, b: values.map((_, row) => row % 3), y: values.map((_, row) => row) };
      const options = { target: "y", targetKind: "number", intercept } as const;
      const plain = encodeTable(tableFrom(columns), options);
      const weighted = encodeTable(tableFrom({ ...columns, w: values.map(() => 1) }), { ...options, weights: "w" });
      assertEquals(plain.standardisation, weighted.standardisation);
      assertEquals(plain.x, weighted.x);
    }),
    { numRuns: 200 },
  );
});

Deno.test("encodeTable() scales each of many columns as it scales it in a table of few numbers, whatever its kind", () => {
  const rows = 40_000;
  const kinds: ((row: number) => number)[] = [
    (row) => Math.round(1e4 * Math.sin(row * 7)) / 1e4,
    (row) => 1e15 + row % 2,
    () => 0.1,
    (row) => row % 4 === 0 ? 14.620000000000001 : 14.62,
    (row) => (row % 5) * 1e200,
    (row) => (row % 3 - 1) * 1e-200,
    (row) => -row,
    (row) => row % 11 / 3,
  ];
  const names = [...kinds.keys()].map((at) => `c${at}`);
  const columns = [...kinds, (row: number) => row % 13].map((kind) =>
    Float64Array.from({ length: rows }, (_, row) => kind(row))
  );
  // As it would be read from that many lines, which would take a second.
  const table: Table = {
    ...tableFrom(Object.fromEntries([...names, "y"].map((name) => [name, [1, 2]]))),
    rows,
    lines: Uint32Array.from({ length: rows }, (_, row) => row + 2),
    cells: columns.map((numbers) => ({ kind: "number", numbers, codes: null, texts: [] })),
  };
  for (const intercept of [true, false]) {
    const options = { target: "y", targetKind: "number", intercept } as const;
    const all = encodeTable(table, options).standardisation.x;
    for (const [at, name] of names.entries()) {
      const { mean, scale } = encodeTable(table, { ...options, features: [name] }).standardisation.x;
      assertEquals([all.mean[at], all.scale[at]], [mean[0], scale[0]], name);
    }
  }
});
