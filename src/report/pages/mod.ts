/**
 * Reports to pages that open from disk: HTML with formulas as MathML, no scripts, no external resources.
 *
 * @module
 */
export * from "./mathml.ts";
export * from "./paper_pages.ts";
