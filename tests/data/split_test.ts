import { assert, assertEquals, assertThrows } from "@std/assert";
import { holdOut, partsOfRows } from "../../src/data/mod.ts";
import { key } from "../../src/random/mod.ts";

const SEEDS = Array.from({ length: 10 }, (_, seed) => seed);

const strataOf = (rows: number) => Array.from({ length: rows }, (_, i) => i % 7 === 0 ? "rare" : i % 2 ? "a" : "b");

const ascending = (rows: readonly number[]) => rows.every((row, at) => at === 0 || rows[at - 1] < row);

Deno.test("partsOfRows() deals every row out once, into parts whose sizes differ by one at most", () => {
  for (const [rows, parts] of [[2, 2], [10, 3], [101, 5], [64, 64]]) {
    for (const seed of SEEDS) {
      const found = partsOfRows(rows, parts, key(seed), null);
      assertEquals(found.flat().toSorted((a, b) => a - b), Array.from({ length: rows }, (_, row) => row));
      const sizes = found.map(({ length }) => length);
      assert(Math.max(...sizes) - Math.min(...sizes) <= 1 && found.every(ascending));
    }
  }
});

Deno.test("partsOfRows() spreads every stratum over the parts as evenly as it can", () => {
  const strata = strataOf(101);
  for (const seed of SEEDS) {
    const found = partsOfRows(101, 5, key(seed), strata);
    for (const name of new Set(strata)) {
      const counts = found.map((rows) => rows.filter((row) => strata[row] === name).length);
      assert(Math.max(...counts) - Math.min(...counts) <= 1, `${name}: ${counts}`);
    }
  }
});

Deno.test("partsOfRows() and holdOut() give the same for the same key, other rows for another", () => {
  assertEquals(partsOfRows(40, 4, key(1), null), partsOfRows(40, 4, key(1), null));
  assertEquals(holdOut(40, 0.3, key(1), null), holdOut(40, 0.3, key(1), null));
  assert(String(partsOfRows(40, 4, key(1), null)) !== String(partsOfRows(40, 4, key(2), null)));
  assert(String(holdOut(40, 0.3, key(1), null).heldOut) !== String(holdOut(40, 0.3, key(2), null).heldOut));
});

Deno.test("partsOfRows() refuses fewer than two parts, and more than there are rows", () => {
  for (const parts of [1, 0, -1, 2.5, NaN, 11]) {
    assertThrows(() => partsOfRows(10, parts, key(1), null), RangeError, `Cannot cut 10 rows into ${parts} parts`);
  }
});

Deno.test("holdOut() holds out the share that is asked for, every row on one side, each stratum in proportion", () => {
  for (const [rows, share] of [[4, 0.25], [101, 0.2], [100, 0.5], [1000, 0.001]]) {
    const strata = strataOf(rows);
    for (const seed of SEEDS) {
      for (const known of [null, strata]) {
        const { training, heldOut } = holdOut(rows, share, key(seed), known);
        assertEquals(heldOut.length, Math.round(share * rows));
        assert(ascending(training) && ascending(heldOut));
        const all = [...training, ...heldOut].sort((a, b) => a - b);
        assertEquals(all, Array.from({ length: rows }, (_, row) => row));
        if (known === null) continue;
        for (const name of new Set(strata)) {
          const size = strata.filter((one) => one === name).length;
          const held = heldOut.filter((row) => strata[row] === name).length;
          // Strata lie one after another, so each loses its share but for one row at either end.
          assert(Math.abs(held - share * size) < 1 + 1e-9, `${name}: ${held} of ${size}`);
        }
      }
    }
  }
});

Deno.test("holdOut() refuses shares that leave nothing on one side", () => {
  for (const share of [0, 1, -0.1, 1.5, NaN, 0.01, 0.95]) {
    assertThrows(() => holdOut(10, share, key(1), null), RangeError, `Cannot hold out a share of ${share} of 10 rows`);
  }
});
