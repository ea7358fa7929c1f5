import { alignColumns, counted, formatValue } from "./format.ts";

/** An eigenvalue with how exact it is. */
export interface MeasuredEigenvalue {
  /** The value. */
  readonly value: number;
  /** `||A q - value q||`, measured. */
  readonly residual: number;
}

/** The spectrum of one block of the parameters. */
export interface BlockSpectrum {
  /** Its name: all, the head (w, V), or a parameter array. */
  readonly name: string;
  /** How many parameters. */
  readonly size: number;
  /** The lowest eigenvalues, lowest first. */
  readonly low: readonly MeasuredEigenvalue[];
  /** The highest, highest first. */
  readonly high: readonly MeasuredEigenvalue[];
  /** Whether Lanczos reached its tolerance. */
  readonly converged: boolean;
  /** Its steps. */
  readonly steps: number;
  /** The trace with its standard error. */
  readonly trace: { readonly value: number; readonly standardError: number };
}

/** The density of the spectrum with an error band. */
export interface DensityReport {
  /** Eigenvalues. */
  readonly at: readonly number[];
  /** The density there. */
  readonly density: readonly number[];
  /** Two standard errors below it, and at least 0. */
  readonly low: readonly number[];
  /** Two standard errors above it. */
  readonly high: readonly number[];
  /** Standard deviation of the smoothing. */
  readonly width: number;
  /** Its integral, 1 but for rounding. */
  readonly integral: number;
  /** The mean eigenvalue. */
  readonly mean: number;
  /** The standard error of that mean. */
  readonly meanError: number;
}

/** The extreme eigenvalues over (w, V). */
export interface HeadExtremes {
  /** The smallest eigenvalue; where it is not exact, the least Rayleigh quotient that was found. */
  readonly lambdaMin: number;
  /** The largest; where it is not exact, the largest Rayleigh quotient that was found. */
  readonly lambdaMax: number;
  /** Whether both are those of the small matrix, exact but for rounding. */
  readonly exact: boolean;
  /** Proved: the smallest eigenvalue is at least this; the eigenvalue itself where it is exact. */
  readonly lower: number;
}

/** What `spectrum --json` prints: `resland/spectrum@1`. */
export interface SpectrumReport {
  /** The schema's name and version. */
  readonly schema: "resland/spectrum@1";
  /** The model file. */
  readonly model: string;
  /** The table. */
  readonly source: string;
  /** Its rows. */
  readonly rows: number;
  /** How many parameters. */
  readonly parameters: number;
  /** Where the random numbers came from. */
  readonly seed: number;
  /** The ridge that the loss includes; null for none, absent in reports of earlier versions, which left it out. */
  readonly ridge?: { readonly x: number; readonly f: number } | null;
  /** The extremes over (w, V). */
  readonly head: HeadExtremes;
  /** The whole first, then the head, then each array. */
  readonly blocks: readonly BlockSpectrum[];
  /** The density of the whole. */
  readonly density: DensityReport;
}

/**
 * A spectrum as text: a row per block.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example One block, the whole
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const block = {
 *   name: "all", size: 7, low: [{ value: -0.5, residual: 1e-12 }], high: [{ value: 2, residual: 1e-12 }], converged: true, steps: 7,
 *   trace: { value: 3.5, standardError: 0 },
 * };
 * const text = spectrumText({
 *   schema: "resland/spectrum@1", model: "model.safetensors", source: "prices.csv", rows: 3, parameters: 7, seed: 1,
 *   head: { lambdaMin: -0.25, lambdaMax: 1.5, exact: true, lower: -0.25 }, blocks: [block],
 *   density: { at: [], density: [], low: [], high: [], width: 0.1, integral: 1, mean: 0.5, meanError: 0 },
 * });
 * assertStringIncludes(text, "Over (w, V), exactly: from -0.25 to 1.5.");
 * ```
 */
export function spectrumText(
  { model, source, rows, parameters, head, blocks, density, ridge }: SpectrumReport,
): string {
  const table = blocks.map(({ name, size, low, high, converged, trace }) => [
    name,
    String(size),
    formatValue(low[0].value, 6),
    formatValue(high[0].value, 6),
    `${formatValue(trace.value, 5)} ± ${formatValue(trace.standardError, 2)}`,
    converged ? "yes" : "no",
  ]);
  return [
    `${model} on ${source}: ${counted(rows, "row")}, ${counted(parameters, "parameter")}`,
    "",
    ...alignColumns(["block", "size", "lowest", "highest", "trace", "converged"], table, new Set([0])),
    "",
    `Over (w, V), ${head.exact ? "exactly" : "by Lanczos"}: from ${formatValue(head.lambdaMin, 6)} to ${
      formatValue(head.lambdaMax, 6)
    }${head.exact ? "" : `; no eigenvalue is below ${formatValue(head.lower, 6)}`}.`,
    ...ridge ? [`The loss includes the model's ridge, ${ridge.x} on w and ${ridge.f} on V'w.`] : [],
    `Mean eigenvalue ${formatValue(density.mean, 5)} ± ${formatValue(density.meanError, 2)}, by the density.`,
  ].join("\n");
}
