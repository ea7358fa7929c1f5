import { type Job, makeRow, type RowContext } from "../../src/sweep/mod.ts";
import { clock } from "../io/clock.ts";
import type { DoneJob, FailedJob, StoredTable, SweepStore, TakenJob } from "../stores/store.ts";
import { runStream, type Sent } from "../workers/job_stream.ts";
import type { SweepMessage, SweepResult } from "../workers/sweep_worker.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { type JobProblem, loadJobProblem, messageOf, problemKey, workOf } from "./_sweep_problem.ts";
import { VERSION } from "./program.ts";
import { reproduceCommand, resolveSettings } from "./_sweep_settings.ts";

/** How jobs of a store are run. */
export interface RunJobs {
  /** Threads. */
  readonly threads: number;
  /** The file of a table, by its fingerprint. */
  readonly tablePath: (fingerprint: string) => Promise<string>;
  /** What rows say of this machine. */
  readonly machine: string;
  /** Ends the work early; what is finished is kept. */
  readonly signal: AbortSignal;
  /** Told after jobs were settled: how many done, how many failed tries. */
  readonly onSettled: (done: number, failed: number) => void;
  /** Whether to wait for jobs after the last one, until the signal. */
  readonly stay?: boolean;
  /** What runs the jobs (default {@linkcode runStream}: threads that train). */
  readonly stream?: typeof runStream<null, Taken, SweepMessage, SweepResult>;
}

/** What is done is written at the latest after so many milliseconds, or so many jobs. */
const [EVERY, MOST_PENDING] = [200, 256];

/** Jobs are taken for about so many milliseconds, at most so many per thread: many tiny ones at a time, so that a database is asked seldom, and of long ones none that another worker could run. */
const [TAKEN_FOR, MOST_TAKEN] = [250, 64];

/** Milliseconds between two looks for jobs where there was none. */
const PAUSE = 500;

/** A job with all that it needs. */
interface Prepared extends JobProblem {
  readonly key: string | null;
}

/** Runs the jobs of a store until there is none, or an interrupt. */
export async function runJobs(store: SweepStore, options: RunJobs): Promise<void> {
  const { threads, signal, machine, stream = runStream } = options;
  const stop = new AbortController();
  const queue = queueOf(store, options, AbortSignal.any([signal, stop.signal]));
  const tables = new Map((await store.tables()).map((table) => [table.fingerprint, table]));
  const problemOf = problemReader(options.tablePath, tables);
  const ledger = ledgerOf(store, options.onSettled, (error) => stop.abort(error));
  try {
    await stream("sweep", threads, {
      setup: null,
      async next(known) {
        for (;;) {
          const taken = await queue.next(() => ledger.flush());
          if (taken === null) return null;
          try {
            const prepared = await problemOf(taken.job);
            refuseOverMemory(workOf(taken.job, prepared.problem.training), "run it on a machine with more");
            return sent(taken, prepared, known);
          } catch (error) {
            queue.settled();
            ledger.fail({ ...taken, message: (error as Error).message });
          }
        }
      },
      onDone({ loss, ...taken }, { outcome, seconds }) {
        queue.settled(seconds);
        const context = contextOf(taken.job, loss, tables.get(taken.job.table), seconds, machine);
        ledger.add({ ...taken, row: makeRow(taken.job, context, outcome) });
      },
      onFailed(taken, message) {
        queue.settled();
        ledger.fail({ ...taken, message });
      },
      signal: AbortSignal.any([signal, stop.signal]),
    });
  } finally {
    await ledger.close();
    await queue.close();
  }
  if (stop.signal.aborted) throw stop.signal.reason;
}

/** A job on its way through a worker. */
export interface Taken extends TakenJob {
  /** The name of its loss. */
  readonly loss: string;
}

function sent(taken: TakenJob, { problem, loss, key }: Prepared, known: Set<string>): Sent<Taken, SweepMessage> {
  const has = key !== null && known.has(key);
  if (key !== null) known.add(key);
  return { job: { ...taken, loss }, message: { ...messageOf(taken.job), problem: key, data: has ? null : problem } };
}

