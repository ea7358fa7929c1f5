import { UsageError } from "../../src/cli/mod.ts";
import {
  countPoints,
  designPoints,
  isInShard,
  type Job,
  makeJob,
  type Settings,
  type Shard,
} from "../../src/sweep/mod.ts";
import { neededMemory } from "../../src/train/mod.ts";
import { readBytes } from "../io/files.ts";
import { fingerprintOf, hashOf } from "../io/table_cache.ts";
import type { StoredTable } from "../stores/store.ts";
import { DIABETES } from "./_diabetes.ts";
import { VERSION } from "./program.ts";
import type { DesignTable, SweepFile } from "./_sweep_design.ts";
import type { SweepRows } from "../workers/sweep_worker.ts";
import { loadJobProblem, workOf } from "./_sweep_problem.ts";
import { normaliseSettings, resolveSettings } from "./_sweep_settings.ts";

/** A table of a plan, and the options that say which of its columns are what. */
export interface PlannedTable extends StoredTable {
  /** The options. */
  readonly options: Settings;
}

/** What a sweep is to run. */
export interface SweepPlan {
  /** The file. */
  readonly file: SweepFile;
  /** Its tables. */
  readonly tables: readonly PlannedTable[];
  /** Settings of each point on each table, with the table's fingerprint; each once. */
  readonly points: readonly { readonly table: string; readonly settings: Settings }[];
  /** A mark of everything that decides the jobs. */
  readonly mark: string;
}

/** Points that are planned at once. */
const MOST_POINTS = 2_000_000;

/** Distinct ways to read a table that are tried before anything is written. */
const TRIED = 64;

/** Bytes that a run may need. */
const MOST_BYTES = 2 ** 31;

/** Reads the tables of a sweep, and plans its points; tries to read each table as the jobs will. */
export async function planSweep(file: SweepFile, name: string): Promise<SweepPlan> {
  const tables = await Promise.all(file.tables.map(readTable));
  refuseTwins(tables);
  const count = countPoints(file.design) * tables.length;
  if (count > MOST_POINTS) {
    throw new UsageError(
      `${name}: the design has ${count} points; ${MOST_POINTS} are the most, so draw some at random`,
    );
  }
  const points = new Map<string, SweepPlan["points"][number]>();
  for (const point of designPoints(file.design)) {
    for (const { fingerprint: table, options } of tables) {
      const settings = settingsAt(file, name, { ...options, ...file.options, ...point });
      points.set(`${table} ${JSON.stringify(settings)}`, { table, settings });
    }
  }
  await tryProblems(file, tables, [...points.values()]);
  const mark = hashOf(JSON.stringify([VERSION, file.recipe, file.seeds, file.design.seed, [...points.keys()]]));
  return { file, tables, points: [...points.values()], mark };
}

/** The jobs of a plan, seed by seed, so that a sweep that is stopped has all points with fewer seeds. */
export function* jobsOf({ file, points }: SweepPlan, shard: Shard | null = null): Generator<Job> {
  const { recipe, seeds, design: { seed: first } } = file;
  for (let seed = first; seed < first + seeds; seed++) {
    for (const { table, settings } of points) {
      const job = makeJob({ recipe, table, settings, seed, version: VERSION }, hashOf);
      if (shard === null || isInShard(job.key, shard)) yield job;
    }
  }
}

/** The settings of a point, as a job has them. */
function settingsAt({ recipe }: SweepFile, name: string, settings: Settings): Settings {
  try {
    const normal = normaliseSettings(recipe, settings);
    if (recipe === "check" && normal.network === "plain") refusePlain(normal);
    return normal;
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}

/** Refuses settings that a net without the skip does not have. */
function refusePlain(settings: Settings): void {
  const about = ["start", "penalty", "ball"].find((option) => option in settings);
  if (about === undefined) return;
  throw new UsageError(
    `"${about}" is ${
      JSON.stringify(settings[about])
    } for a plain network, which has only the default start, no penalty and ` +
      "no ball; run the plain networks in a sweep of their own",
  );
}

async function readTable(table: DesignTable): Promise<PlannedTable> {
  const { data = null, name, ...options } = table;
  const bytes = data === null ? new TextEncoder().encode(DIABETES.text) : await readBytes(data);
  const own = (data ?? DIABETES.name).replace(/^.*[/\\]/, "").replace(/\.\w+$/, "");
  return { fingerprint: fingerprintOf(bytes), name: name ?? own, path: data, bytes, options };
}

/** Refuses tables that reports could not tell apart. */
function refuseTwins(tables: readonly PlannedTable[]): void {
  const twice = tables.find(({ name }, at) => tables.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) {
    throw new UsageError(`two tables are named "${twice.name}"; give one of them another "name"`);
  }
}

/** Reads each table in each way that the jobs will, so that what cannot be is known before anything is written. */
async function tryProblems(
  { recipe }: SweepFile,
  tables: readonly PlannedTable[],
  points: SweepPlan["points"],
): Promise<void> {
  const tried = new Map<string, SweepRows>();
  for (const { table, settings } of points) {
    const { width: _1, depth: _2, ...rest } = settings;
    const { path, name } = tables.find(({ fingerprint }) => fingerprint === table)!;
    const job: Job = { key: "", recipe, table, settings, seed: 1 };
    const reading = JSON.stringify([table, Object.entries(rest).filter(([option]) => READING.test(option))]);
    if (!tried.has(reading)) {
      if (tried.size >= TRIED) continue;
      const { problem } = await loadJobProblem(job, path);
      tried.set(reading, problem.training);
    }
    const size = neededMemory(workOf(job, tried.get(reading)!));
    if (!(size <= MOST_BYTES)) {
      const { width, depth } = resolveSettings(recipe, settings);
      throw new UsageError(
        `width ${width} and depth ${depth} on ${name} need about ${(size / 2 ** 30).toPrecision(2)} GiB a run; ${
          MOST_BYTES / 2 ** 30
        } are the most`,
      );
    }
  }
}

/** Options that decide how a table is read. */
const READING =
  /^(target|features|drop|positive|no-intercept|types|decimal|thousands|percent|currency|dates|missing|loss|valid|.*-column|network)$/;
