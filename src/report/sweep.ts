import type { Level, Share, SweepRow, SweepSummary } from "../sweep/mod.ts";
import { ROW_COLUMNS } from "../sweep/mod.ts";
import { csvRows } from "../data/mod.ts";
import { alignColumns, counted, formatValue, grouped } from "./format.ts";

/** `12.5 % (10.1 to 15.3)`. */
export function shareText({ share, lower, upper }: Share): string {
  const percent = (value: number) => (100 * value).toFixed(value > 0 && value < 0.1 ? 2 : 1);
  return share === null ? "-" : `${percent(share)} % (${percent(lower)} to ${percent(upper)})`;
}

/**
 * The finding of a sweep in sentences: how many runs are second-order stationary above the linear predictor, and residual beside plain nets.
 *
 * @param summary The summary.
 * @returns The sentences.
 * @example No run
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { summariseSweep } from "@resland/resland/sweep";
 * assertEquals(sweepSentence(summariseSweep([])), "No run is finished.");
 * ```
 */
export function sweepSentence({ runs, stuck, contrast, verdicts, unconverged }: SweepSummary): string {
  if (runs === 0) return "No run is finished.";
  const sentences = [
    `${grouped(stuck.count)} of ${
      counted(runs, "run")
    } ended second-order stationary in (w, V) above the best linear predictor: ${shareText(stuck)}.`,
  ];
  if (contrast !== null) {
    const { pairs, plainOnly, residualOnly, both } = contrast;
    sentences.push(
      `Of ${
        counted(pairs, "pair")
      } of the same net with and without the skip, from the same start on the same rows, the plain net did in ${
        grouped(plainOnly + both)
      } and the residual net in ${grouped(residualOnly + both)}.`,
    );
  }
  if (verdicts.fails > 0) sentences.push(`A claim fails in ${counted(verdicts.fails, "run")}; report it as a fault.`);
  if (unconverged > 0) {
    sentences.push(`${counted(unconverged, "run")} ended above it, not converged: more descent steps would tell.`);
  }
  return sentences.join(" ");
}

/** A table of levels: the share stuck, and the quarters of the gap as a percentage of the linear predictor's loss. */
export function levelTable(
  name: string,
  levels: readonly Level[],
): { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const gap = (value: number | undefined) => value === undefined ? "-" : formatValue(100 * value, 3);
  return {
    header: [name, "runs", "stuck, % (95 % interval)", "gap: lower quarter", "median", "upper quarter"],
    rows: levels.map(({ value, stuck, gaps }) => [
      value,
      grouped(stuck.of),
      shareText(stuck).replace(" %", ""),
      gap(gaps?.lower),
      gap(gaps?.median),
      gap(gaps?.upper),
    ]),
  };
}

/**
 * A sweep's summary as text: the finding, the factors by their effect, a table for each.
 *
 * @param summary The summary.
 * @returns The text.
 * @example No run
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { summariseSweep } from "@resland/resland/sweep";
 * assertEquals(sweepText(summariseSweep([])), "No run is finished.");
 * ```
 */
export function sweepText(summary: SweepSummary): string {
  const { factors, byNetwork } = summary;
  const effects = factors.map(({ name, effect, gapEffect }) => [name, effectText(effect), effectText(gapEffect)]);
  const parts: string[] = [sweepSentence(summary)];
  if (effects.length > 0) {
    const header = ["factor", "share of the variance of stuck", "of the gap's rank"];
    parts.push("", ...alignColumns(header, effects, new Set([0])));
  }
  for (const { name, levels } of factors) {
    const { header, rows } = levelTable(name, levels);
    parts.push("", ...alignColumns(header, rows, new Set([0])));
  }
  for (const { name, residual, plain } of byNetwork) {
    const rows = residual.map(({ value, stuck }, at) => [value, shareText(stuck), shareText(plain[at].stuck)]);
    parts.push("", ...alignColumns([name, "residual, stuck", "plain, stuck"], rows, new Set([0])));
  }
  return parts.join("\n");
}

/** An effect as a percentage. */
export const effectText = (effect: number | null): string => effect === null ? "-" : `${(100 * effect).toFixed(1)} %`;

/**
 * All runs of a sweep as CSV.
 *
 * @param rows The runs.
 * @returns The text, a header first.
 * @example The header
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(sweepCsv([]), "key,recipe,data_table,fingerprint,seed");
 * ```
 */
export function sweepCsv(rows: readonly SweepRow[]): string {
  const cell = (value: SweepRow[keyof SweepRow]): string | number => {
    if (value === null) return "";
    if (typeof value === "boolean") return String(value);
    // A spreadsheet would take it for a formula.
    return typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  };
  return csvRows([
    ROW_COLUMNS.map(({ name }) => name),
    ...rows.map((row) => ROW_COLUMNS.map(({ field }) => cell(row[field]))),
  ]);
}
