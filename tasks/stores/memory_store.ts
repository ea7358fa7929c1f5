import type { Job, SweepRow } from "../../src/sweep/mod.ts";
import { type Failure, type StoredTable, type SweepStore, type TakenJob, TRIES } from "./store.ts";

/** A few jobs in memory, for a process that needs their rows and nothing else. */
export function memoryStore(jobs: readonly Job[], tables: readonly StoredTable[]): SweepStore {
  const waiting: TakenJob[] = jobs.map((job) => ({ job, ticket: null }));
  const tries = new Map<string, number>();
  const done: SweepRow[] = [];
  const failures: Failure[] = [];
  return {
    name: "memory",
    addTables: () => Promise.resolve(),
    tables: () => Promise.resolve(tables),
    tableBytes: (fingerprint) => Promise.resolve(tables.find((table) => table.fingerprint === fingerprint)!.bytes),
    addJobs: () => Promise.resolve(0),
    take: (count) => Promise.resolve(waiting.splice(0, count)),
    settle(settled, failed) {
      done.push(...settled.map(({ row }) => row));
      for (const { job, ticket, message } of failed) {
        const count = (tries.get(job.key) ?? 0) + 1;
        tries.set(job.key, count);
        if (count < TRIES) waiting.push({ job, ticket });
        else failures.push({ job, message });
      }
      return Promise.resolve();
    },
    release: () => Promise.resolve(),
    isOpen: () => Promise.resolve(waiting.length > 0),
    counts: () =>
      Promise.resolve({
        jobs: jobs.length,
        done: done.length,
        failed: failures.length,
        stuck: done.filter(({ stuck }) => stuck).length,
      }),
    async *rows() {
      yield* done;
    },
    failures: () => Promise.resolve(failures),
    reopen: () => Promise.resolve(0),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
