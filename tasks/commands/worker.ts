/**
 * The command `worker`: runs the jobs that a sweep put into a database, on as many machines as it is started on.
 *
 * @module
 */
import { flag, type HelpParts, integerOrAuto, parseOptions, text, UsageError } from "../../src/cli/mod.ts";
import { counted, grouped } from "../../src/report/mod.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { clock, hostName } from "../io/clock.ts";
import { INTERRUPTED, onInterrupt } from "../io/interrupt.ts";
import { startProgress } from "../io/progress.ts";
import { cachedTable } from "../io/table_cache.ts";
import { openPostgres } from "../stores/postgres_store.ts";
import type { Command } from "./command.ts";
import { VERSION } from "./program.ts";
import { runJobs } from "./_sweep_runner.ts";

const workerOptions = {
  store: text("URL", "The database with the jobs: postgres://user@host:5432/database"),
  workers: integerOrAuto("Number of parallel runs on this machine; results do not depend on it"),
  cache: text("FOLDER", "Where tables are kept by their fingerprints (default runs/tables)"),
  stay: flag("Wait for more jobs when all are done, until interrupted"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "worker",
  summary:
    "Runs the jobs that sweep --store put into a database: start the same command on as many machines as there are. Each takes " +
    "jobs in batches and writes their rows; a worker that dies loses nothing, since its jobs are run again after ten seconds.",
  options: workerOptions,
  notes: [
    "The password comes from PGPASSWORD or a .pgpass file; what the URL leaves out, from PGHOST, PGPORT, PGUSER and PGDATABASE. See docs/cluster.md.",
    "Exit codes: 0 every job is done; 2 bad usage; 3 interrupted, what was finished is kept; 4 an internal fault.",
  ],
  examples: [
    ["--store postgres://me@db/sweeps", "all cores of this machine, until every job is done"],
    ["--store postgres://me@db/sweeps --stay", "for jobs that are still to come"],
  ],
};

/** The command. */
export const worker: Command = { about, run };

const warn = (message: string): void => console.error(`resland worker: ${message}`);

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, workerOptions);
  if (options.store === null) {
    throw new UsageError("worker needs the database with the jobs: --store postgres://user@host/database");
  }
  refuseOverMemory({ workers: options.workers ?? 1 }, "use fewer --workers");
  await using store = await openPostgres(options.store, VERSION, warn);
  const others = await store.otherVersions();
  if (!options.stay && others.length > 0 && !await store.isOpen()) {
    throw new UsageError(
      `the open jobs of ${store.name} are of resland ${
        others.join(", ")
      }, and this is resland ${VERSION}; runs of two versions may ` +
        "differ in their bits, so start workers of that version",
    );
  }
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  const started = clock();
  let done = 0;
  await runJobs(store, {
    threads: options.workers ?? navigator.hardwareConcurrency,
    tablePath: (table) => cachedTable(options.cache ?? "runs/tables", table, () => store.tableBytes(table)),
    machine: hostName(),
    signal: interrupt.signal,
    stay: options.stay,
    onSettled(more) {
      done += more;
      progress.update(
        0,
        `${counted(done, "run")} here, ${(done / Math.max(0.001, (clock() - started) / 1000)).toPrecision(3)} a second`,
      );
    },
  });
  progress.done();
  const counts = await store.counts();
  console.log(
    `${counted(done, "run")} done here; ${grouped(counts.done)} of ${counted(counts.jobs, "run")} of the store, ${
      grouped(counts.failed)
    } failed`,
  );
  return interrupt.signal.aborted ? INTERRUPTED : 0;
}