/** Reads the rows of jobs; those that several jobs share are read once. */
function problemReader(
  tablePath: RunJobs["tablePath"],
  tables: ReadonlyMap<string, Omit<StoredTable, "bytes">>,
): (job: Job) => Promise<Prepared> {
  const paths = new Map<string, Promise<string>>();
  const known = new Map<string, Promise<Prepared>>();
  const pathOf = async (fingerprint: string): Promise<string | null> => {
    if (tables.get(fingerprint)?.path === null) return null;
    if (!paths.has(fingerprint)) paths.set(fingerprint, tablePath(fingerprint));
    return await paths.get(fingerprint)!;
  };
  const read = async (job: Job, key: string | null) => ({ ...await loadJobProblem(job, await pathOf(job.table)), key });
  return (job) => {
    const key = problemKey(job);
    if (key === null) return read(job, key);
    if (!known.has(key)) known.set(key, read(job, key));
    return known.get(key)!;
  };
}

/** What the row of a job says beside its outcome. */
function contextOf(
  job: Job,
  loss: string,
  table: Omit<StoredTable, "bytes"> | undefined,
  seconds: number,
  machine: string,
): RowContext {
  const own = resolveSettings(job.recipe, job.settings);
  const { width, depth, activation, block, epochs, batch, rate } = own;
  const start = own.start ?? ("regularise" in own && own.regularise === "none" ? "linear" : "constant");
  return {
    ...{ width, depth, activation, block, epochs, batch, rate, loss, start, seconds },
    table: table?.name ?? job.table.slice(0, 12),
    network: "network" in own ? own.network : "residual",
    command: reproduceCommand(job, table?.path ?? null),
    version: VERSION,
    worker: machine,
  };
}

/** Jobs taken from a store ahead of their workers. */
function queueOf(store: SweepStore, { threads, stay = false }: RunJobs, signal: AbortSignal) {
  const waiting: TakenJob[] = [];
  let inFlight = 0;
  /** How long the last jobs took, the latest counting most [ms]. */
  let usual = TAKEN_FOR;
  let filling: Promise<void> | null = null;
  const fill = async () => {
    const each = Math.min(MOST_TAKEN, TAKEN_FOR / Math.max(1, usual));
    waiting.push(...await store.take(Math.max(1, Math.round(each * threads))));
  };
  return {
    /** The next job, when there is one; null when none will come. */
    async next(flush: () => Promise<void>): Promise<TakenJob | null> {
      while (!signal.aborted) {
        if (waiting.length === 0) {
          filling ??= fill().finally(() => filling = null);
          await filling;
        }
        const taken = waiting.shift();
        if (taken !== undefined) {
          inFlight++;
          return taken;
        }
        // A job in flight may fail, and come again.
        if (inFlight === 0) {
          await flush();
          if (!await store.isOpen() && !stay) return null;
        }
        await new Promise((resolve) => setTimeout(resolve, inFlight === 0 ? PAUSE : EVERY / 4));
      }
      return null;
    },
    /** Told of each job that ended, and of its seconds where it was done. */
    settled(seconds: number | null = null) {
      inFlight--;
      if (seconds !== null) usual += (1000 * seconds - usual) / 4;
    },
    close: () => store.release(waiting.splice(0)),
  };
}

/** Writes what is settled, many jobs at once; after a failure it writes nothing more. */
function ledgerOf(
  store: SweepStore,
  onSettled: (done: number, failed: number) => void,
  onError: (error: unknown) => void,
) {
  let [done, failed]: [DoneJob[], FailedJob[]] = [[], []];
  let writing: Promise<void> = Promise.resolve();
  let [broken, written] = [false, clock()];
  const write = async () => {
    if (broken || done.length + failed.length === 0) return;
    const now = { done, failed };
    [done, failed] = [[], []];
    try {
      await store.settle(now.done, now.failed);
      onSettled(now.done.length, now.failed.length);
    } catch (error) {
      broken = true;
      onError(error);
    }
    written = clock();
  };
  const flush = () => writing = writing.then(write);
  const timer = setInterval(flush, EVERY);
  const added = () => {
    if (done.length + failed.length >= MOST_PENDING || clock() - written >= EVERY) flush();
  };
  return {
    add(job: DoneJob) {
      done.push(job);
      added();
    },
    fail(job: FailedJob) {
      failed.push(job);
      added();
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
