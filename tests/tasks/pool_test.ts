import { assert, assertEquals, assertRejects } from "@std/assert";
import { STATEMENTS } from "../../src/paper/mod.ts";
import { startPool } from "../../tasks/workers/pool.ts";
import type { FoundStatement, PaperSetup } from "../../tasks/workers/paper_worker.ts";

/** A setup whose jobs are minutes of work. */
const SETUP: PaperSetup = { seed: 1, quick: false, kernels: "js", tables: [] };
const JOBS = STATEMENTS.map(({ id }) => id);

Deno.test("startPool() ends workers that are in the middle of a job when the signal is aborted, and keeps the others' results", async () => {
  const controller = new AbortController();
  using pool = startPool<PaperSetup, string, FoundStatement>("paper", 2);
  const kept: string[] = [];
  const timer = setTimeout(() => controller.abort(), 1500);
  const results = await pool.run({
    setup: SETUP,
    jobs: JOBS,
    onResult: (result) => Promise.resolve(void kept.push(result.id)),
    signal: controller.signal,
  });
  clearTimeout(timer);
  assertEquals(results.length, JOBS.length);
  assert(results.some((result) => result === undefined));
  assertEquals(results.flatMap((result) => result?.id ?? []).toSorted(), kept.toSorted());
});

Deno.test("startPool() begins nothing when the signal is aborted before the setup, and stops between two setups", async () => {
  for (const early of [true, false]) {
    const controller = new AbortController();
    using pool = startPool<PaperSetup, string, FoundStatement>("paper", 3);
    if (early) controller.abort();
    else queueMicrotask(() => controller.abort());
    const { signal } = controller;
    const results = await pool.run({ setup: SETUP, jobs: JOBS, signal });
    assertEquals(results, JOBS.map(() => undefined));
  }
});

Deno.test("startPool() passes the first failure of a worker on", async () => {
  using pool = startPool<PaperSetup, string, FoundStatement>("paper", 2);
  await assertRejects(() => pool.run({ setup: SETUP, jobs: ["no such statement"] }), Error);
});

Deno.test("startPool() passes on that a result could not be kept, the last one's too", async () => {
  using pool = startPool<PaperSetup, string, FoundStatement>("paper", 1);
  const onResult = (_: FoundStatement, index: number) => Promise.reject(new Error(`no room for ${index}`));
  const work = { setup: { ...SETUP, quick: true }, jobs: ["lemma-2"], onResult };
  await assertRejects(() => pool.each(work), Error, "no room for 0");
});
