/**
 * Claims: the catalogue of statements, the record of what was measured at a point, the one rule that decides a statement, and the
 * verdict over all of them. `check`, `fit`, `certify` and `paper` all use it.
 *
 * @module
 */
export * from "./claim.ts";
export * from "./constraint_warning.ts";
export * from "./corollary_1.ts";
export * from "./decide.ts";
export * from "./decide_all.ts";
export * from "./gap_tolerance.ts";
export * from "./internal_fault.ts";
export * from "./measure_point.ts";
export * from "./point.ts";
export * from "./sentence.ts";
export { type PointStanding, standingBeside } from "./standing.ts";
export * from "./statements.ts";
export * from "./tally.ts";
export * from "./verdict.ts";
