/**
 * What a sweep costs beside its runs: `deno run -A tests/bench/sweep.ts [--quick] [--only scaling,resume,postgres,crowd]`.
 *
 * - scaling: tiny runs (diabetes, 5 epochs) with one worker and with two, beside two sweeps of half the runs at once, which is what the
 *   machine gives; overhead of a run with SQLite; memory over the course.
 * - resume: a finished sweep of 100,000 rows, started again.
 * - postgres: overhead of a run with PostgreSQL, one worker, from its start to its end.
 * - crowd: 64 workers on one PostgreSQL, whose runs sleep for a second instead of training.
 *
 * The overhead of a run is the time of the command with one worker, without that of a sweep of one run, less the time that the worker itself was
 * running, over the runs. Needs PostgreSQL for the last two.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "@std/cli/parse-args";
import { jobsOf, planSweep } from "../../tasks/commands/_sweep_plan.ts";
import { parseSweepFile } from "../../tasks/commands/_sweep_design.ts";
import { runJobs } from "../../tasks/commands/_sweep_runner.ts";
import { VERSION } from "../../tasks/commands/program.ts";
import { openPostgres } from "../../tasks/stores/postgres_store.ts";
import { openSqlite } from "../../tasks/stores/sqlite_store.ts";
import type { DoneJob } from "../../tasks/stores/store.ts";
import type { SweepMessage, SweepResult } from "../../tasks/workers/sweep_worker.ts";
import type { StreamWork } from "../../tasks/workers/job_stream.ts";
import { denoCommand } from "../support/deno_command.ts";
import { hasPostgres, startPostgres } from "../support/postgres.ts";
import { temporaryFolder } from "../support/program.ts";
import project from "../../deno.json" with { type: "json" };
import { residentSize } from "../support/resident_size.ts";

const { quick, only } = parseArgs(Deno.args, { boolean: ["quick"], string: ["only"] });
const wanted = (part: string) => only === undefined || only.split(",").includes(part);

/** Runs of one point. */
const TINY = { options: { epochs: 5 }, seeds: quick ? 1000 : 10_000 };

/** Rows of the finished sweep. */
const ROWS = quick ? 10_000 : 100_000;

/** Workers that sleep, and runs of each. */
const [CROWD, EACH] = [64, quick ? 10 : 30];

async function configOf(folder: string, seeds: number): Promise<string> {
  const path = `${folder}/sweep-${seeds}.json`;
  await Deno.writeTextFile(path, JSON.stringify({ ...TINY, seeds }));
  return path;
}

/** How a command ended: its seconds, and its resident size over its course [MB]. */
async function timed(
  args: readonly string[],
): Promise<{ readonly seconds: number; readonly sizes: readonly number[] }> {
  const started = performance.now();
  // As the task runs it.
  const [, ...command] = project.tasks[args[0] as "sweep" | "worker"].command.split(" ");
  const child = denoCommand({ args: [...command, ...args.slice(1)], stdout: "null" }).spawn();
  const sizes: number[] = [];
  const timer = setInterval(async () => sizes.push(await residentSize(child.pid) ?? 0), 1000);
  const { code } = await child.status;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, sizes };
}

const said = (name: string, value: string) => console.log(`${name.padEnd(44)} ${value}`);

/** Milliseconds of a run beside its own. */
const overheadOf = (whole: number, start: number, inside: number, runs: number) =>
  1000 * (whole - start - inside) / runs;

/** Seconds that the workers of a folder were running. */
function insideOf(folder: string): number {
  using db = new DatabaseSync(`${folder}/sweep.sqlite`, { readOnly: true });
  return Number(db.prepare("SELECT sum(seconds) AS s FROM runs").get()!.s);
}

async function scaling(folder: string): Promise<void> {
  const sweep = (config: string, out: string, workers: number) =>
    timed(["sweep", "--config", config, "--out", `${folder}/${out}`, "--workers", String(workers), "--quiet"]);
  const start = (await sweep(await configOf(folder, 1), "start", 1)).seconds;
  const config = await configOf(folder, TINY.seeds);
  const one = await sweep(config, "one", 1);
  const two = await sweep(config, "two", 2);
  const half = await configOf(folder, TINY.seeds / 2);
  const pair = await Promise.all(["left", "right"].map((out) => sweep(half, out, 1)));
  const inside = insideOf(`${folder}/one`);
  said("runs", `${TINY.seeds} of ${(1000 * inside / TINY.seeds).toFixed(2)} ms`);
  said("one worker, two workers", `${one.seconds.toFixed(1)} s, ${two.seconds.toFixed(1)} s`);
  said("two workers against one (at least 1.85)", (one.seconds / two.seconds).toFixed(3));
  said(
    "the same by two sweeps of one worker",
    (one.seconds / Math.max(...pair.map(({ seconds }) => seconds))).toFixed(3),
  );
  said("overhead of a run, SQLite (below 3 ms)", `${overheadOf(one.seconds, start, inside, TINY.seeds).toFixed(2)} ms`);
  const most = (values: readonly number[]) => Math.max(...values);
  const { sizes } = two;
  const quarter = Math.floor(sizes.length / 4);
  said(
    "memory, largest in each quarter",
    [0, 1, 2, 3].map((at) => most(sizes.slice(at * quarter, (at + 1) * quarter)).toFixed(0)).join(", ") + " MB",
  );
}

