/**
 * The court: every statement once, one record of what was measured at a point, one rule that decides each statement, one verdict.
 * `check`, `fit`, `certify` and `paper` all come here.
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
export * from "./statements.ts";
export * from "./verdict.ts";
