import { counted, formatValue } from "./format.ts";
import { layerText } from "./layer_text.ts";
import type { Verdict } from "./verdict.ts";
import { verdictSentence } from "./verdict_text.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
th:first-child, td:first-child, .text { text-align: left; }
th:first-child, td:first-child { white-space: nowrap; }
.verdict { font-size: 1.15rem; border-left: .3rem solid; padding-left: 1rem; }
.holds { border-color: #2a7a3f; } .fails { border-color: #b3261e; } .undecided, .outside { border-color: #a86b00; }
`;

/**
 * A verdict as one self-contained HTML page: no scripts, nothing from elsewhere.
 *
 * @param verdict The verdict.
 * @returns The page.
 */
export function verdictHtml(verdict: Verdict): string {
  const { problem, architecture, linear, runs, claims, environment } = verdict;
  const title = `${problem.source}: ${verdict.verdict}`;
  const runRows = runs.map((run) => [
    `seed ${run.seed}, ${run.start}`,
    formatValue(run.value, 6),
    formatValue(run.gap, 3),
    formatValue(run.gradientNorm, 2),
    formatValue(run.lambdaMin, 2),
    formatValue(run.certificate.bound, 2),
    formatValue(run.features.value, 6),
    formatValue(run.wNorm, 3),
    formatValue(run.vNorm, 3),
    run.stationary ? "yes" : "no",
  ]);
  const claimRows = claims.map((claim) => [
    claim.id,
    claim.status,
    formatValue(claim.measured, 4),
    formatValue(claim.bound, 4),
    claim.points.toLocaleString("en-US"),
    `${claim.statement} (${claim.source})`,
  ]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(problem.source)}</h1>
<p class="verdict ${verdict.verdict}">${escapeHtml(verdictSentence(verdict))}</p>
<p>${counted(problem.rows, "row")}, ${counted(problem.d, "input")}, ${escapeHtml(problem.loss)} loss. Network
p = w'(x + V f(x)) with f = ${escapeHtml(layerText(architecture.theta))},
${counted(architecture.parameters, "parameter")}. Best linear predictor: F = ${formatValue(linear.value)}${
    linear.attained ? "" : ` with weights of norm at most ${linear.radius}`
  }.</p>
<h2>Claims</h2>
${table(["claim", "status", "measured", "bound", "points", "statement"], claimRows, new Set([0, 1, 5]))}
<h2>Runs</h2>
${
    table(
      [
        "run",
        "F",
        "gap to linear",
        "gradient",
        "lambda_min",
        "certificate",
        "best of features",
        "||w||",
        "||V||",
        "stationary",
      ],
      runRows,
      new Set([0]),
    )
  }
<p>Deno ${escapeHtml(environment.deno)}, V8 ${escapeHtml(environment.v8)}, ${environment.kernels} kernels, training in
${environment.dtype}, certificates in f64.</p>
</body>
</html>
`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[], text: ReadonlySet<number>): string {
  const cells = (row: readonly string[], tag: "th" | "td") =>
    row.map((cell, j) =>
      `<${tag}${text.has(j) ? ' class="text"' : ""}${tag === "th" ? ' scope="col"' : ""}>${escapeHtml(cell)}</${tag}>`
    ).join("");
  return `<div class="scroll"><table><thead><tr>${cells(header, "th")}</tr></thead><tbody>
${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}
</tbody></table></div>`;
}

/** Text as HTML shows it literally. */
function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => names[character]);
}
