import type { Job, SweepRow } from "../../src/sweep/mod.ts";

/** A table as a store keeps it. */
export interface StoredTable {
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly fingerprint: string;
  /** What reports call it. */
  readonly name: string;
  /** Where the user has it; null for a table that is part of the program. */
  readonly path: string | null;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** A job that is to be run, and what the store knows of it. */
export interface TakenJob {
  /** The job. */
  readonly job: Job;
  /** How the store knows it. */
  readonly ticket: unknown;
}

/** A job that was done. */
export interface DoneJob extends TakenJob {
  /** What it found. */
  readonly row: SweepRow;
}

/** A job that failed. */
export interface FailedJob extends TakenJob {
  /** Why. */
  readonly message: string;
}

/** How many jobs there are, and how they stand. */
export interface SweepCounts {
  /** All. */
  readonly jobs: number;
  /** Those that are done. */
  readonly done: number;
  /** Those that failed, for good. */
  readonly failed: number;
  /** Runs that ended second-order stationary above the linear predictor. */
  readonly stuck: number;
}

/** A job that failed for good. */
export interface Failure {
  /** The job. */
  readonly job: Job;
  /** Why, at its last try. */
  readonly message: string;
}

/** How often a job is tried. */
export const TRIES = 3;

/** Where the jobs and the results of a sweep are. */
export interface SweepStore extends AsyncDisposable {
  /** What messages call it; without credentials. */
  readonly name: string;
  /** Keeps tables; those that it has already stay. */
  addTables(tables: readonly StoredTable[]): Promise<void>;
  /** The tables, without their bytes. */
  tables(): Promise<readonly Omit<StoredTable, "bytes">[]>;
  /** The bytes of a table. */
  tableBytes(fingerprint: string): Promise<Uint8Array>;
  /** Adds jobs; those that it has already stay as they are. Returns how many were new. */
  addJobs(jobs: Iterable<Job>): Promise<number>;
  /** Takes jobs to run, at most so many; none where there is none to take now. */
  take(count: number): Promise<readonly TakenJob[]>;
  /** Keeps what was done, and what failed: that is tried again, and kept with its error after {@linkcode TRIES} tries. */
  settle(done: readonly DoneJob[], failed: readonly FailedJob[]): Promise<void>;
  /** Gives back jobs that were taken and not begun. */
  release(jobs: readonly TakenJob[]): Promise<void>;
  /** Whether jobs may still come, from other workers' failures. */
  isOpen(): Promise<boolean>;
  /** The counts. */
  counts(): Promise<SweepCounts>;
  /** Every row, in the order of the keys. */
  rows(): AsyncIterable<SweepRow>;
  /** Every job that failed for good. */
  failures(): Promise<readonly Failure[]>;
  /** Opens the jobs that failed for good once more; returns how many. */
  reopen(): Promise<number>;
}
