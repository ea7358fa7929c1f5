import { PgBoss } from "npm:pg-boss@12.38.0";
import type { Job } from "../../src/sweep/mod.ts";
import type { Postgres } from "./postgres.ts";
import type { TakenJob } from "./store.ts";

/** The schema of pg-boss. */
const SCHEMA = "resland_queue";

/** A worker that is not heard from for so many seconds is dead, and its jobs are run again. */
const HEARTBEAT = 10;

/** How often a job is given to another worker because one died. */
const DEATHS = 100;

/** The open jobs of one version, which any number of processes take from; a job that is taken is held until it is settled. */
export interface JobQueue extends AsyncDisposable {
  /** Puts jobs in. */
  add(jobs: readonly Job[]): Promise<void>;
  /** Takes jobs, at most so many; the hearts of those that are taken beat from then on. */
  take(count: number): Promise<readonly TakenJob[]>;
  /** Takes jobs out that are done, or failed for good. */
  complete(jobs: readonly Job[]): Promise<void>;
  /** Opens a job that failed to everybody again. */
  retry(job: Job, message: string): Promise<void>;
  /** Gives back jobs that were taken and not begun. */
  release(jobs: readonly TakenJob[]): Promise<void>;
  /** Puts jobs in once more that were taken out. */
  reopen(jobs: readonly Job[]): Promise<void>;
}

/**
 * Opens the queue of a version in a database, and makes it where there is none.
 *
 * @param db The database.
 * @param version The version of the program.
 * @param warn Told what the user should know.
 */
export async function openQueue(db: Postgres, version: string, warn: (message: string) => void): Promise<JobQueue> {
  const boss = new PgBoss({
    db: {
      executeSql: (text: string, values?: unknown[]) => db.query(text, values) as Promise<{ rows: unknown[] }>,
    } as never,
    schema: SCHEMA,
    schedule: false,
    superviseIntervalSeconds: HEARTBEAT / 2,
    monitorIntervalSeconds: HEARTBEAT / 2,
  } as never);
  boss.on("error", (error: Error) => warn(`${db.name}: ${error.message}`));
  await boss.start();
  // Queue names have letters, digits, dots, slashes and underscores.
  const name = `runs-${version}`;
  await boss.createQueue(name, {
    retryLimit: DEATHS,
    retryDelay: 0,
    heartbeatSeconds: HEARTBEAT,
    expireInSeconds: 23 * 3600,
    retentionSeconds: 365 * 24 * 3600,
  });
  return queueOf(boss, name);
}

/** The number of a job in the queue: its key, as a UUID. */
const idOf = ({ key }: Job): string => key.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

function queueOf(boss: PgBoss, name: string): JobQueue {
  /** Jobs that this process has taken, and not settled: their hearts beat. */
  const held = new Set<string>();
  const beat = setInterval(() => {
    if (held.size > 0) boss.touch(name, [...held]).catch(() => {});
  }, HEARTBEAT * 1000 / 4);
  const add = async (jobs: readonly Job[]): Promise<void> => {
    if (jobs.length > 0) await boss.insert(name, jobs.map((job) => ({ id: idOf(job), data: job })));
  };
  return {
    add,
    async take(count) {
      const jobs = await boss.fetch<Job>(name, { batchSize: count });
      for (const { id } of jobs) held.add(id);
      return jobs.map(({ id, data }): TakenJob => ({ job: data, ticket: id }));
    },
    async complete(jobs) {
      if (jobs.length > 0) await boss.complete(name, jobs.map(idOf));
      for (const job of jobs) held.delete(idOf(job));
    },
    async retry(job, message) {
      held.delete(idOf(job));
      await boss.fail(name, idOf(job), { message });
    },
    async release(jobs) {
      for (const { ticket } of jobs) held.delete(ticket as string);
      // Another worker may have them at once, rather than after their hearts stopped.
      if (jobs.length > 0) await boss.fail(name, jobs.map(({ ticket }) => ticket as string)).catch(() => {});
    },
    async reopen(jobs) {
      if (jobs.length > 0) await boss.deleteJob(name, jobs.map(idOf));
      await add(jobs);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await boss.stop({ graceful: false, close: false } as never).catch(() => {});
    },
  };
}
