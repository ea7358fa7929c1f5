import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { pairedInterval } from "../../src/model/mod.ts";
import { dense, network } from "../../src/nn/mod.ts";
import {
  architectureReport,
  certificateReport,
  comparison,
  fitHtml,
  type FitReport,
  linearReport,
  problemReport,
  validationReport,
} from "../../src/report/mod.ts";
import { certifyPoint } from "../../src/train/mod.ts";

const table = parseTable("age,<i>size,price\n-1,2,0\n0,0,1\n1,1,3\n2,4,1\n", { file: "prices.csv" });
const data = encodeTable(table, { target: "price", targetKind: "standardised" });
const net = network(3, dense(3, 2));
const found = certifyPoint(await loadKernels("simd"), {
  net,
  params: new Float64Array(net.size),
  loss: squared,
  examples: data,
});

const reportOf = (change: Partial<FitReport> = {}): FitReport => ({
  ...certificateReport(found),
  schema: "resland/fit@1",
  problem: problemReport(data, "squared", 0),
  architecture: architectureReport(net),
  linear: linearReport(found.linear, data),
  regularisation: null,
  unregularised: null,
  validation: null,
  metrics: { training: comparison({ loss: 0.25 }, { loss: 0.125 }), heldOut: null },
  folds: null,
  training: { seed: 1, epochs: 2, keptEpoch: 2, diverged: false, descentSteps: 4, prunedFeatures: 0, seconds: 1 },
  sentence: found.sentence,
  model: "model.safetensors",
  environment: { deno: "1", v8: "2", kernels: "simd", dtype: "f64", workers: 2 },
  ...change,
});

const history = [
  { epoch: 1, training: 1, heldOut: null, bound: 0.5 },
  { epoch: 2, training: 0.5, heldOut: null, bound: -0.5 },
];

const choice: FitReport["regularisation"] = {
  x: 0.1,
  f: null,
  chosenBy: "cross-validation",
  kind: "ridge",
  linearKind: "ridge",
  folds: 5,
  partitions: 3,
  rows: 4,
  candidates: {
    linear: { x: 1e-8, f: null, loss: 2, difference: null, standardError: null },
    ridge: { x: 0.1, f: null, loss: 1, difference: -1, standardError: 0.1 },
    network: { x: 0.1, f: 1, loss: 1, difference: 0, standardError: 0.1 },
  },
  path: [{ x: 0.1, f: null, loss: 1 }, { x: 0.1, f: 1, loss: 1 }],
};

/** The names of the charts on a page. */
const chartsOn = (page: string) => Array.from(page.matchAll(/<figcaption>([^<]*)</g), ([, title]) => title);

Deno.test("fitHtml() draws training to the saved model and the certified bound, without scripts or outside references", () => {
  const page = fitHtml(reportOf({ regularisation: { ...choice!, kind: "network", f: 1 } }), { history });
  assertEquals(chartsOn(page), [
    "Training against linear",
    "The ridge: loss on rows left out",
    "Certified bound on the gap to linear, before settling",
  ]);
  assertStringIncludes(page, "Satisfied from epoch 2 on");
  assertStringIncludes(page, "saved model");
  assert(!/<script|https?:|src=|href=|url\(|<i>size|NaN|undefined/.test(page));
});

Deno.test("fitHtml() says that a chosen linear model has no training curve, and shows the ridge", () => {
  const page = fitHtml(reportOf({ regularisation: choice }));
  assertStringIncludes(page, "The linear model was chosen, so there is no training curve");
  assertStringIncludes(page, "linear model, p = w&#39;x");
  assertEquals(chartsOn(page), ["The ridge: loss on rows left out"]);
  const none = fitHtml(reportOf({ training: { ...reportOf().training, epochs: 0 } }));
  assertStringIncludes(none, "No epoch was trained");
  assert(!fitHtml(reportOf(), { history }).includes("no training curve"));
});

Deno.test("fitHtml() begins with the finding on held-out rows, marked as better, worse, or undecided", () => {
  const losses = (factor: number) => Float64Array.from({ length: 20 }, (_, row) => factor * (4 + row % 3));
  const standings = [losses(0.5), losses(2), losses(1).map((loss, row) => loss * (row % 2 ? 1.1 : 0.9))].map(
    (model) => {
      const linear = pairedInterval(model, losses(1), { root: true });
      const validation = validationReport({ on: "held-out rows", figure: "RMSE", linear, ridge: null });
      const [, standing, sentence] = fitHtml(reportOf({ validation })).match(/<p class="verdict (\w+)">([^<]*)/)!;
      return [standing, sentence.split(" on held-out")[0]];
    },
  );
  assertEquals(standings, [
    ["holds", "Better than linear"],
    ["fails", "Worse than linear"],
    ["undecided", "No difference to linear could be shown"],
  ]);
});

Deno.test("fitHtml() draws the interval beside linear, but for a model that is the linear one", () => {
  const losses = Float64Array.of(1, 2, 3, 5);
  const titles = (ours: Float64Array) => {
    const linear = pairedInterval(ours, losses, { root: true });
    const validation = validationReport({ on: "held-out rows", figure: "RMSE", linear, ridge: null });
    return chartsOn(fitHtml(reportOf({ validation }), { history })).filter((title) => title.startsWith("Compared"));
  };
  assertEquals(titles(losses.map((loss) => loss * (1 + 1e-14))), []);
  assertEquals(titles(Float64Array.of(0.5, 1.2, 2, 4)), [
    "Compared with linear models on held-out rows, with 95 % intervals",
  ]);
});

Deno.test("fitHtml() lists the linear weights with bars: the largest first, the intercept apart, names as text", () => {
  const report = reportOf();
  const page = fitHtml({ ...report, linear: { ...report.linear, weights: [0.125, -0.5, 2] } });
  const names = Array.from(page.matchAll(/<tr><td class="text">([^<]*)<\/td><td>([^<]*)/g), ([, name, text]) => [
    name,
    text,
  ]);
  assertEquals(names.slice(-2), [["&lt;i&gt;size", "2"], ["age", "-0.5"]]);
  assertStringIncludes(page, "Intercept: 0.125.");
  const centred = fitHtml({ ...report, linear: { ...report.linear, weights: [-1e-17, -0.5, 2] } });
  assertStringIncludes(centred, "Intercept: 0.");
});

Deno.test("fitHtml() lists the linear weights of several outputs side by side", () => {
  const report = reportOf();
  const problem = { ...report.problem, outputs: 2, classes: ["no", "yes"] };
  const page = fitHtml({ ...report, problem, linear: { ...report.linear, weights: [1, 2, 3, 4, 5, 6] } });
  assertStringIncludes(
    page,
    '<th class="text" scope="col">input</th><th scope="col">no</th><th scope="col">yes</th>',
  );
  assertStringIncludes(page, '<td class="text">age</td><td>2</td><td>5</td>');
  assertStringIncludes(page, '<td class="text">intercept</td><td>1</td><td>4</td>');
});

Deno.test("fitHtml() still shows a report of a version without a ridge and without a validation", () => {
  const { regularisation: _, validation: __, unregularised: ___, ...old } = reportOf();
  const page = fitHtml(old as FitReport, { history });
  assertEquals(chartsOn(page).length, 2);
});

Deno.test("fitHtml() puts wide tables into boxes that scroll, and has colours for dark pages", () => {
  const page = fitHtml(reportOf(), { history });
  assertEquals(page.match(/<table/g)?.length, page.match(/<div class="scroll" tabindex="0"><table/g)?.length);
  assertStringIncludes(page, "prefers-color-scheme: dark");
});
