/**
 * Values to text: the verdict as JSON, as a table for people and as a page, trajectories as CSV, and a bench as tables.
 * Writes nothing itself.
 *
 * @module
 */
export * from "./bars_html.ts";
export * from "./bench.ts";
export * from "./bench_markdown.ts";
export * from "./certificate.ts";
export * from "./chart_html.ts";
export * from "./certify.ts";
export * from "./check_charts.ts";
export * from "./columns.ts";
export type { ColumnReport } from "./dependent_columns.ts";
export * from "./compare.ts";
export * from "./compare_html.ts";
export * from "./effects.ts";
export * from "./effects_html.ts";
export * from "./features.ts";
export * from "./features_text.ts";
export * from "./fit.ts";
export * from "./fit_charts.ts";
export * from "./fit_html.ts";
export * from "./format.ts";
export * from "./held_out_sentence.ts";
export * from "./held_out_validation.ts";
export {
  escapeHtml,
  fileName,
  Html,
  htmlFigure,
  htmlFormula,
  htmlLines,
  htmlPage,
  type HtmlPart,
  htmlTable,
  markup,
} from "./html.ts";
export * from "./layer_text.ts";
export * from "./linear.ts";
export * from "./regularisation.ts";
export * from "./validation.ts";
export * from "./validation_chart.ts";
export * from "./paper.ts";
export { type Plain, plain } from "./plain.ts";
export type { ByTheorem, PointFigure, PointReport } from "./point_report.ts";
export * from "./problem.ts";
export * from "./rebuild_svg.ts";
export * from "./ridge_chart.ts";
export * from "./spectrum.ts";
export * from "./stored_schemas.ts";
export * from "./surface_svg.ts";
export { sweepCsv, sweepSentence, sweepText } from "./sweep.ts";
export * from "./sweep_html.ts";
export * from "./trajectory.ts";
export * from "./verdict.ts";
export * from "./verdict_html.ts";
export * from "./verdict_schema.ts";
export * from "./verdict_text.ts";
