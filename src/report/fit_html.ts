import { formatValue, grouped } from "./format.ts";
import { type FitReport, metricsTable } from "./fit.ts";
import { regularisationLines } from "./regularisation.ts";
import { linearNotes } from "./linear.ts";
import { escapeHtml, htmlFigure, htmlPage, htmlTable } from "./html.ts";
import { layerText } from "./layer_text.ts";

/**
 * A fit as one self-contained HTML page: the certificate in a sentence, linear against network, the claims, the settings.
 *
 * @param report The report.
 * @param charts Charts as SVG, shown after the figures (default none).
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
export function fitHtml(report: FitReport, charts: readonly string[] = []): string {
  const { problem, architecture, metrics, claims, environment, verdict, sentence } = report;
  const figures = metricsTable(metrics);
  const claimRows = claims.map((claim) => [
    claim.id,
    claim.status,
    formatValue(claim.measured, 4),
    formatValue(claim.bound, 4),
    `${claim.statement} (${claim.source})`,
  ]);
  return htmlPage(
    `${problem.source}: ${problem.targets.join(", ")}`,
    `<h1>${escapeHtml(problem.targets.join(", "))} from ${escapeHtml(problem.source)}</h1>
<p class="verdict ${verdict}">${escapeHtml(sentence)}</p>
${
      (report.regularisation === null ? [] : regularisationLines(report.regularisation)).map((line) =>
        `<p>${escapeHtml(line)}</p>`
      ).join("\n")
    }
${linearNotes(report.linear).map((note) => `<p>${escapeHtml(note)}</p>`).join("\n")}
<p>${grouped(problem.rows)} rows to train on, ${grouped(problem.heldOutRows)} held out; ${problem.d} inputs; ${
      escapeHtml(problem.loss)
    } loss; f = ${escapeHtml(layerText(architecture.theta))}, ${grouped(architecture.parameters)} parameters.</p>
<h2>Linear against network</h2>
${htmlTable(figures.header, figures.rows, new Set([0]))}
${charts.map(htmlFigure).join("\n")}
<h2>Claims</h2>
${htmlTable(["claim", "status", "measured", "bound", "statement"], claimRows, new Set([0, 1, 4]))}
<p>Seed ${report.training.seed}, ${report.training.epochs} epochs, point of epoch ${report.training.keptEpoch}. Deno ${
      escapeHtml(environment.deno)
    }, ${environment.kernels} kernels, training in ${environment.dtype}, certificates in f64. The same command with
<code>config.json</code>'s arguments gives the same bits; <code>certify --verdict verdict.json</code> checks them.</p>`,
  );
}
