/**
 * Sweeps: designs over settings times seeds, jobs that are known by the hash of everything they depend on, the outcome of a run, and what many
 * outcomes say.
 *
 * @module
 */
export * from "./design.ts";
export * from "./fit_outcome.ts";
export { identityText, isInShard, type Job, type JobIdentity, makeJob, type Recipe, type Shard } from "./job.ts";
export * from "./plain_run.ts";
export { checkOutcome, type Outcome, plainOutcome } from "./row.ts";
export * from "./sobol.ts";
export * from "./summary.ts";
export * from "./sweep_row.ts";
export * from "./wilson.ts";
