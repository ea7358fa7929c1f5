import { type Chart, chartHtml } from "./chart_html.ts";
import { counted, formatValue, grouped } from "./format.ts";
import { htmlFigure, htmlLines, htmlPage, htmlTable, markup } from "./html.ts";
import { layerText } from "./layer_text.ts";
import type { Verdict } from "./verdict.ts";
import { verdictSentence } from "./verdict_text.ts";

/** What the page shows beside the verdict. */
export interface CheckPageParts {
  /** Charts of the runs (default none). */
  readonly charts?: readonly Chart[];
  /** Pictures as SVG (default none). */
  readonly pictures?: readonly string[];
}

/**
 * A verdict as one self-contained HTML page: no scripts, no external resources.
 *
 * @param verdict The verdict.
 * @param parts Charts, and pictures as SVG, shown after the sentence (default none).
 * @returns The page.
 * @example Before the first run
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { bestLinear, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * import { decideAll } from "@resland/resland/claims";
 * import { makeVerdict } from "@resland/resland/report";
 * const table = parseTable("age,price\n1,2\n2,3\n3,5\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "standardised" });
 * const linear = bestLinear(await loadKernels("simd"), squared, data);
 * const claims = decideAll({ points: [], ends: [], loss: squared, linear, outputs: 1, inputs: 2 });
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const net = network(2, dense(2, 3));
 * const verdict = makeVerdict({ data, net, loss: "squared", linear, runs: [], claims, environment });
 * assertStringIncludes(verdictHtml(verdict, { pictures: ["<svg></svg>"] }), "<title>prices.csv: undecided</title>");
 * ```
 */
export function verdictHtml(verdict: Verdict, { charts = [], pictures = [] }: CheckPageParts = {}): string {
  const { problem, architecture, linear, runs, claims, environment } = verdict;
  return htmlPage(
    `${problem.source}: ${verdict.verdict}`,
    markup`<h1>${problem.source}</h1>
<p class="verdict ${verdict.verdict}">${verdictSentence(verdict)}</p>
<p>${counted(problem.rows, "row")}, ${counted(problem.d, "input")}, ${problem.loss} loss. Network
p = w'(x + V f(x)) with f = ${layerText(architecture.theta)},
${counted(architecture.parameters, "parameter")}. Best linear predictor: F = ${formatValue(linear.value)}${
      linear.attained ? "" : ` with weights of norm at most ${formatValue(linear.radius)}`
    }.</p>
<div class="charts">
${htmlLines(charts.map(chartHtml))}
</div>
${htmlLines(pictures.map(htmlFigure))}
<h2>Claims</h2>
${claimTable(claims)}
<h2>Runs</h2>
${runTable(runs)}
<p>Deno ${environment.deno}, V8 ${environment.v8}, ${environment.kernels} kernels, training in
${environment.dtype}, certificates in f64.</p>
`,
  );
}

function claimTable(claims: Verdict["claims"]) {
  const rows = claims.map((claim) => [
    claim.id,
    claim.status,
    formatValue(claim.measured, 4),
    formatValue(claim.bound, 4),
    grouped(claim.points),
    `${claim.statement} (${claim.source})`,
  ]);
  return htmlTable(["claim", "status", "measured", "bound", "points", "statement"], rows, new Set([0, 1, 5]));
}

function runTable(runs: Verdict["runs"]) {
  const header = [
    ...["run", "F", "gap to linear", "gradient", "lambda_min", "certificate", "min H"],
    ...["||w||", "||V||", "stationary"],
  ];
  const rows = runs.map((run) => [
    `seed ${run.seed}, ${run.start}`,
    formatValue(run.value, 6),
    formatValue(run.gap, 3),
    formatValue(run.gradientNorm, 2),
    `${formatValue(run.lambda.lower, 2)} to ${formatValue(run.lambda.upper, 2)}`,
    formatValue(run.certificate.bound, 2),
    formatValue(run.features.value, 6),
    formatValue(run.wNorm, 3),
    formatValue(run.vNorm, 3),
    run.stationary ? "yes" : "no",
  ]);
  return htmlTable(header, rows, new Set([0]));
}
