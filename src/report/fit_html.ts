import { formatValue, grouped } from "./format.ts";
import { weightingText } from "./problem.ts";
import { type FitReport, metricsTable } from "./fit.ts";
import type { EpochRecord } from "../train/mod.ts";
import { barsHtml } from "./bars_html.ts";
import { type Chart, chartHtml } from "./chart_html.ts";
import { effectsHtml } from "./effects_html.ts";
import { boundChart, trainingChart } from "./fit_charts.ts";
import { ridgeChart } from "./ridge_chart.ts";
import { regularisationLines } from "./regularisation.ts";
import { linearNotes } from "./linear.ts";
import { type Html, htmlFigure, htmlLines, htmlPage, htmlTable, markup } from "./html.ts";
import type { ValidationReport } from "./validation.ts";
import { validationChart } from "./validation_chart.ts";
import { layerText } from "./layer_text.ts";

/** Inputs whose weights are listed. */
const MOST_INPUTS = 25;

/** What a page of a fit shows beside the report. */
export interface FitPageParts {
  /** The epochs of training (default none). */
  readonly history?: readonly EpochRecord[];
  /** Pictures as SVG, each on white (default none). */
  readonly pictures?: readonly string[];
}

/**
 * A fit as one self-contained HTML page: the finding in a sentence, linear against network, training to the saved model, the ridge on its path, what the linear
 * predictor and the model read of which column, the claims, the settings.
 *
 * @param report The report.
 * @param parts The epochs, and pictures.
 * @returns The page.
 * @example An untrained network
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { architectureReport, certificateReport, comparison, type FitReport, linearReport, problemReport } from "@resland/resland/report";
 * import { certifyPoint, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * const table = parseTable("age,price\n-1,0\n0,1\n1,2\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "number" });
 * const net = network(2, dense(2, 1));
 * const found = certifyPoint(await loadKernels("simd"), { net, params: new Float64Array(net.size), loss: squared, examples: data });
 * const certificate = certificateReport(found);
 * const figures = comparison({ loss: found.linear.value }, { loss: found.point.value });
 * const report: FitReport = {
 *   ...certificate, schema: "resland/fit@1", problem: problemReport(data, "squared", 0), architecture: architectureReport(net),
 *   linear: linearReport(found.linear, data), regularisation: null, unregularised: null, metrics: { training: figures, heldOut: null }, folds: null, validation: null,
 *   training: { seed: 1, epochs: 0, keptEpoch: 0, diverged: false, descentSteps: 0, prunedFeatures: 0, seconds: 0 },
 *   sentence: found.sentence, model: "model.safetensors",
 *   environment: { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 },
 * };
 * assertStringIncludes(fitHtml(report), "<h1>price from prices.csv</h1>");
 * ```
 */
export function fitHtml(report: FitReport, { history = [], pictures = [] }: FitPageParts = {}): string {
  const { problem, architecture, metrics, claims, environment, verdict, sentence } = report;
  // A report of an earlier version has neither field.
  const [regularisation, validation] = [report.regularisation ?? null, report.validation ?? null];
  const isLinear = regularisation?.f === null;
  const figures = metricsTable(metrics, isLinear ? "model" : "network");
  const claimRows = claims.map((claim) => [
    claim.id,
    claim.status,
    formatValue(claim.measured, 4),
    formatValue(claim.bound, 4),
    `${claim.statement} (${claim.source})`,
  ]);
  const beside = validation && validationChart(validation);
  const what = isLinear
    ? `linear model, p = ${problem.outputs === 1 ? "w'" : "W"}x`
    : `f = ${layerText(architecture.theta)}, ${grouped(architecture.parameters)} parameters`;
  const lines = [...regularisation === null ? [] : regularisationLines(regularisation), ...linearNotes(report.linear)];
  return htmlPage(
    `${problem.source}: ${problem.targets.join(", ")}`,
    markup`<h1>${problem.targets.join(", ")} from ${problem.source}</h1>
${
      validation === null
        ? ""
        : markup`<p class="verdict ${standingOf(validation)}">${validation.sentence}</p>\n`
    }<p class="verdict ${verdict}">${sentence}</p>
${htmlLines(lines.map((line) => markup`<p>${line}</p>`))}
<p>${grouped(problem.rows)} rows to train on, ${
      grouped(problem.heldOutRows)
    } held out; ${problem.d} inputs; ${problem.loss} loss${weightingText(problem)}; ${what}.</p>
<h2>${isLinear ? "The linear model" : "Linear against network"}</h2>
${htmlTable(figures.header, figures.rows, new Set([0]))}
${beside ? chartHtml(beside) : ""}
<h2>Training</h2>
${trainingHtml(report, history)}
${htmlLines(pictures.map(htmlFigure))}
<h2>Linear coefficients</h2>
${coefficientsHtml(report)}
${report.effects ? markup`<h2>What the model reads</h2>\n${effectsHtml(report.effects, problem)}` : ""}
<h2>Claims</h2>
${htmlTable(["claim", "status", "measured", "bound", "statement"], claimRows, new Set([0, 1, 4]))}
<p>Seed ${report.training.seed}, ${report.training.epochs} epochs, point of epoch ${report.training.keptEpoch}. Deno ${environment.deno}, ${environment.kernels} kernels, training in ${environment.dtype}, certificates in f64. The same command with
<code>config.json</code>'s arguments gives the same bits; <code>certify --verdict verdict.json</code> checks them.</p>`,
  );
}

