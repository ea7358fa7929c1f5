import { assert, assertEquals } from "@std/assert";
import { boundChart, chartHtml, type FitReport, ridgeChart, trainingChart } from "../../src/report/mod.ts";
import type { EpochRecord } from "../../src/train/mod.ts";

/** Epochs with these training and held-out losses and bounds. */
const epochs = (rows: readonly (readonly [number | null, number | null, number | null])[]): readonly EpochRecord[] =>
  rows.map(([training, heldOut, bound], at) => ({ epoch: at + 1, training, heldOut, bound }));

const training = {
  seed: 1,
  epochs: 3,
  keptEpoch: 3,
  diverged: false,
  descentSteps: 0,
  prunedFeatures: 0,
  seconds: 1,
};

const report = (change: Partial<FitReport> = {}) => ({
  value: 0.5,
  regularisation: null,
  unregularised: null,
  metrics: {
    training: { linear: { loss: 2 }, network: { loss: 0.25 } },
    heldOut: { linear: { loss: 3 }, ridge: { loss: 2.5 }, network: { loss: 0.75 } },
  },
  training,
  ...change,
});

const history = epochs([[1, 1.5, 4], [0.9, 1.2, -1], [0.8, 1.1, -2]]);

Deno.test("trainingChart() ends at the saved model past the last epoch, with both levels of the linear predictor", () => {
  const chart = trainingChart(report(), history)!;
  assertEquals(chart.marks, [
    { name: "saved model", colour: 1, at: [4, 0.5] },
    { name: "saved model", colour: 2, at: [4, 0.75] },
  ]);
  assertEquals(chart.levels, [
    { name: "linear, training", colour: 1, value: 2 },
    { name: "linear, held out", colour: 2, value: 3 },
  ]);
  const lines = chart.curves.filter(({ as }) => as !== "link");
  assertEquals(lines.map(({ name, points }) => [name, points]), [
    ["training", [[1, 1], [2, 0.9], [3, 0.8]]],
    ["held out", [[1, 1.5], [2, 1.2], [3, 1.1]]],
  ]);
  const links = chart.curves.filter(({ as }) => as === "link").map(({ points }) => points);
  assertEquals(links, [[[3, 0.8], [4, 0.5]], [[3, 1.1], [4, 0.75]]]);
  assertEquals(chart.x.ticks?.at(-1), { at: 4, text: "settled" });
});

Deno.test("trainingChart() starts the last step at the epoch that was kept, and shows the loss without its ridge", () => {
  const chart = trainingChart(
    report({
      training: { ...training, keptEpoch: 2 },
      unregularised: { value: 0.4, linear: 2, gap: -1.6 },
    }),
    history,
  )!;
  const [link] = chart.curves.filter(({ as }) => as === "link");
  assertEquals(link.points, [[2, 0.9], [4, 0.4]]);
});

Deno.test("trainingChart() has the level of a chosen ridge-regularised linear predictor, and only what was measured", () => {
  const regularisation = { linearKind: "ridge" } as FitReport["regularisation"];
  const chart = trainingChart(report({ regularisation }), history)!;
  assertEquals(chart.levels?.at(-1), { name: "ridge-regularised linear, held out", colour: 3, value: 2.5 });
  const metrics = { training: { linear: { loss: null }, network: { loss: 1 } }, heldOut: null };
  const bare = trainingChart(report({ metrics }), epochs([[null, null, null], [0.9, null, null]]))!;
  assertEquals([bare.levels, bare.marks?.length, bare.curves.length], [[], 1, 2]);
  assert(!String(chartHtml(bare)).includes("NaN"));
  assertEquals(trainingChart(report(), []), null);
});

