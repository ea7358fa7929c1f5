import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { chartHtml, checkCharts } from "../../src/report/mod.ts";

const RUNS = [
  { start: "zero", values: [3, 1, 0.5], bounds: [2, 0.1, -0.5] },
  { start: "large", values: [200, 2, 0.4], bounds: [100, NaN, 0] },
  { start: "zero", values: [3, 0.9, 0.5], bounds: [2, 0, -1] },
];

Deno.test("checkCharts() has a colour per start, none that of the level, and a logarithmic axis where losses differ much", () => {
  const [training, bounds] = checkCharts(RUNS, 1);
  assertEquals(training.curves.map(({ name, colour }) => [name, colour]), [["zero", 1], ["large", 3], ["zero", 1]]);
  assert(training.curves.every(({ colour }) => colour !== training.levels![0].colour));
  assertEquals([training.y.isLog, training.levels![0].value], [true, 1]);
  assertEquals(bounds.curves.map(({ points }) => points.map(([, bound]) => bound)), [[2, 0.1, NaN], [100, NaN, NaN], [
    2,
    NaN,
    NaN,
  ]]);
  for (const chart of [training, bounds]) assert(!String(chartHtml(chart)).includes("NaN"));
  assertStringIncludes(String(chartHtml(bounds)), "No line where the bound is 0 or less");
});

Deno.test("checkCharts() has no chart of bounds where none is above 0, none at all without runs, and takes losses of 0 and below", () => {
  assertEquals(checkCharts([], 1), []);
  const [only, ...more] = checkCharts([{ start: "zero", values: [0, -1], bounds: [0, -1] }], -0.5);
  assertEquals([more.length, only.y.isLog], [0, false]);
});