/** The border of the finding: as of a claim that holds where the model is better, that fails where it is worse. */
const standingOf = ({ linear: { outcome } }: ValidationReport): string =>
  outcome === "better" ? "holds" : outcome === "worse" ? "fails" : "undecided";

/** The charts of training and of the ridge; where there was no training, why. */
function trainingHtml(report: FitReport, history: readonly EpochRecord[]): Html {
  const { regularisation, training } = report;
  const charts = [
    trainingChart(report, history),
    regularisation ? ridgeChart(regularisation) : null,
    boundChart(history),
  ].filter((chart): chart is Chart => chart !== null);
  const why = history.length > 0
    ? ""
    : regularisation?.f === null
    ? markup`<p>The linear model was chosen, so there is no training curve: its weights come from one convex problem.</p>\n`
    : training.epochs === 0
    ? markup`<p>No epoch was trained, so there is no training curve.</p>\n`
    : "";
  return markup`${why}<div class="charts">\n${htmlLines(charts.map(chartHtml))}\n</div>`;
}

/** The weights of the best linear predictor: with bars for one output, side by side for several. */
function coefficientsHtml({ linear, problem, regularisation }: FitReport): Html {
  const { features, intercept, outputs, targets, classes, d } = problem;
  const names = [...intercept ? ["intercept"] : [], ...features];
  const which = regularisation && regularisation.x > 0
    ? "The best linear predictor under the same ridge as the model"
    : "The best linear predictor";
  const own = classes === null && problem.loss !== "poisson" ? "; so has the target" : "";
  const units = intercept ? `each input has mean 0 and standard deviation 1${own}` : "no input is centred";
  const about = markup`<p>${which}; ${units}. Inputs that go together share their weight.</p>`;
  if (outputs === 1) {
    const bars = features.map((name, at) => ({ name, value: linear.weights[at + (intercept ? 1 : 0)] }));
    const largest = Math.max(...bars.map(({ value }) => Math.abs(value)));
    const constant = intercept ? linear.weights[0] : 0;
    // Of a centred target it is 0 but for rounding.
    const isZero = Math.abs(constant) <= 1e-12 * Math.max(1, largest);
    const first = !intercept ? "" : markup`\n<p>Intercept: ${isZero ? "0" : formatValue(constant, 3)}.</p>`;
    return markup`${about}\n${barsHtml(["input", "weight"], bars)}${first}`;
  }
  const columns = classes?.length === outputs ? classes : targets.length === outputs ? targets : [];
  const weight = (input: number, output: number) => linear.weights[output * d + input];
  const all = Array.from({ length: outputs }, (_, output) => output);
  const largest = (input: number) => Math.max(...all.map((output) => Math.abs(weight(input, output))));
  const first = intercept ? 1 : 0;
  const order = names.map((_, input) => input).slice(first).sort((a, b) => largest(b) - largest(a));
  const shown = [...order.slice(0, MOST_INPUTS), ...intercept ? [0] : []];
  const rows = shown.map((input) => [
    names[input],
    ...all.map((output) => formatValue(weight(input, output), 3)),
  ]);
  const rest = order.length - Math.min(order.length, MOST_INPUTS);
  const more = rest > 0 ? markup`\n<p>${rest} more, each smaller, are in <code>verdict.json</code>.</p>` : "";
  const header = all.map((output) => columns[output] ?? `output ${output + 1}`);
  return markup`${about}\n${htmlTable(["input", ...header], rows, new Set([0]))}${more}`;
}
