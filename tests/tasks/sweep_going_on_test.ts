import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { makeJob, ROW_COLUMNS, type SweepRow } from "../../src/sweep/mod.ts";
import { parseSweepFile } from "../../tasks/commands/_sweep_design.ts";
import { jobsOf, planSweep } from "../../tasks/commands/_sweep_plan.ts";
import { runJobs } from "../../tasks/commands/_sweep_runner.ts";
import { hashOf } from "../../tasks/io/table_cache.ts";
import { openSqlite } from "../../tasks/stores/sqlite_store.ts";
import { memoryStore } from "../../tasks/stores/memory_store.ts";
import { denoCommand } from "../support/deno_command.ts";
import { ENTRY, namesIn, RUN, runHere, temporaryFolder } from "../support/program.ts";

const FILE = {
  tables: [{ data: "data/iris.csv", target: ["petal_width"], drop: ["species"] }],
  options: { epochs: 1, width: 2 },
};

async function configOf(folder: string, seeds: number): Promise<string> {
  const path = `${folder}/sweep-${seeds}.json`;
  await Deno.writeTextFile(path, JSON.stringify({ ...FILE, seeds }));
  return path;
}

/** A sweep as its own process. */
const started = (args: readonly string[]) =>
  denoCommand({
    args: [...RUN, "--no-check", "--no-prompt", "--allow-read", "--allow-write", ENTRY, "sweep", ...args, "--quiet"],
    stdout: "null",
    stderr: "piped",
  }).spawn();

/** How many runs are done. */
function doneIn(folder: string): number {
  try {
    using db = new DatabaseSync(`${folder}/sweep.sqlite`, { readOnly: true });
    return Number(db.prepare("SELECT count(*) AS n FROM runs").get()!.n);
  } catch {
    return 0;
  }
}

Deno.test("sweep ends at Ctrl-C with exit code 3, keeps what is done, goes on, and sweep watch shows it to its end", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/out`;
  const [config, all] = [await configOf(folder.path, 300), "300 of 300 runs"];
  const first = started(["--config", config, "--out", out]);
  while (doneIn(out) < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  first.kill("SIGINT");
  const { code, stderr } = await first.output();
  assertEquals(code, 3);
  const [, said] = new TextDecoder().decode(stderr).match(/interrupted after (\d+) of 300 runs; start it again/)!;
  assertEquals(doneIn(out), Number(said));
  assert(Number(said) >= 20 && Number(said) < 300, said);

  const second = started(["--config", config, "--out", out]);
  const watched = await runHere(["sweep", "watch", out]);
  assertEquals([watched.code, (await second.output()).code, doneIn(out)], [0, 0, 300]);
  assertStringIncludes(watched.stdout, all);
  assertMatch(watched.stdout, /, 0 failed, \d+ second-order stationary above linear\n$/);
  // What is finished is shown at once.
  assertStringIncludes((await runHere(["sweep", "watch", out])).stdout, all);
});

Deno.test("sweep tries a failing run three times, keeps it with its error and the others with their rows, and --retry-failed repeats it", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/out`;
  const run = async (seeds: number, ...more: readonly string[]) =>
    await runHere([
      "sweep",
      "--config",
      await configOf(folder.path, seeds),
      "--out",
      out,
      "--quiet",
      "--json",
      ...more,
    ]);
  assertEquals((await run(1)).code, 0);
  const change = (sql: string) => {
    using db = new DatabaseSync(`${out}/sweep.sqlite`);
    db.exec(sql);
  };
  // A table that is damaged in the store, and no longer in the folder's own cache.
  for (const name of namesIn(`${out}/tables`)) await Deno.remove(`${out}/tables/${name}`);
  change("CREATE TABLE kept AS SELECT bytes FROM tables; UPDATE tables SET bytes = x'00'");
  const { code, stdout, stderr } = await run(3);
  assertEquals([code, JSON.parse(stdout).done, JSON.parse(stdout).failed], [1, 1, 2]);
  assertMatch(stderr, /^resland sweep: 2 runs failed, three times each; the first, seed [23] of /);
  assertStringIncludes(stderr, "it was changed or damaged (--retry-failed tries them again)");
  {
    using db = new DatabaseSync(`${out}/sweep.sqlite`, { readOnly: true });
    const failed = db.prepare("SELECT tries, error FROM jobs WHERE state = 2").all();
    assertEquals(failed.map(({ tries }) => tries), [3, 3]);
    assert(failed.every(({ error }) => String(error).includes("fingerprint")));
  }
  change("UPDATE tables SET bytes = (SELECT bytes FROM kept); DROP TABLE kept");
  // Without being asked, what failed for good is not tried again.
  assertEquals(JSON.parse((await run(3)).stdout).failed, 2);
  const again = await run(3, "--retry-failed");
  assertEquals([again.code, JSON.parse(again.stdout).done], [0, 3], again.stderr);
});

/** A row of nothing but its key. */
const rowOf = (key: string) =>
  ({ ...Object.fromEntries(ROW_COLUMNS.map(({ field }) => [field, null])), key, stuck: false }) as unknown as SweepRow;

const identity = { recipe: "check", table: "ab", settings: {}, version: "1" } as const;

for (const kind of ["SQLite", "memory"] as const) {
  Deno.test(`a store in ${kind} gives a job that failed back twice, and not once more`, async () => {
    await using folder = await temporaryFolder();
    const jobs = [1, 2].map((seed) => makeJob({ ...identity, seed }, hashOf));
    await using store = kind === "memory"
      ? memoryStore(jobs, [])
      : await openSqlite(folder.path, { version: "1", mode: "run" });
    await store.addJobs(jobs);
    const [bad, good] = await store.take(2);
    await store.settle([{ ...good, row: rowOf(good.job.key) }], [{ ...bad, message: "first" }]);
    for (const message of ["second", "third"]) {
      const again = await store.take(9);
      assertEquals(again.map(({ job }) => job.seed), [bad.job.seed]);
      await store.settle([], [{ ...again[0], message }]);
    }
    assertEquals([await store.take(9), await store.isOpen()], [[], false]);
    assertEquals((await store.failures()).map(({ job, message }) => [job.seed, message]), [[bad.job.seed, "third"]]);
    const { done, failed } = await store.counts();
    assertEquals([done, failed], [1, 1]);
  });
}

Deno.test("a worker refuses a job that needs more memory than its machine has, with the number, and runs the others", async () => {
  const plan = await planSweep(parseSweepFile(JSON.stringify({ ...FILE, seeds: 1 }), "sweep.json"), "sweep.json");
  const [job] = jobsOf(plan);
  const large = makeJob({ ...job, version: "1", settings: { ...job.settings, width: 200_000 } }, hashOf);
  await using store = memoryStore([large, job], plan.tables);
  const failed: number[] = [];
  await runJobs(store, {
    threads: 1,
    tablePath: () => Promise.resolve(FILE.tables[0].data),
    machine: "here",
    signal: new AbortController().signal,
    onSettled: (_done, failures) => failed.push(failures),
  });
  const rows = await Array.fromAsync(store.rows());
  assertEquals([rows.map(({ key }) => key), failed.reduce((sum, one) => sum + one, 0)], [[job.key], 3]);
  const [{ job: { key }, message }, ...more] = await store.failures();
  assertEquals([key, more], [large.key, []]);
  assertMatch(message, /^this needs 890 GB of memory or more, and .*; run it on a machine with more$/);
});
