import type { FactorSummary, SweepSummary } from "../sweep/mod.ts";
import { counted, formatValue, grouped } from "./format.ts";
import { type Html, htmlFigure, htmlLines, htmlPage, htmlTable, markup } from "./html.ts";
import { effectText, levelTable, shareText, sweepSentence } from "./sweep.ts";

/** A picture of a factor. */
export interface SweepPicture {
  /** The factor. */
  readonly name: string;
  /** SVG. */
  readonly svg: string;
}

/** What a page says beside the summary. */
export interface SweepPage {
  /** Its title. */
  readonly title: string;
  /** Pictures, by factor. */
  readonly pictures: readonly SweepPicture[];
  /** Runs that are not finished. */
  readonly open: number;
  /** Runs that failed, the first ones with why. */
  readonly failures: readonly { readonly command: string; readonly message: string }[];
  /** How many failed. */
  readonly failed: number;
  /** Commands that reproduce runs that are worth a look: each with what is special about it. */
  readonly commands: readonly (readonly [what: string, command: string])[];
}

/**
 * A sweep as one self-contained HTML page.
 *
 * @param summary The summary.
 * @param page The title, the pictures, the commands.
 * @returns The page.
 * @example A sweep that has just begun
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { summariseSweep } from "@resland/resland/sweep";
 * const page = { title: "skip", pictures: [], open: 3, failures: [], failed: 0, commands: [] };
 * assertStringIncludes(sweepHtml(summariseSweep([]), page), "3 runs are still open");
 * ```
 */
export function sweepHtml(summary: SweepSummary, page: SweepPage): string {
  const { factors, byNetwork, verdicts, runs, seconds, diverged } = summary;
  const status = verdicts.fails > 0 ? "fails" : runs === 0 || page.open > 0 ? "undecided" : "holds";
  const open = page.open > 0
    ? markup`<p>${counted(page.open, "run")} ${page.open === 1 ? "is" : "are"} still open.</p>`
    : markup``;
  const effects = factors.map(({ name, effect, gapEffect }) => [name, effectText(effect), effectText(gapEffect)]);
  const sections = factors.map((factor) => {
    const pictures = page.pictures.filter(({ name }) => name === factor.name).map(({ svg }) => htmlFigure(svg));
    return factorHtml(factor, byNetwork.find(({ name }) => name === factor.name) ?? null, pictures);
  });
  return htmlPage(
    page.title,
    markup`<h1>${page.title}</h1>
<p class="verdict ${status}">${sweepSentence(summary)}</p>
${open}
<p>${grouped(runs)} runs took ${formatValue(seconds, 3)} s of computing; SGD diverged in ${
      grouped(diverged)
    }. "Stuck" is short for
second-order stationary in (w, V) above the best linear predictor: the gradient is 0, no curvature is negative, and the loss is higher than
that of linear regression. Intervals are Wilson's, of 95 %. Gaps are F - F_lin as a percentage of F_lin.</p>
${contrastHtml(summary)}
<h2>What decides it</h2>
<p>The share of the variance that the means of a factor's levels explain (eta squared), each factor on its own.</p>
${htmlTable(["factor", "of stuck", "of the gap's rank"], effects, new Set([0]))}
${htmlLines(sections)}
${failuresHtml(page)}
${commandsHtml(page)}`,
  );
}

/** A factor: its pictures, its table, and residual beside plain nets. */
function factorHtml(
  { name, levels }: FactorSummary,
  nets: SweepSummary["byNetwork"][number] | null,
  pictures: readonly Html[],
): Html {
  const { header, rows } = levelTable(name, levels);
  const beside = nets === null ? markup`` : htmlTable(
    [name, "residual, stuck", "plain, stuck"],
    nets.residual.map(({ value, stuck }, at) => [value, shareText(stuck), shareText(nets.plain[at].stuck)]),
    new Set([0]),
  );
  return markup`<h2>By ${name}</h2>\n${htmlLines(pictures)}\n${htmlTable(header, rows, new Set([0]))}\n${beside}`;
}

function contrastHtml({ contrast }: SweepSummary): Html {
  if (contrast === null) return markup``;
  const { pairs, both, plainOnly, residualOnly, neither, plainHigher } = contrast;
  const header = ["pairs", "both stuck", "only plain", "only residual", "neither", "plain ended higher"];
  const row = [pairs, both, plainOnly, residualOnly, neither, plainHigher].map(grouped);
  return markup`<h2>With the skip and without</h2>\n${htmlTable(header, [row], new Set())}`;
}

function failuresHtml({ failures, failed }: SweepPage): Html {
  if (failed === 0) return markup``;
  const rows = failures.map(({ command, message }) => [message, command]);
  return markup`<h2>${counted(failed, "run")} failed, three times each</h2>\n${
    htmlTable(["why", "command"], rows, new Set([0, 1]))
  }`;
}

function commandsHtml({ commands }: SweepPage): Html {
  if (commands.length === 0) return markup``;
  return markup`<h2>Reproduce a run</h2>
<p>Every row of runs.csv holds its command; these are some.</p>
${htmlTable(["run", "command"], commands, new Set([0, 1]))}`;
}
