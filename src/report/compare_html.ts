import { type CompareReport, compareTable, compareText } from "./compare.ts";
import { grouped } from "./format.ts";
import { weightingText } from "./problem.ts";
import { htmlFigure, htmlLines, htmlPage, htmlTable, markup } from "./html.ts";

/**
 * A comparison as one self-contained HTML page: the finding, the picture, the table.
 *
 * @param report The report.
 * @param charts Charts as SVG (default none).
 * @returns The page.
 * @example Two models
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { compareModels, type CompareReport } from "@resland/resland/report";
 * const one = { kind: "linear", shape: null, parameters: 2, ridges: [], figures: {} } as const;
 * const models = [4, 1].map((loss, at) => ({ ...one, name: ["linear", "tanh 8"][at], losses: new Float64Array(6).map((_, i) => loss + i / 9) }));
 * const outcome = compareModels(models, [[0, 1], [2, 3], [4, 5]], { figure: "RMSE", trainingRows: 4 });
 * const report: CompareReport = {
 *   schema: "resland/compare@1",
 *   problem: {
 *     source: "a.csv", rows: 6, heldOutRows: 0, features: ["x"], targets: ["y"], classes: null, d: 2, outputs: 1, loss: "squared",
 *     intercept: true,
 *   },
 *   folds: { count: 3, rows: 6, inner: 3 }, figure: "RMSE", ...outcome,
 *   model: "model.safetensors", ridge: null, training: { seed: 1, epochs: 1, seconds: 0 },
 *   environment: { deno: "2", v8: "1", kernels: "simd", dtype: "f64", workers: 1 },
 * };
 * assertStringIncludes(compareHtml(report), "<h1>y from a.csv: models compared</h1>");
 * ```
 */
export function compareHtml(report: CompareReport, charts: readonly string[] = []): string {
  const { problem, sentence, training, environment } = report;
  const { header, rows } = compareTable(report);
  const [, how] = compareText(report).split("\n");
  const note = compareText(report).split("\n").at(-1)!;
  return htmlPage(
    `${problem.source}: ${problem.targets.join(", ")}, models compared`,
    markup`<h1>${problem.targets.join(", ")} from ${problem.source}: models compared</h1>
<p class="verdict holds">${sentence}</p>
${htmlLines(charts.map(htmlFigure))}
${htmlTable(header, rows, new Set([0]))}
<p>${grouped(problem.rows)} rows, ${problem.d} inputs, ${problem.loss} loss${weightingText(problem)}. ${
      how[0].toUpperCase()
    }${how.slice(1)}. The models stand from the simplest to the most complex; * is the chosen one. ${note}</p>
<p>Seed ${training.seed}, ${training.epochs} epochs. Deno ${environment.deno}, ${environment.kernels} kernels, training in ${environment.dtype}. The same command gives the same bits.</p>`,
  );
}
