/**
 * What the page's worker reports with. It imports these files one by one: the whole of the reports, with the schemas of stored ones, would
 * not fit its size. Not published.
 *
 * @module
 */
export { escapeHtml } from "./_escape.ts";
export { certificateReport } from "./certificate.ts";
export { type Comparison, comparison, type FitReport } from "./fit.ts";
export { validateHeldOut } from "./held_out_validation.ts";
export { linearNotes, linearReport } from "./linear.ts";
export { architectureReport, problemReport } from "./problem.ts";
export { givenRegularisation } from "./regularisation.ts";
export type { ValidationReport } from "./validation.ts";
