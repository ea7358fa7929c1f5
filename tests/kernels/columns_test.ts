import { assert, assertEquals } from "@std/assert";
import { compiledSums, sumColumns } from "../../src/kernels/column_sums.ts";
import { plainHashes, sumMoments, surveyColumn } from "../../src/kernels/js/columns.ts";
import { compiledHashes, type RowHashes, rowHashes } from "../../src/kernels/row_hashes.ts";

/** Numbers of every kind: signed zeros, denormals, whole numbers and others, infinities, and numbers that are none. */
const KINDS = [0, -0, 5e-324, -2.5e-310, 2.2250738585072014e-308, 1, -1, 0.1, -123.456, 2 ** 53, -1.7e308]
  .concat([Infinity, -Infinity, NaN, 4294967295, 4294967296 * 3]);

/** Columns in which each kind comes in each row. */
const columnsOf = (rows: number): Float64Array[] =>
  [0, 1, 5, 11].map((shift) =>
    Float64Array.from({ length: rows }, (_, row) => KINDS[(7 * row + shift) % KINDS.length])
  );

/** The hashes after some columns, started with numbers that are told apart. */
function hashesOf(hashes: RowHashes, columns: readonly Float64Array[]): readonly [number[], number[]] {
  hashes.first.forEach((_, row) => hashes.first[row] = 0x9e3779b9 + row);
  hashes.second.fill(0x7f4a7c15);
  for (const column of columns) hashes.mix(column);
  return [[...hashes.first], [...hashes.second]];
}

Deno.test("mixColumn() gives the hashes of its twin, for numbers of every kind, whatever the number of rows", () => {
  for (const rows of [...Array(34).keys(), 8191, 8192, 8193, 20_001]) {
    const columns = columnsOf(rows);
    assertEquals(hashesOf(compiledHashes(rows)!, columns), hashesOf(plainHashes(rows), columns), `${rows} rows`);
  }
});

Deno.test("mixColumn() takes a column that begins anywhere in its array, and does not change it", () => {
  const all = columnsOf(40)[1];
  for (const from of [0, 1, 3, 7]) {
    const part = all.subarray(from, from + 21);
    const before = [...part];
    assertEquals(hashesOf(compiledHashes(21)!, [part]), hashesOf(plainHashes(21), [Float64Array.from(part)]));
    assertEquals([...part], before);
  }
});

Deno.test("rowHashes() of many numbers are those of few: 0 and -0 are one number, and the order of columns matters", () => {
  for (const numbers of [1, 1 << 20]) {
    const column = Float64Array.of(0, -0, 1, -1, NaN);
    const [first, second] = hashesOf(rowHashes(5, numbers), [column]).map((words) => words.map(String));
    assertEquals(second[0], second[1]);
    assertEquals(new Set(second).size, 4);
    assertEquals(new Set(first).size, 5);
    const [one, other] = [
      hashesOf(rowHashes(5, numbers), columnsOf(5)),
      hashesOf(rowHashes(5, numbers), columnsOf(5).reverse()),
    ];
    assert(one[1].every((word, row) => word !== other[1][row]));
  }
});

/** Numbers whose sums cancel, overflow and are none. */
const columnsToSum = (rows: number): Float64Array[] => [
  ...columnsOf(rows),
  Float64Array.from({ length: rows }, (_, row) => row % 2 === 0 ? 1e16 + row : -1e16),
  Float64Array.from({ length: rows }, (_, row) => (row * 37 % 101 - 50) / 8),
  new Float64Array(rows).fill(-0),
  Float64Array.from({ length: rows }, (_, row) => 5e-324 * (row - 3)),
  new Float64Array(rows).fill(0.1),
];

Deno.test("surveyColumns() and addMoments() give the sums of their twins to the bit, for columns of every kind, whatever their length and number", () => {
  for (const rows of [...Array(34).keys(), 8191, 8192, 8193, 20_001]) {
    const columns = columnsToSum(rows);
    const shiftOf = ({ low, sum }: { readonly low: number; readonly sum: number }) => low > 0 ? sum / rows : sum / 7;
    for (const count of rows < 34 ? [0, 1, 2, columns.length] : [columns.length]) {
      const found = compiledSums(columns.slice(0, count), shiftOf)!;
      assertEquals(found.length, count);
      for (const [at, { survey, shift, moments }] of found.entries()) {
        const [wanted, what] = [surveyColumn(columns[at]), `column ${at} of ${rows} rows`];
        for (const name of ["low", "high", "sum"] as const) {
          assert(Object.is(survey[name], wanted[name]), `${name}, ${what}`);
        }
        assert(Object.is(shift, shiftOf(wanted)), what);
        sumMoments(columns[at], shift).forEach((sum, j) => assert(Object.is(moments[j], sum), `moment ${j}, ${what}`));
      }
    }
  }
});

Deno.test("sumColumns() leaves few numbers to its twins, and many to the kernels", () => {
  const columns = Array.from({ length: 3 }, () => new Float64Array(1 << 17).fill(0.5));
  assertEquals(sumColumns(columns.slice(0, 1), () => 0), null);
  assertEquals(sumColumns([], () => 0), null);
  const sums = sumColumns(columns, ({ sum }) => sum / (1 << 17) / 2)!;
  assertEquals(sums.map(({ moments }) => moments), Array(3).fill([2 ** 15, 2 ** 13]));
});
