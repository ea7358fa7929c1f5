import { UsageError } from "../../src/cli/mod.ts";
import type { Recipe, Settings } from "../../src/sweep/mod.ts";
import { toJson } from "../io/files.ts";
import { INTERRUPTED, onInterrupt } from "../io/interrupt.ts";
import { memoryStore } from "../stores/memory_store.ts";
import { RECIPES } from "./_sweep_settings.ts";
import { parseSweepFile } from "./_sweep_design.ts";
import { jobsOf, planSweep } from "./_sweep_plan.ts";
import { runJobs } from "./_sweep_runner.ts";

/** A job as a row's command has it. */
interface GivenJob {
  readonly recipe: Recipe;
  readonly data?: string;
  readonly settings: Settings;
  readonly seed: number;
}

/** Runs one job, and prints its row. */
export async function runOneJob(text: string): Promise<number> {
  const { recipe, data, settings, seed } = jobOf(text);
  const file = parseSweepFile(
    JSON.stringify({ recipe, tables: [data === undefined ? {} : { data }], options: settings, seeds: 1, seed }),
    "--job",
  );
  const plan = await planSweep(file, "--job");
  using interrupt = onInterrupt();
  await using store = memoryStore([...jobsOf(plan)], plan.tables);
  await runJobs(store, {
    threads: 1,
    tablePath: (fingerprint) => Promise.resolve(plan.tables.find((table) => table.fingerprint === fingerprint)!.path!),
    machine: "local",
    signal: interrupt.signal,
    onSettled: () => {},
  });
  for await (const row of store.rows()) {
    console.log(toJson(row).trimEnd());
    return 0;
  }
  if (interrupt.signal.aborted) return INTERRUPTED;
  const [failure] = await store.failures();
  throw new UsageError(failure?.message ?? "the job did not run");
}

function jobOf(text: string): GivenJob {
  const refuse = (): never => {
    throw new UsageError(
      `--job needs JSON such as {"recipe":"check","settings":{"width":4},"seed":1}, got ${JSON.stringify(text)}`,
    );
  };
  let given: Partial<GivenJob> | null = null;
  try {
    given = JSON.parse(text);
  } catch {
    refuse();
  }
  const { recipe, data, settings, seed } = given ?? {};
  const isJob = recipe !== undefined && recipe in RECIPES && typeof settings === "object" && settings !== null &&
    Number.isSafeInteger(seed) && (data === undefined || typeof data === "string");
  return isJob ? { recipe, data, settings, seed: seed! } : refuse();
}
