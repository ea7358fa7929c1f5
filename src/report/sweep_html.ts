import type { SweepSummary } from "../sweep/mod.ts";
import { counted, formatValue, grouped } from "./format.ts";
import { escapeHtml, htmlFigure, htmlPage, htmlTable } from "./html.ts";
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
  const { factors, byNetwork, contrast, verdicts, runs, seconds, diverged } = summary;
  const status = verdicts.fails > 0 ? "fails" : runs === 0 || page.open > 0 ? "undecided" : "holds";
  const open = page.open > 0 ? `<p>${counted(page.open, "run")} ${page.open === 1 ? "is" : "are"} still open.</p>` : "";
  const effects = factors.map(({ name, effect, gapEffect }) => [name, effectText(effect), effectText(gapEffect)]);
  const picturesOf = (name: string) =>
    page.pictures.filter((picture) => picture.name === name).map(({ svg }) => htmlFigure(svg)).join("\n");
  const sections = factors.map(({ name, levels }) => {
    const { header, rows } = levelTable(name, levels);
    const nets = byNetwork.find((one) => one.name === name);
    const beside = nets === undefined ? "" : htmlTable(
      [name, "residual, stuck", "plain, stuck"],
      nets.residual.map(({ value, stuck }, at) => [value, shareText(stuck), shareText(nets.plain[at].stuck)]),
      new Set([0]),
    );
    return `<h2>By ${escapeHtml(name)}</h2>\n${picturesOf(name)}\n${htmlTable(header, rows, new Set([0]))}\n${beside}`;
  });
  return htmlPage(
    page.title,
    `<h1>${escapeHtml(page.title)}</h1>
<p class="verdict ${status}">${escapeHtml(sweepSentence(summary))}</p>
${open}
<p>${grouped(runs)} runs took ${formatValue(seconds, 3)} s of computing; SGD diverged in ${
      grouped(diverged)
    }. "Stuck" is short for
second-order stationary in (w, V) above the best linear predictor: the gradient is 0, no curvature is negative, and the loss is higher than
that of linear regression. Intervals are Wilson's, of 95 %. Gaps are F - F_lin as a percentage of F_lin.</p>
${
      contrast === null ? "" : `<h2>With the skip and without</h2>
${
        htmlTable(
          ["pairs", "both stuck", "only plain", "only residual", "neither", "plain ended higher"],
          [[
            contrast.pairs,
            contrast.both,
            contrast.plainOnly,
            contrast.residualOnly,
            contrast.neither,
            contrast.plainHigher,
          ].map(grouped)],
          new Set(),
        )
      }`
    }
<h2>What decides it</h2>
<p>The share of the variance that the means of a factor's levels explain (eta squared), each factor on its own.</p>
${htmlTable(["factor", "of stuck", "of the gap's rank"], effects, new Set([0]))}
${sections.join("\n")}
${failuresHtml(page)}
${
      page.commands.length === 0 ? "" : `<h2>Reproduce a run</h2>
<p>Every row of runs.csv holds its command; these are some.</p>
${htmlTable(["run", "command"], page.commands, new Set([0, 1]))}`
    }`,
  );
}

function failuresHtml({ failures, failed }: SweepPage): string {
  if (failed === 0) return "";
  const rows = failures.map(({ command, message }) => [message, command]);
  return `<h2>${counted(failed, "run")} failed, three times each</h2>\n${
    htmlTable(["why", "command"], rows, new Set([0, 1]))
  }`;
}
