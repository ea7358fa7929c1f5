import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  compareHtml,
  compareModels,
  type CompareReport,
  compareTable,
  compareText,
  type Contender,
} from "../../src/report/mod.ts";
import { comparisonSvg } from "../../src/report/charts/mod.ts";

const FOLDS = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]];

/** Losses near some level: the same pattern of rows for all, and a little of their own. */
function contender(name: string, kind: Contender["kind"], level: number, wobble: number): Contender {
  const losses = Float64Array.from(
    { length: 12 },
    (_, row) => level + 0.5 * (row % 3) + wobble * Math.sin(5 * row + level),
  );
  return { name, kind, shape: null, parameters: 3, ridges: [{ x: 1, f: null }], figures: { rmse: 1, r2: NaN }, losses };
}

const linear = contender("linear", "linear", 4, 0.05);

function report(contenders: readonly Contender[], options: Partial<CompareReport> = {}): CompareReport {
  const { figure = "RMSE", folds = { count: 4, rows: 12, inner: 3 } } = options;
  return {
    schema: "resland/compare@1",
    problem: {
      source: "a.csv",
      rows: 12,
      heldOutRows: 0,
      features: ["x"],
      targets: ["a <b>"],
      classes: null,
      d: 2,
      outputs: 1,
      loss: "squared",
      intercept: true,
    },
    folds,
    figure,
    ...compareModels(contenders, folds.count > 1 ? FOLDS : [FOLDS.flat()], { figure, trainingRows: 9 }),
    model: "model.safetensors",
    ridge: null,
    training: { seed: 1, epochs: 10, seconds: 1 },
    environment: { deno: "2.9.6", v8: "15", kernels: "simd", dtype: "f64", workers: 2 },
  };
}

Deno.test("compareModels(): the interval is the corrected t over the folds' means, worked out by hand", () => {
  const network = contender("tanh 8", "network", 1, 0.3);
  const { models } = compareModels([linear, network], FOLDS, { figure: "loss", trainingRows: 9 });
  const means = FOLDS.map((rows) => rows.reduce((sum, row) => sum + (network.losses[row] - linear.losses[row]) / 3, 0));
  const mean = means.reduce((sum, value) => sum + value / 4, 0);
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2 / 3, 0);
  // The 97.5 % point of Student's t with 3 degrees of freedom, from a table.
  const half = 3.182446 * Math.sqrt((1 / 4 + 3 / 9) * variance);
  const { difference, method } = models[1].againstLinear!;
  assertEquals([models[0].againstLinear, method], [null, "corrected-t"]);
  assertAlmostEquals(difference!.estimate!, mean, 1e-12);
  assertAlmostEquals(difference!.lower!, mean - half, 1e-6);
  assertAlmostEquals(difference!.upper!, mean + half, 1e-6);
});

Deno.test("compareModels() says what was chosen and why, of a network that is better, of linear, and of one split", () => {
  const small = contender("tanh 8", "network", 1, 0.05);
  const losses = small.losses.map((loss, row) => loss + (row < 3 ? -0.5 : 0.1));
  const better = report([linear, small, { ...small, name: "tanh 32", losses }]);
  assertEquals([better.best, better.chosen], ["tanh 32", "tanh 8"]);
  assertMatch(
    better.sentence,
    /^Chosen: tanh 8, the simplest model within one standard error of the best one \(tanh 32\)\. Better than linear on cross-validated rows by \d+ %/,
  );
  const same = report([linear, contender("tanh 8", "network", 4.001, 0.05)]);
  assertEquals(same.chosen, "linear");
  const alone = report([linear, contender("tanh 8", "network", 9, 0.05)]);
  assertEquals(
    alone.sentence,
    "Chosen: linear, which has the least loss.",
  );
  const split = report([linear, contender("tanh 8", "network", 1, 0.05)], { folds: { count: 1, rows: 12, inner: 1 } });
  assertEquals(split.models[1].againstLinear!.method, "paired-t");
  assertMatch(split.sentence, /Better than linear on held-out rows/);
  assertStringIncludes(compareText(split), "12 held-out rows, one split since the table is large");
});

Deno.test("compareModels(): where linear is chosen beside a best one that is not surely better, the sentence is of that one", () => {
  const losses = linear.losses.map((loss, row) => loss + (row < 3 ? -0.5 : 0.1));
  const { sentence, chosen } = report([linear, { ...linear, name: "tanh 8", losses }]);
  assertEquals(chosen, "linear");
  assertMatch(sentence, /\(tanh 8\)\. Of tanh 8: no difference to linear could be shown on cross-validated rows: RMSE/);
});

Deno.test("a model whose loss is infinite is in table, page and picture without figures, and is not chosen", () => {
  const broken = { ...linear, name: "sin 8", losses: linear.losses.with(3, Infinity) };
  const found = report([linear, broken, contender("tanh 8", "network", 1, 0.05)]);
  assertEquals([found.chosen, found.models[1].loss, found.models[1].behindBest.within], ["tanh 8", null, false]);
  assertEquals(found.models[1].figures.r2, null);
  const { header, rows } = compareTable(found);
  assertEquals(header, ["model", "parameters", "RMSE", "r2", "against linear", "95 % interval", "within 1 SE"]);
  assertEquals(rows[1], ["sin 8", "3", "-", "-", "-", "-", "no"]);
  assertEquals(rows[2][0], "tanh 8 *");
  const svg = comparisonSvg(found);
  assert(!/NaN|Infinity|undefined/.test(svg));
  assertStringIncludes(svg, "sin 8: no figure");
  assertMatch(svg, /tanh 8 \(chosen\): -\d\d\.\d, from -\d\d\.\d to -\d\d\.\d/);
  assertEquals(svg.slice(svg.indexOf('aria-label="dot"')).match(/<circle/g)?.length, 2);
  const html = compareHtml(found, [svg]);
  assertStringIncludes(html, "<h1>a &lt;b&gt; from a.csv: models compared</h1>");
  assert(!/NaN|undefined/.test(html));
  assert(!/https?:\/\/(?!www\.w3\.org)/.test(html), "nothing from elsewhere");
});

Deno.test("comparisonSvg() draws differences where a loss can be negative, and cuts off an interval that is far wider than the others", () => {
  const negative = { ...linear, losses: linear.losses.map((loss) => loss - 5) };
  const other = {
    ...negative,
    name: "tanh 8",
    losses: negative.losses.map((loss, row) => loss - 0.3 - 0.01 * (row % 5)),
  };
  const wide = {
    ...negative,
    name: "sin 8",
    losses: negative.losses.map((loss, row) => loss + 1e6 * (1 + Math.sin(row))),
  };
  const svg = comparisonSvg(report([negative, other, wide], { figure: "loss" }));
  assertStringIncludes(svg, "difference of the loss (to the left is better)");
  const at = Array.from(svg.matchAll(/<circle cx="([^"]+)"/g), ([, x]) => Number(x));
  assertEquals(at.length, 3);
  // The one that is far away stands at the frame; the other two are apart.
  assert(at.every((x) => x >= 130 && x <= 720) && at[0] - at[1] > 20 && at[2] > at[0]);
});
