import { UsageError } from "../../src/cli/mod.ts";
import { counted, grouped } from "../../src/report/mod.ts";
import type { Shard } from "../../src/sweep/mod.ts";
import { toJson } from "../io/files.ts";
import { openPostgres } from "../stores/postgres_store.ts";
import { VERSION } from "./program.ts";
import { jobsOf, type SweepPlan } from "./_sweep_plan.ts";
import type { SweepOptions } from "./_sweep_options.ts";

/** Puts the jobs of a plan into a database, for workers. */
export async function submitSweep(
  url: string,
  plan: SweepPlan,
  shard: Shard | null,
  options: SweepOptions,
): Promise<number> {
  if (options.out !== null) throw new UsageError("--store and --out are two places for the results; give one of them");
  await using store = await openPostgres(url, VERSION, (message) => console.error(`resland sweep: ${message}`));
  await store.addTables(plan.tables);
  const added = await store.addJobs(jobsOf(plan, shard));
  if (options["retry-failed"]) await store.reopen();
  const counts = await store.counts();
  if (options.json) console.log(toJson({ schema: "resland/sweep@1", store: store.name, ...counts, added }).trimEnd());
  else {
    console.log(
      `${counted(added, "run")} added; ${store.name} has ${grouped(counts.jobs)}, ${
        grouped(counts.done)
      } of them done. Start ` +
        "worker --store with the same URL on each machine; sweep watch and sweep report take it too.",
    );
  }
  return 0;
}
