import { type CompareReport, compareTable, compareText } from "./compare.ts";
import { grouped } from "./format.ts";
import { escapeHtml, htmlFigure, htmlPage, htmlTable } from "./html.ts";

/**
 * A comparison as one self-contained HTML page: the finding, the picture, the table.
 *
 * @param report The report.
 * @param charts Charts as SVG (default none).
 * @returns The page.
 */
export function compareHtml(report: CompareReport, charts: readonly string[] = []): string {
  const { problem, sentence, training, environment } = report;
  const { header, rows } = compareTable(report);
  const [, how] = compareText(report).split("\n");
  const note = compareText(report).split("\n").at(-1)!;
  return htmlPage(
    `${problem.source}: ${problem.targets.join(", ")}, models compared`,
    `<h1>${escapeHtml(problem.targets.join(", "))} from ${escapeHtml(problem.source)}: models compared</h1>
<p class="verdict holds">${escapeHtml(sentence)}</p>
${charts.map(htmlFigure).join("\n")}
${htmlTable(header, rows, new Set([0]))}
<p>${grouped(problem.rows)} rows, ${problem.d} inputs, ${escapeHtml(problem.loss)} loss. ${
      escapeHtml(`${how[0].toUpperCase()}${how.slice(1)}`)
    }. The models stand from the simplest to the most complex; * is the chosen one. ${escapeHtml(note)}</p>
<p>Seed ${training.seed}, ${training.epochs} epochs. Deno ${
      escapeHtml(environment.deno)
    }, ${environment.kernels} kernels, training in ${environment.dtype}. The same command gives the same bits.</p>`,
  );
}