async function resume(folder: string): Promise<void> {
  const config = await configOf(folder, ROWS);
  const out = `${folder}/finished`;
  await timed(["sweep", "--config", await configOf(folder, 1), "--out", out, "--quiet"]);
  const plan = await planSweep(parseSweepFile(await Deno.readTextFile(config), config), config);
  {
    await using store = await openSqlite(out, { version: VERSION, mode: "run" });
    const [row] = await Array.fromAsync(store.rows());
    await store.addJobs(jobsOf(plan));
    for (let taken = await store.take(1000); taken.length > 0; taken = await store.take(1000)) {
      const done = taken.map((one): DoneJob => ({ ...one, row: { ...row, key: one.job.key, seed: one.job.seed } }));
      await store.settle(done, []);
    }
    store.setNote("plan", `${plan.mark} `);
  }
  const { seconds } = await timed(["sweep", "--config", config, "--out", out, "--quiet"]);
  said(`resuming ${ROWS} finished rows (below 2 s)`, `${seconds.toFixed(2)} s`);
}

async function postgres(folder: string): Promise<void> {
  await using server = await startPostgres();
  const worker = () =>
    timed(["worker", "--store", server.url, "--workers", "1", "--cache", `${folder}/cache`, "--quiet"]);
  const runs = TINY.seeds / 5;
  await timed(["sweep", "--config", await configOf(folder, 1), "--store", server.url]);
  const start = (await worker()).seconds;
  await timed(["sweep", "--config", await configOf(folder, runs), "--store", server.url]);
  const { seconds } = await worker();
  const inside = Number(await server.sql("SELECT sum(seconds) FROM resland.runs"));
  said("overhead of a run, PostgreSQL (below 8 ms)", `${overheadOf(seconds, start, inside, runs).toFixed(2)} ms`);
}

/** Runs that sleep for a second. */
async function sleepers<Setup, Job>(
  _role: string,
  _count: number,
  { next, onDone }: StreamWork<Setup, Job, SweepMessage, SweepResult>,
): Promise<void> {
  for (let sent = await next(new Set()); sent !== null; sent = await next(new Set())) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    onDone(sent.job, { outcome: {} as SweepResult["outcome"], seconds: 1 });
  }
}

async function crowd(folder: string): Promise<void> {
  await using server = await startPostgres();
  const config = await configOf(folder, CROWD * EACH);
  await timed(["sweep", "--config", config, "--store", server.url]);
  const stores = await Promise.all(
    Array.from({ length: CROWD }, () => openPostgres(server.url, VERSION, (message) => console.error(message))),
  );
  const started = performance.now();
  await Promise.all(stores.map((store) =>
    runJobs(store, {
      threads: 1,
      tablePath: () => Promise.reject(new Error("the bundled table has no file")),
      machine: "sleeper",
      signal: new AbortController().signal,
      onSettled: () => {},
      stream: sleepers,
    })
  ));
  const seconds = (performance.now() - started) / 1000;
  const rows = await server.sql("SELECT count(*) FROM resland.runs");
  if (Number(rows) !== CROWD * EACH) throw new Error(`${rows} rows`);
  for (const store of stores) await store[Symbol.asyncDispose]();
  said(
    `${CROWD} workers, ${CROWD * EACH} runs of 1 s`,
    `${seconds.toFixed(1)} s: ${(EACH / seconds).toFixed(3)} of linear (at least 0.9)`,
  );
}

await using folder = await temporaryFolder();
if (wanted("scaling")) await scaling(folder.path);
if (wanted("resume")) await resume(folder.path);
if (!hasPostgres) console.log("PostgreSQL is not installed, so that its figures are left out");
if (hasPostgres && wanted("postgres")) await postgres(folder.path);
if (hasPostgres && wanted("crowd")) await crowd(folder.path);
