/**
 * Values to text: the verdict as JSON, as a table for people and as a page, and trajectories as CSV. Writes nothing itself.
 *
 * @module
 */
export * from "./trajectory.ts";
export * from "./verdict.ts";
export * from "./verdict_html.ts";
export * from "./verdict_text.ts";
