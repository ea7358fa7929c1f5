import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  groupsOf as groupsOfTable,
  holdOutGroups,
  holdOutLast,
  InputError,
  parseTable,
  partsOfGroups,
  splitByColumn,
  timesOf,
} from "../../src/data/mod.ts";
import { integer, key, permutation, split } from "../../src/random/mod.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const tableOf = (name: string, cells: readonly (string | number)[]) =>
  parseTable(`${name},y\n${cells.map((cell) => `${cell},1`).join("\n")}\n`, { file: "t.csv" });
const all = (rows: number) => Array.from({ length: rows }, (_, row) => row);

/** Groups of sizes from 1 to about 9, mixed. */
const groupsOf = (seed: number, rows: number, count: number) =>
  split(key(seed), rows).map((one) => `g${integer(one, 0, count) ** 2 % count}`);

Deno.test("splitByColumn() reads train and test, 0 and 1, true and false, yes and no, in any case", () => {
  const sides = [
    [["train", "TEST", "Training", "valid"], "part"],
    [[0, 1, 0, 1], "held"],
    [
      ["false", "True", "FALSE", "true"],
      "test",
    ],
    [["no", "yes", "no", "yes"], "holdout"],
    [["train", "validation", "fit", "holdout"], "is_train"],
  ] as const;
  for (const [cells, name] of sides) {
    assertEquals(splitByColumn(tableOf(name, cells), name), { training: [0, 2], heldOut: [1, 3] });
  }
});

Deno.test("splitByColumn() trains on 1 and true where the column's name says train", () => {
  for (const cells of [[1, 0, 1, 0], ["true", "false", "yes", "no"]]) {
    assertEquals(splitByColumn(tableOf("is_Train", cells), "is_Train"), { training: [0, 2], heldOut: [1, 3] });
  }
});

Deno.test("splitByColumn() refuses other values, missing ones, a side without rows and a column that is not there, with the place", () => {
  const refused = (cells: readonly (string | number)[], line: number | null, part: string) => {
    const error = assertThrows(() => splitByColumn(tableOf("part", cells), "part"), InputError, part);
    assertEquals([error.line, error.column], [line, "part"]);
  };
  refused(["train", "maybe", "test"], 3, '"maybe" does not say on which side the row is');
  refused([0, 1, 2], 4, '"2" does not say');
  refused(["train", "", "test"], 3, "the value is missing");
  refused(["train", "train"], null, "2 to train on and 0 held out");
  refused([1, 1, 0], null, "1 to train on and 2 held out");
  assertThrows(() => splitByColumn(tableOf("part", [0, 1]), "prat"), InputError, 'did you mean "part"');
});

Deno.test("partsOfGroups() deals out every row once, no group in two parts, about as many rows in each", () => {
  for (const seed of SEEDS) {
    const groups = groupsOf(seed, 97, 31);
    const parts = partsOfGroups(groups, 5, key(seed));
    assertEquals(parts.flat().toSorted((a, b) => a - b), all(97));
    const partsOf = new Map<string, Set<number>>();
    parts.forEach((rows, part) =>
      rows.forEach((row) => partsOf.set(groups[row], (partsOf.get(groups[row]) ?? new Set()).add(part)))
    );
    assert([...partsOf.values()].every(({ size }) => size === 1));
    const largest = Math.max(...[...partsOf.keys()].map((name) => groups.filter((one) => one === name).length));
    const sizes = parts.map(({ length }) => length);
    // A part that is dealt to is the smallest, so none is larger than another by more than one group.
    assert(Math.max(...sizes) - Math.min(...sizes) <= largest && Math.min(...sizes) > 0, `${sizes}`);
    assert(parts.every((rows) => rows.every((row, at) => at === 0 || rows[at - 1] < row)));
  }
});

Deno.test("partsOfGroups() and holdOutGroups() give the same for the same key, other groups for another, whatever the order of the rows", () => {
  const groups = groupsOf(1, 97, 31);
  const order = permutation(key(2), 97);
  const moved = Array.from(order, (row) => groups[row]);
  const namesIn = (rows: readonly number[], names: readonly string[]) =>
    [...new Set(rows.map((row) => names[row]))].sort();
  const held = (names: readonly string[], seed: number) => namesIn(holdOutGroups(names, 0.3, key(seed)).heldOut, names);
  assertEquals(held(groups, 1), held(moved, 1));
  assert(String(held(groups, 1)) !== String(held(groups, 2)));
  const parts = (names: readonly string[], seed: number) =>
    partsOfGroups(names, 4, key(seed)).map((rows) => namesIn(rows, names));
  assertEquals(parts(groups, 1), parts(moved, 1));
  assert(String(parts(groups, 1)) !== String(parts(groups, 2)));
});

Deno.test("partsOfGroups() refuses fewer groups than parts, and fewer than two parts", () => {
  for (const parts of [0, 1, 3, NaN]) {
    assertThrows(() => partsOfGroups(["a", "b", "a"], parts, key(1)), RangeError, `Cannot cut 2 groups into ${parts}`);
  }
});

