import { inOrder, type Job, type Recipe } from "./job.ts";
import type { Outcome } from "./row.ts";

/** A finished run: what was run, what it found, and how long it took. */
export interface SweepRow extends Outcome {
  /** The job's key. */
  readonly key: string;
  /** What was run. */
  readonly recipe: Recipe;
  /** The name of the table. */
  readonly table: string;
  /** The fingerprint of its bytes. */
  readonly fingerprint: string;
  /** The seed. */
  readonly seed: number;
  /** With the skip, or the same net without it. */
  readonly network: "residual" | "plain";
  /** Units of each layer of f. */
  readonly width: number;
  /** Layers of f. */
  readonly depth: number;
  /** The activation. */
  readonly activation: string;
  /** Kind of the layers after the first. */
  readonly block: string;
  /** The loss. */
  readonly loss: string;
  /** Where the run started. */
  readonly start: string;
  /** Epochs of SGD. */
  readonly epochs: number;
  /** Batch size. */
  readonly batch: number;
  /** Learning rate. */
  readonly rate: number;
  /** All settings that differ from the defaults, as JSON. */
  readonly settings: string;
  /** The command that reproduces the row. */
  readonly command: string;
  /** The version of the program. */
  readonly version: string;
  /** Seconds that the run took. */
  readonly seconds: number;
  /** The machine that ran it. */
  readonly worker: string;
}

/** What kind of values a column has. */
export type ColumnKind = "text" | "integer" | "number" | "boolean";

/** A column of the table of runs. */
export interface RowColumn {
  /** The field of {@linkcode SweepRow}. */
  readonly field: keyof SweepRow;
  /** Its name in a database and in files. */
  readonly name: string;
  /** Its kind. */
  readonly kind: ColumnKind;
  /** Whether it may differ between two runs of one job: times and machines. */
  readonly varies: boolean;
}

const KINDS: Readonly<Record<keyof SweepRow, ColumnKind>> = {
  key: "text",
  recipe: "text",
  table: "text",
  fingerprint: "text",
  seed: "integer",
  network: "text",
  width: "integer",
  depth: "integer",
  activation: "text",
  block: "text",
  loss: "text",
  start: "text",
  epochs: "integer",
  batch: "integer",
  rate: "number",
  value: "number",
  linear: "number",
  gap: "number",
  tolerance: "number",
  standing: "text",
  stationary: "boolean",
  stuck: "boolean",
  gradient: "number",
  lambdaMin: "number",
  epsilon: "number",
  featureOptimum: "number",
  verdict: "text",
  reason: "text",
  diverged: "boolean",
  steps: "integer",
  descent: "text",
  descentSteps: "integer",
  heldOut: "number",
  heldOutLinear: "number",
  settings: "text",
  command: "text",
  version: "text",
  seconds: "number",
  worker: "text",
};

/** Names that SQL keeps for itself. */
const RENAMED: Partial<Record<keyof SweepRow, string>> = { table: "data_table", start: "start_point" };

const VARYING: readonly (keyof SweepRow)[] = ["seconds", "worker", "command", "table"];

/** The columns of the table of runs, in order: the same in SQLite, PostgreSQL, CSV and Parquet. */
export const ROW_COLUMNS: readonly RowColumn[] = (Object.keys(KINDS) as (keyof SweepRow)[]).map((field) => ({
  field,
  name: RENAMED[field] ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  kind: KINDS[field],
  varies: VARYING.includes(field),
}));

/** What the row of a job says beside its outcome. */
export type RowContext = Omit<SweepRow, keyof Outcome | "key" | "recipe" | "fingerprint" | "seed" | "settings">;

/**
 * The row of a job.
 *
 * @param job The job.
 * @param context Its settings in full, and where it ran.
 * @param outcome What it found.
 * @returns The row, its fields in the order of {@linkcode ROW_COLUMNS}.
 * @example The fields are those of the columns
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const job = { key: "ab", recipe: "check", table: "ff", settings: { width: 4 }, seed: 1 } as const;
 * const row = makeRow(job, {} as RowContext, {} as Parameters<typeof makeRow>[2]);
 * assertEquals([row.fingerprint, row.settings, Object.keys(row).length], ["ff", '{"width":4}', ROW_COLUMNS.length]);
 * ```
 */
export function makeRow(job: Job, context: RowContext, outcome: Outcome): SweepRow {
  const { key, recipe, table: fingerprint, seed, settings } = job;
  const all = { ...context, ...outcome, key, recipe, fingerprint, seed, settings: JSON.stringify(inOrder(settings)) };
  return Object.fromEntries(ROW_COLUMNS.map(({ field }) => [field, all[field]])) as unknown as SweepRow;
}
