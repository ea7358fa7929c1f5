import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { key, uniform } from "../../src/random/mod.ts";
import { hasPostgres, startPostgres } from "../support/postgres.ts";
import { runApart, runUntil, temporaryFolder } from "../support/program.ts";

const LOCAL = ["--allow-read", "--allow-write"];
const REMOTE = [
  ...LOCAL,
  "--allow-net=127.0.0.1",
  "--allow-env=PG*,USER,USERNAME,NODE_PG_FORCE_NATIVE,DEBUG",
  "--allow-sys=hostname,systemMemoryInfo",
];

const ignore = !hasPostgres;
if (ignore) {
  console.log("PostgreSQL is not installed (Debian: apt-get install postgresql), so that its tests are skipped");
}

/** A sweep of some hundreds of tiny runs. */
const fileOf = (seeds: number) => ({
  tables: [{ data: "data/iris.csv", target: ["petal_width"], drop: ["species"] }],
  options: { epochs: 2 },
  vary: { network: ["residual", "plain"], width: [2, 4] },
  seeds,
});

async function configOf(folder: string, seeds: number): Promise<string> {
  await Deno.writeTextFile(`${folder}/sweep.json`, JSON.stringify(fileOf(seeds)));
  return `${folder}/sweep.json`;
}

/** The rows of a report as CSV, by key, without what may differ between two runs of a job. */
async function rowsOf(source: string, out: string): Promise<readonly string[]> {
  const made = await runApart(["sweep", "report", source, "--out", out], REMOTE);
  assertEquals(made.code, 0, made.stderr);
  const [header, ...lines] = (await Deno.readTextFile(`${out}/runs.csv`)).trimEnd().split("\n");
  assert(header.endsWith(",seconds,worker"), header);
  return lines.map((line) => line.replace(/,[^,]*,[^,]*$/, "")).toSorted();
}

Deno.test(
  { name: "two workers on PostgreSQL, one sweep on SQLite and four shards merged have the same rows", ignore },
  async () => {
    await using folder = await temporaryFolder();
    await using server = await startPostgres();
    const at = (name: string) => `${folder.path}/${name}`;
    const config = await configOf(folder.path, 20);
    const run = async (args: readonly string[], permissions: readonly string[]) => {
      const found = await runApart(args, permissions);
      assertEquals(found.code, 0, found.stderr);
      assert(!`${found.stdout}${found.stderr}`.includes(server.password));
      return found;
    };
    await run(["sweep", "--config", config, "--out", at("one"), "--quiet"], LOCAL);
    await run(["sweep", "--config", config, "--store", server.url], REMOTE);
    const worker = ["worker", "--store", server.url, "--workers", "1", "--cache", at("cache"), "--quiet"];
    await Promise.all([run(worker, REMOTE), run(worker, REMOTE)]);
    for (const part of [1, 2, 3, 4]) {
      await run(["sweep", "--config", config, "--out", at(`part${part}`), "--shard", `${part}/4`, "--quiet"], LOCAL);
    }
    await run(["sweep", "merge", ...[1, 2, 3, 4].map((part) => at(`part${part}`)), "--out", at("merged")], LOCAL);
    const rows = await rowsOf(at("one"), at("r1"));
    assertEquals(rows.length, 80);
    assertEquals(await rowsOf(server.url, at("r2")), rows);
    assertEquals(await rowsOf(at("merged"), at("r3")), rows);
    // SQL answers the question itself.
    const stuck = await server.sql(
      "SELECT network, count(*) FILTER (WHERE stuck) > 0 FROM resland.runs GROUP BY 1 ORDER BY 1",
    );
    assertEquals(stuck, "plain|t\nresidual|f");
    // Submitted again, nothing is new.
    const again = await run(["sweep", "--config", config, "--store", server.url, "--json"], REMOTE);
    assertEquals(JSON.parse(again.stdout).added, 0);
  },
);

/** Milliseconds until a kill. */
const lives = (seed: number, count: number) => Array.from(uniform(key(seed), count, { low: 300, high: 2500 }));