Deno.test("holdOutGroups() has no group on both sides, and a share off by half of the largest group at most", () => {
  for (const seed of SEEDS) {
    for (const share of [0.1, 0.25, 0.5]) {
      const groups = groupsOf(seed, 97, 31);
      const { training, heldOut } = holdOutGroups(groups, share, key(seed));
      assertEquals([...training, ...heldOut].sort((a, b) => a - b), all(97));
      const inside = new Set(training.map((row) => groups[row]));
      assert(heldOut.length > 0 && heldOut.every((row) => !inside.has(groups[row])));
      const largest = Math.max(...groups.map((name) => groups.filter((one) => one === name).length));
      assert(Math.abs(heldOut.length - share * 97) <= largest / 2 + 1e-9, `${heldOut.length} for ${share}`);
    }
  }
});

Deno.test("holdOutGroups() holds out the smallest group where all are larger than the share, and never all of them", () => {
  const groups = ["a", "a", "a", "a", "b", "b", "b"];
  assertEquals(holdOutGroups(groups, 0.1, key(1)), { training: [0, 1, 2, 3], heldOut: [4, 5, 6] });
  for (const seed of SEEDS) assert(holdOutGroups(groups, 0.99, key(seed)).training.length >= 3);
  for (const share of [0, 1, NaN]) assertThrows(() => holdOutGroups(groups, share, key(1)), RangeError, "below 1");
  assertThrows(() => holdOutGroups(["a", "a"], 0.5, key(1)), RangeError, "2 or more");
  assertThrows(() => holdOutGroups(["a", "b"], 0.5, key(1)), RangeError, "fewer than 2 rows");
});

Deno.test("timesOf() reads numbers, dates, months, and times with their zones", () => {
  const times = (cells: readonly (string | number)[]) => [...timesOf(tableOf("t", cells), "t")];
  assertEquals(times([3, 1.5, -2]), [3, 1.5, -2]);
  const dates = ["2024-02-29", "2024/03/01", "1969-12-31", "2024-03"];
  assertEquals(times(dates), [1709164800000, 1709251200000, -86400000, 1709251200000]);
  assertEquals(
    times(["1970-01-01T00:01", "1970-01-01 00:01:00.5", "1970-01-01T01:01+01:00", "1970-01-01T00:01Z"]),
    [60000, 60500, 60000, 60000],
  );
});

Deno.test("timesOf() refuses what is no date, with its line", () => {
  for (
    const bad of ["31.01.2024", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-01T25:00", "soon"]
  ) {
    const error = assertThrows(() => timesOf(tableOf("t", ["2024-01-01", bad]), "t"), InputError, "is not a date");
    assertEquals([error.line, error.column], [3, "t"]);
  }
  assertThrows(() => timesOf(tableOf("t", ["2024-01-01", ""]), "t"), InputError, "the value is missing");
});

Deno.test("holdOutLast() holds out the latest rows, and no time on both sides", () => {
  for (const seed of SEEDS) {
    const times = split(key(seed), 60).map((one) => integer(one, 0, 40));
    for (const share of [0.1, 0.3, 0.5]) {
      const { training, heldOut } = holdOutLast(times, share);
      assertEquals([...training, ...heldOut].sort((a, b) => a - b), all(60));
      assert(Math.max(...training.map((row) => times[row])) < Math.min(...heldOut.map((row) => times[row])));
      const most = Math.max(...times.map((time) => times.filter((one) => one === time).length));
      assert(Math.abs(heldOut.length - share * 60) <= most / 2 + 1e-9);
    }
  }
});

Deno.test("holdOutLast() of the lines of a table is the end of the file", () => {
  const { lines } = tableOf("a", [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(holdOutLast(lines, 0.25), { training: [0, 1, 2, 3, 4, 5], heldOut: [6, 7] });
});

Deno.test("holdOutLast() refuses shares, times that are not finite, and rows of one time", () => {
  for (const share of [0, 1, NaN]) assertThrows(() => holdOutLast([1, 2, 3], share), RangeError, "below 1");
  assertThrows(() => holdOutLast([1, NaN, 3], 0.3), RangeError, "not finite");
  assertThrows(() => holdOutLast([5, 5, 5], 0.3), RangeError, "too few of them have different times");
  assertThrows(() => holdOutLast([1, 2, 2], 0.3), RangeError, "too few of them");
});

Deno.test("splits refuse a row that does not say where it belongs with the repair that there is, and dates in another order with theirs", () => {
  const table = tableOf("g", ["a", "", "b", "b"]);
  for (const split of [groupsOfTable, splitByColumn, timesOf]) {
    const error = assertThrows(() => split(table, "g"), InputError, "fill it in, or take the row out of the table");
    assertEquals(error.remedy, null);
  }
  const dates = tableOf("t", ["31/01/2024", "01/02/2024"]);
  const error = assertThrows(() => timesOf(dates, "t"), InputError, "or read dates as numbers");
  assertEquals(error.remedy, { option: "dates" });
  assertThrows(() => holdOutGroups(["a", "a"], 0.5, key(1)), RangeError, "of 1 group: there must be 2 or more");
});

Deno.test("partsOfGroups() takes a group of some hundred thousand rows", () => {
  const groups = Array.from({ length: 200_000 }, (_, row) => row % 1000 === 0 ? `b${row % 3}` : "a");
  assertEquals(partsOfGroups(groups, 2, key(1)).map(({ length }) => length).sort(), [199_800, 200]);
});
