import type { PairedInterval } from "../model/mod.ts";
import { heldOutSentence, type SentenceParts } from "./held_out_sentence.ts";

/** The model beside linear models on rows that none of them was fitted on. */
export interface ValidationReport {
  /** Which rows: held out by the user, or predicted fold by fold while the ridge was chosen. */
  readonly on: "held-out rows" | "cross-validated rows";
  /** What the mean losses are. */
  readonly figure: SentenceParts["figure"];
  /** Beside the best linear predictor. */
  readonly linear: PairedInterval;
  /** Beside the linear model that regularisation chose; null where it is the same. */
  readonly ridge: PairedInterval | null;
  /** The finding in a sentence or two. */
  readonly sentence: string;
}

/**
 * The finding as plain data, with its sentence.
 *
 * @param found The intervals, the figure and the rows.
 * @returns The report.
 * @example A model with a quarter of the squared errors
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { pairedInterval } from "@resland/resland/model";
 * const linear = pairedInterval(Float64Array.of(2, 3, 2, 3), Float64Array.of(8, 12, 8, 12), { root: true });
 * const { sentence } = validationReport({ on: "held-out rows", figure: "RMSE", linear, ridge: null });
 * assertStringIncludes(sentence, "Better than linear on held-out rows by 50 %");
 * ```
 */
export function validationReport(found: Omit<ValidationReport, "sentence">): ValidationReport {
  const { on, figure, linear, ridge } = found;
  const beside = ridge === null ? [] : [heldOutSentence(ridge, { figure, on, reference: "ridge-regularised linear" })];
  // Rows that the choice was made on flatter what was chosen; linear itself was not.
  const isFlattered = on === "cross-validated rows" && linear.outcome !== "same";
  const caution = isFlattered ? ["The ridge was chosen on the same folds."] : [];
  return { ...found, sentence: [heldOutSentence(linear, { figure, on }), ...beside, ...caution].join(" ") };
}
