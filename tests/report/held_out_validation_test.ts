import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { validateHeldOut } from "../../src/report/mod.ts";

Deno.test("validateHeldOut() has the RMSE in the unit of the target, and an interval over groups where rows of a group repeat", () => {
  const [rows, copies] = [20, 4];
  const drawn = normal(key(1), rows);
  const y = Array.from({ length: rows * copies }, (_, i) => 500 + 30 * drawn[i % rows]);
  const table = parseTable(`x,y\n${y.map((value, i) => `${i},${value}`).join("\n")}\n`, { file: "t.csv" });
  const data = encodeTable(table, { target: "y", targetKind: "standardised" });
  const [e, f] = [normal(key(2), rows), normal(key(3), rows)];
  const predicted = (errors: Float64Array, size: number) => data.y.map((value, i) => value + size * errors[i % rows]);
  const models = { model: predicted(e, 0.3), linear: predicted(f, 0.5), chosenLinear: null };
  const single = validateHeldOut(squared, data, { ...models, groups: null });
  const grouped = validateHeldOut(squared, data, { ...models, groups: y.map((_, i) => `g${i % rows}`) });
  assertEquals([single.figure, single.on, single.ridge], ["RMSE", "held-out rows", null]);
  const scale = data.standardisation.y!.scale[0];
  const square = e.reduce((sum, value) => sum + (0.3 * scale * value) ** 2, 0) / rows;
  // Sums of 80 squares near 100.
  for (const { linear } of [single, grouped]) assertAlmostEquals(linear.model / square, 1, 1e-12);
  const width = ({ linear: { difference } }: typeof single) => difference!.upper - difference!.lower;
  // Copies of rows are no new rows: the interval is about twice as wide as that of four times as many.
  assert(width(grouped) > 1.9 * width(single) && width(grouped) < 2.3 * width(single));
});
