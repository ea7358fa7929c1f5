import { formatValue } from "./format.ts";
import type { FitReport } from "./fit.ts";
import { escapeHtml, htmlFigure, htmlPage, htmlTable } from "./html.ts";
import { layerText } from "./layer_text.ts";

/**
 * A fit as one self-contained HTML page: the certificate in a sentence, linear against network, the claims, the settings.
 *
 * @param report The report.
 * @param charts Charts as SVG, shown after the figures (default none).
 * @returns The page.
 */
export function fitHtml(report: FitReport, charts: readonly string[] = []): string {
  const { problem, architecture, metrics: { training, heldOut }, claims, environment, verdict, sentence } = report;
  const sides = [training, ...heldOut ? [heldOut] : []];
  const figures = Object.keys(training.linear).map((name) => [
    name,
    ...sides.flatMap(({ linear, network }) =>
      [linear[name], network[name]].map((value) => formatValue(value ?? null, 5))
    ),
  ]);
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
<p>${problem.rows.toLocaleString("en-US")} rows to train on, ${
      problem.heldOutRows.toLocaleString("en-US")
    } held out; ${problem.d} inputs; ${escapeHtml(problem.loss)} loss; f = ${
      escapeHtml(layerText(architecture.theta))
    }, ${architecture.parameters.toLocaleString("en-US")} parameters.</p>
<h2>Linear against network</h2>
${
      htmlTable(
        ["figure", "linear", "network", ...heldOut ? ["linear, held out", "network, held out"] : []],
        figures,
        new Set([0]),
      )
    }
${charts.map(htmlFigure).join("\n")}
<h2>Claims</h2>
${htmlTable(["claim", "status", "measured", "bound", "statement"], claimRows, new Set([0, 1, 4]))}
<p>Seed ${report.training.seed}, ${report.training.epochs} epochs, point of epoch ${report.training.keptEpoch}. Deno ${
      escapeHtml(environment.deno)
    }, ${environment.kernels} kernels, training in ${environment.dtype}, certificates in f64. The same command with
<code>config.json</code>'s arguments gives the same bits; <code>certify --verdict verdict.json</code> checks them.</p>`,
  );
}
