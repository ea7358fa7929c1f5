import { counted } from "../../src/report/mod.ts";
import type { Job, Shard } from "../../src/sweep/mod.ts";
import { clock } from "../io/clock.ts";
import { toJson } from "../io/files.ts";
import { onInterrupt } from "../io/interrupt.ts";
import { memoryStore } from "../stores/memory_store.ts";
import { jobsOf, type SweepPlan } from "./_sweep_plan.ts";
import { runJobs } from "./_sweep_runner.ts";

/** Jobs that are tried for the estimate, at most, and how long [ms]. */
const [TRIED, LONGEST] = [24, 5000];

/** Counts the jobs, and estimates their time from some that are spread over the design. */
export async function dryRun(
  plan: SweepPlan,
  shard: Shard | null,
  { workers, json }: { readonly workers: number | null; readonly json: boolean },
): Promise<number> {
  let jobs = 0;
  for (const _ of jobsOf(plan, shard)) jobs++;
  const stride = Math.max(1, Math.floor(jobs / TRIED));
  const sample: Job[] = [];
  let at = 0;
  // Not in the order of the design, in which the first ones may be the shortest.
  for (const job of jobsOf(plan, shard)) if (at++ % stride === Math.floor(stride / 2)) sample.push(job);
  const threads = Math.min(workers ?? navigator.hardwareConcurrency, Math.max(1, jobs));
  const seconds = await secondsOf(sample, plan);
  const estimate = seconds === null ? null : seconds * jobs / threads;
  if (json) {
    console.log(
      toJson({
        schema: "resland/sweep-plan@1",
        jobs,
        points: plan.points.length,
        threads,
        secondsPerRun: seconds,
        seconds: estimate,
      }).trimEnd(),
    );
  } else {
    const { seeds } = plan.file;
    console.log(
      `${counted(jobs, "run")}: ${counted(plan.points.length, "point")} on ${counted(plan.tables.length, "table")}, ${
        counted(seeds, "seed")
      }` +
        (shard === null ? "" : `, part ${shard.index} of ${shard.count}`),
    );
    if (estimate !== null) {
      console.log(
        `about ${inWords(estimate)} with ${counted(threads, "worker")} (${seconds!.toPrecision(2)} s a run, over ${
          counted(sample.length, "run")
        })`,
      );
    }
  }
  return 0;
}

/** Mean seconds of some jobs on one thread; null where none could be run. */
async function secondsOf(sample: readonly Job[], plan: SweepPlan): Promise<number | null> {
  using interrupt = onInterrupt();
  const store = memoryStore(sample, plan.tables);
  const started = clock();
  const late = new AbortController();
  await runJobs(store, {
    threads: 1,
    tablePath: (table) => Promise.resolve(plan.tables.find(({ fingerprint }) => fingerprint === table)!.path!),
    machine: "local",
    signal: AbortSignal.any([interrupt.signal, late.signal]),
    onSettled: () => clock() - started > LONGEST ? late.abort() : undefined,
  });
  const rows = await Array.fromAsync(store.rows());
  return rows.length === 0 ? null : rows.reduce((sum, { seconds }) => sum + seconds, 0) / rows.length;
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toPrecision(2)} h`;
}
