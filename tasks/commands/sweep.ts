/**
 * The command `sweep`: many short trainings over a design, times tables and seeds; resumable, on all cores or many machines.
 *
 * @module
 */
import { parseOptions, UsageError } from "../../src/cli/mod.ts";
import type { Shard } from "../../src/sweep/mod.ts";
import { counted, grouped } from "../../src/report/mod.ts";
import { clock } from "../io/clock.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { makeFolder, readInput, toJson, writeWhole } from "../io/files.ts";
import { INTERRUPTED, onInterrupt } from "../io/interrupt.ts";
import { startProgress } from "../io/progress.ts";
import { openSqlite, type SqliteStore } from "../stores/sqlite_store.ts";
import { cachedTable } from "../io/table_cache.ts";
import type { SweepCounts, SweepStore } from "../stores/store.ts";
import type { Command } from "./command.ts";
import { VERSION } from "./program.ts";
import { parseSweepFile } from "./_sweep_design.ts";
import { dryRun } from "./_sweep_dry_run.ts";
import { runOneJob } from "./_sweep_job.ts";
import { aboutSweep, type SweepOptions, sweepOptions } from "./_sweep_options.ts";
import { jobsOf, planSweep, type SweepPlan } from "./_sweep_plan.ts";
import { runJobs } from "./_sweep_runner.ts";

/** The command. */
export const sweep: Command = { about: aboutSweep, run, ownConfig: true };

async function run(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === "report") return await (await import("./_sweep_report.ts" as string)).reportSweep(rest);
  if (first === "watch") return await (await import("./_sweep_watch.ts" as string)).watchSweep(rest);
  if (first === "merge") return await (await import("./_sweep_merge.ts" as string)).mergeSweeps(rest);
  const options = parseOptions(args, sweepOptions);
  if (options.job !== null) return await runOneJob(options.job);
  const { config } = options;
  if (config === null) throw new UsageError("sweep needs a file that says what to run: --config sweep.json");
  const shard = shardOf(options.shard);
  const plan = await planSweep(parseSweepFile(await readInput(config), config), config);
  if (options["dry-run"]) return await dryRun(plan, shard, options);
  if (options.store === null) return await runHere(plan, shard, options);
  const { submitSweep }: typeof import("./_sweep_submit.ts") = await import("./_sweep_submit.ts" as string);
  return await submitSweep(options.store, plan, shard, options);
}

/** `3/16`. */
function shardOf(given: string | null): Shard | null {
  if (given === null) return null;
  const [, index, count] = (given.match(/^(\d{1,6})\/(\d{1,6})$/) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new UsageError(`--shard needs part I of N such as 3/16, with I from 1 to N, got "${given}"`);
}

/** Runs a plan on this machine. */
async function runHere(plan: SweepPlan, shard: Shard | null, options: SweepOptions): Promise<number> {
  const folder = options.out ?? "runs/sweep";
  const most = plan.points.length * plan.file.seeds;
  refuseOverMemory({ workers: Math.min(options.workers ?? 1, most) }, "use fewer --workers");
  await makeFolder(folder);
  await using store = await openSqlite(folder, { version: VERSION, mode: "run", warn });
  await refuseChangedTables(store, plan);
  await writeWhole(`${folder}/config.json`, toJson({ command: "sweep", ...plan.file }));
  await addJobs(store, plan, shard);
  if (options["retry-failed"]) await store.reopen();
  using interrupt = onInterrupt();
  const counts = await runWithProgress(store, folder, options, interrupt.signal);
  tell(counts, folder, options);
  if (interrupt.signal.aborted) {
    console.error(
      `resland sweep: interrupted after ${grouped(counts.done)} of ${
        counted(counts.jobs, "run")
      }; start it again to go on`,
    );
    return INTERRUPTED;
  }
  return await warnOfFailures(store, counts);
}

const warn = (message: string): void => console.error(`resland sweep: warning: ${message}`);

/** Adds what is new; a plan that was added whole is not gone through again. */
async function addJobs(store: SqliteStore, plan: SweepPlan, shard: Shard | null): Promise<void> {
  await store.addTables(plan.tables);
  const mark = `${plan.mark} ${shard === null ? "" : `${shard.index}/${shard.count}`}`;
  if (store.note("plan") === mark) return;
  await store.addJobs(jobsOf(plan, shard));
  store.setNote("plan", mark);
}

/** Refuses a table that is not the one that this sweep has runs of. */
async function refuseChangedTables(store: SweepStore, { tables }: SweepPlan): Promise<void> {
  for (const known of await store.tables()) {
    const now = tables.find(({ name }) => name === known.name);
    if (now === undefined || now.fingerprint === known.fingerprint) continue;
    throw new UsageError(
      `${now.path ?? now.name} has changed since ${store.name} was begun (fingerprint ${
        known.fingerprint.slice(0, 12)
      } then, ` +
        `${
          now.fingerprint.slice(0, 12)
        } now); its runs are kept: restore the table, give it another "name", or name a new --out`,
    );
  }
}

/** Runs what is open, and shows how it goes. */
export async function runWithProgress(
  store: SweepStore,
  folder: string,
  options: Pick<SweepOptions, "workers" | "quiet">,
  signal: AbortSignal,
): Promise<SweepCounts> {
  const before = await store.counts();
  const open = before.jobs - before.done - before.failed;
  const progress = startProgress(options.quiet);
  const started = clock();
  let [done, failed] = [0, 0];
  if (open > 0) {
    await runJobs(store, {
      threads: Math.min(options.workers ?? navigator.hardwareConcurrency, open),
      tablePath: (table) => cachedTable(`${folder}/tables`, table, () => store.tableBytes(table)),
      machine: "local",
      signal,
      onSettled(more, tries) {
        [done, failed] = [done + more, failed + tries];
        const rate = done / Math.max(0.001, (clock() - started) / 1000);
        const tried = failed === 0 ? "" : `, ${counted(failed, "failed try").replace(/trys$/, "tries")}`;
        progress.update(
          Math.min(1, done / open),
          `${grouped(before.done + done)} of ${counted(before.jobs, "run")}, ${rate.toPrecision(3)} a second${tried}`,
        );
      },
    });
  }
  progress.done();
  return await store.counts();
}

function tell(counts: SweepCounts, folder: string, { json }: SweepOptions): void {
  const { jobs, done, failed, stuck } = counts;
  if (json) {
    return console.log(toJson({ schema: "resland/sweep@1", folder, ...counts, open: jobs - done - failed }).trimEnd());
  }
  console.log(
    `${grouped(done)} of ${counted(jobs, "run")} done, ${grouped(failed)} failed; ${
      grouped(stuck)
    } ended second-order stationary ` +
      `above the best linear predictor\n\nSaved in ${folder}; sweep report ${folder} makes the tables and the page`,
  );
}

/** Names the first failures; returns the exit code. */
async function warnOfFailures(store: SweepStore, { failed }: SweepCounts): Promise<number> {
  if (failed === 0) return 0;
  const [{ job, message }] = await store.failures();
  console.error(
    `resland sweep: ${counted(failed, "run")} failed, three times each; the first, seed ${job.seed} of ${
      JSON.stringify(job.settings)
    }: ${message} (--retry-failed tries them again)`,
  );
  return 1;
}