Deno.test("trainingChart() is logarithmic only where losses are above 0 and far apart, and labels epochs at round numbers", () => {
  assertEquals(trainingChart(report(), history)!.y.isLog, false);
  assertEquals(trainingChart(report(), epochs([[100, null, null]]))!.y.isLog, true);
  assertEquals(trainingChart(report(), epochs([[100, null, null], [-1, null, null]]))!.y.isLog, false);
  for (const count of [1, 2, 7, 100, 1000, 12345]) {
    const chart = trainingChart(report(), epochs(Array.from({ length: count }, () => [1, 1, 1])))!;
    const ticks = chart.x.ticks!;
    assert(ticks.length >= 2 && ticks.length <= 7, `${count}: ${ticks.map(({ text }) => text)}`);
    assertEquals(ticks.map(({ at }) => at), ticks.map(({ at }) => at).toSorted((a, b) => a - b));
    assert(ticks.slice(0, -1).every(({ at }) => at >= 1 && at <= count));
  }
});

Deno.test("boundChart() names the epoch after the last bound above 0, and lies on its lowest label where it is satisfied", () => {
  const chart = boundChart(epochs([[1, 1, 2], [1, 1, -1], [1, 1, 0.5], [1, 1, 0], [1, 1, -3]]))!;
  assertEquals(
    chart.note,
    "Satisfied from epoch 4 on: the bound is 0 or less, so the training loss is at most the linear one.",
  );
  const [{ points }] = chart.curves;
  const [first] = chart.y.ticks!;
  assertEquals(first.text, "≤ 0");
  assertEquals(points.map(([, value]) => value), [2, first.at, 0.5, first.at, first.at]);
  assert(first.at > 0 && first.at < 0.5);
});

Deno.test("boundChart() draws nothing where the bound is never above 0, and says where it is to the end", () => {
  const satisfied = String(chartHtml(boundChart(epochs([[1, 1, -1], [1, 1, -2]]))!));
  assert(!satisfied.includes("<svg") && satisfied.includes("Satisfied from epoch 1 on"), satisfied);
  const open = boundChart(epochs([[1, 1, 4], [1, 1, 2]]))!;
  assert(open.note?.startsWith("Not satisfied"));
  assert(open.y.ticks!.every(({ text }) => text !== "≤ 0"));
  assertEquals(boundChart(epochs([[1, 1, null], [1, 1, NaN]])), null);
});

const path = [
  { x: 3, f: null, loss: 9 },
  { x: 1, f: null, loss: 5 },
  { x: 0.1, f: null, loss: 4 },
  { x: 1, f: 10, loss: 4.5 },
  { x: 1, f: 1, loss: 4 },
  { x: 0.1, f: 10, loss: 3.5 },
  { x: 0.1, f: 1, loss: 3 },
];

Deno.test("ridgeChart() has a curve for each strength on w over that on V'w, linear models at the right end, the choice marked", () => {
  const chart = ridgeChart({ x: 0.1, f: 1, path })!;
  const of = (kind: string | undefined) => chart.curves.filter(({ as }) => as === kind);
  assertEquals(of(undefined).map(({ name, points }) => [name, points]), [
    ["ridge 1 on w", [[1, 4], [10, 4.5]]],
    ["ridge 0.1 on w", [[1, 3], [10, 3.5]]],
  ]);
  const [linear] = of("dots");
  assertEquals(linear.points.map(([, loss]) => loss), [9, 5, 4]);
  const [end] = linear.points[0];
  assert(end > 10 && linear.points.every(([at]) => at === end));
  assertEquals(chart.x.ticks?.at(-1), { at: end, text: "linear" });
  assertEquals(of("link").map(({ points }) => points), [[[10, 4.5], [end, 5]], [[10, 3.5], [end, 4]]]);
  assertEquals(chart.marks?.map(({ at }) => at), [[1, 3]]);
  assertEquals(ridgeChart({ x: 1, f: null, path })!.marks?.map(({ at }) => at), [[end, 5]]);
});

Deno.test("ridgeChart() leaves out what diverged, and is none where the strengths were given", () => {
  const holed = [...path, { x: 0.1, f: 0.1, loss: null as unknown as number }, { x: 1, f: 0.1, loss: Infinity }];
  const html = String(chartHtml(ridgeChart({ x: 0.1, f: 1, path: holed })!));
  assert(!/NaN|Infinity|null/.test(html));
  assertEquals(ridgeChart({ x: 1, f: 1, path: [] }), null);
});