Deno.test("after 25 kills of sweep at random moments every job is in the results once, as without", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const config = await configOf(folder.path, 400);
  const args = ["sweep", "--config", config, "--quiet", "--out"];
  for (const life of lives(1, 25)) {
    const started = performance.now();
    await runUntil([...args, at("killed")], LOCAL, () => performance.now() - started > life);
  }
  assertEquals((await runApart([...args, at("killed")], LOCAL)).code, 0);
  assertEquals((await runApart([...args, at("whole")], LOCAL)).code, 0);
  const rows = await rowsOf(at("killed"), at("r1"));
  assertEquals(rows.length, 1600);
  assertEquals(rows, await rowsOf(at("whole"), at("r2")));
  using db = new DatabaseSync(`${at("killed")}/sweep.sqlite`, { readOnly: true });
  assertEquals(db.prepare("SELECT count(*) AS n FROM jobs WHERE state <> 1").get()!.n, 0);
});

Deno.test({
  name: "after 20 kills of workers and 5 of PostgreSQL every job is in the results once, as without",
  ignore,
}, async () => {
  await using folder = await temporaryFolder();
  await using server = await startPostgres();
  const at = (name: string) => `${folder.path}/${name}`;
  const config = await configOf(folder.path, 250);
  assertEquals((await runApart(["sweep", "--config", config, "--store", server.url], REMOTE)).code, 0);
  const args = ["worker", "--store", server.url, "--workers", "1", "--cache", at("cache"), "--quiet"];
  const last = runApart(args, REMOTE);
  for (const [index, life] of lives(2, 20).entries()) {
    const started = performance.now();
    await runUntil(args, REMOTE, () => performance.now() - started > life + 800);
    if (index % 4 !== 3) continue;
    await server.kill();
    await server.start();
  }
  // The one worker that was never killed, and one more for what it may have given up.
  const survivor = await last;
  const end = await runApart(args, REMOTE);
  assertEquals(end.code, 0, `${survivor.stderr}\n${end.stderr}`);
  assertEquals((await runApart(["sweep", "--config", config, "--out", at("whole"), "--quiet"], LOCAL)).code, 0);
  const rows = await rowsOf(server.url, at("r1"));
  assertEquals(rows.length, 1000);
  assertEquals(rows, await rowsOf(at("whole"), at("r2")));
});

Deno.test(
  { name: "a worker waits for a database that is away for 30 s, and says so once; nothing is lost", ignore },
  async () => {
    await using folder = await temporaryFolder();
    await using server = await startPostgres();
    const config = await configOf(folder.path, 150);
    assertEquals((await runApart(["sweep", "--config", config, "--store", server.url], REMOTE)).code, 0);
    const worker = runApart([
      "worker",
      "--store",
      server.url,
      "--workers",
      "1",
      "--cache",
      `${folder.path}/c`,
      "--quiet",
    ], REMOTE);
    while (Number(await server.sql("SELECT count(*) FROM resland.runs")) < 20) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    await server.start();
    const { code, stderr } = await worker;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "is away");
    assertStringIncludes(stderr, "is back");
    assert(!stderr.includes(server.password));
    assertEquals(await server.sql("SELECT count(*), count(DISTINCT key) FROM resland.runs"), "600|600");
  },
);

Deno.test({
  name: "a worker of another version and a changed table are refused in a sentence; a wrong password is not shown",
  ignore,
}, async () => {
  await using folder = await temporaryFolder();
  await using server = await startPostgres();
  const config = await configOf(folder.path, 2);
  assertEquals((await runApart(["sweep", "--config", config, "--store", server.url], REMOTE)).code, 0);
  const worker = ["worker", "--store", server.url, "--cache", `${folder.path}/c`, "--quiet"];
  await server.sql("UPDATE resland.jobs SET version = '9.9.9'");
  const other = await runApart(worker, REMOTE);
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, "are of resland 9.9.9");
  const { default: project } = await import("../../deno.json", { with: { type: "json" } });
  await server.sql(`UPDATE resland.jobs SET version = '${project.version}'`);

  await server.sql("UPDATE resland.tables SET bytes = bytes || '1,2,3'::bytea");
  await runApart(worker, REMOTE);
  const errors = await server.sql("SELECT DISTINCT error FROM resland.jobs");
  assertStringIncludes(errors, "the stored table does not have its fingerprint");
  assertEquals(await server.sql("SELECT count(*) FROM resland.runs"), "0");

  const wrong = await runApart(["worker", "--store", server.url.replace(server.password, "hunter2-wrong")], REMOTE);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "cannot be used");
  assert(!wrong.stderr.includes("hunter2-wrong"), wrong.stderr);
  const nobody = await runApart(["worker", "--store", "postgres://me:hunter2-wrong@127.0.0.1:1/x"], REMOTE);
  assertEquals(nobody.code, 2);
  assert(!nobody.stderr.includes("hunter2-wrong"), nobody.stderr);
});
