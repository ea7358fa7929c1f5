import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { runHere, temporaryFolder } from "../support/program.ts";
import { rowsIn } from "../support/sweep_rows.ts";
import { sweepSchema } from "../../tasks/commands/sweep_schema.ts";
import { networkFileSystemOf } from "../../tasks/io/file_system.ts";
import { SWEEP_SCHEMA } from "../../tasks/tools/schema.ts";

/** A sweep of eight tiny runs. */
const FILE = {
  tables: [{ data: "data/iris.csv", target: ["petal_width"], drop: ["species"] }],
  options: { epochs: 1 },
  vary: { network: ["residual", "plain"], width: [2, 3] },
  seeds: 2,
};

async function write(path: string, value: unknown): Promise<string> {
  await Deno.writeTextFile(path, JSON.stringify(value));
  return path;
}

Deno.test("sweep runs a design, goes on where it was, adds only what is new, and its parts merged are the whole", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const config = await write(at("sweep.json"), FILE);
  const dry = await runHere(["sweep", "--config", config, "--dry-run", "--json", "--out", at("none")]);
  assertEquals([dry.code, JSON.parse(dry.stdout).jobs], [0, 8]);
  assertEquals(await Deno.stat(at("none")).catch(() => null), null);

  const first = await runHere(["sweep", "--config", config, "--out", at("a"), "--json", "--quiet"]);
  assertEquals(first.code, 0, first.stderr);
  const { jobs, done, failed, stuck } = JSON.parse(first.stdout);
  assertEquals([jobs, done, failed], [8, 8, 0]);
  const rows = rowsIn(at("a"));
  assertEquals(rows.length, 8);
  assertEquals(rows.filter((row) => row.stuck === 1).length, stuck);
  assertEquals(rows.filter((row) => row.network === "residual").map((row) => row.verdict), Array(4).fill("holds"));
  for (const row of rows) assert(Math.abs(Number(row.gap) - (Number(row.value) - Number(row.linear))) < 1e-15);

  // Two parts, merged.
  for (const part of [1, 2]) {
    const run = await runHere([
      "sweep",
      "--config",
      config,
      "--out",
      at(`part${part}`),
      "--shard",
      `${part}/2`,
      "--quiet",
    ]);
    assertEquals(run.code, 0, run.stderr);
  }
  const merged = await runHere(["sweep", "merge", at("part1"), at("part2"), "--out", at("whole"), "--json"]);
  assertEquals([merged.code, JSON.parse(merged.stdout).added], [0, 8], merged.stderr);
  assertEquals(rowsIn(at("whole")), rows);

  // Three seeds instead of two: four new jobs, and the old rows as they were.
  const more = await runHere([
    "sweep",
    "--config",
    await write(at("more.json"), { ...FILE, seeds: 3 }),
    "--out",
    at("a"),
    "--json",
    "--quiet",
  ]);
  assertEquals([more.code, JSON.parse(more.stdout).done], [0, 12], more.stderr);
  const grown = rowsIn(at("a"));
  assertEquals(grown.filter((row) => Number(row.seed) < 3), rows);
});

Deno.test("a row of sweep holds the command that gives the same bits again, with the skip and without", async () => {
  await using folder = await temporaryFolder();
  const config = await write(`${folder.path}/sweep.json`, {
    ...FILE,
    vary: { network: ["residual", "plain"] },
    seeds: 1,
  });
  const run = await runHere(["sweep", "--config", config, "--out", `${folder.path}/a`, "--quiet"]);
  assertEquals(run.code, 0, run.stderr);
  for (const row of rowsIn(`${folder.path}/a`)) {
    const words = Array.from(String(row.command).matchAll(/'([^']*)'|\S+/g), ([whole, inner]) => inner ?? whole);
    const args = words.slice(words.indexOf("task") + 1);
    if (row.network === "plain") {
      const again = await runHere(args);
      assertEquals(again.code, 0, again.stderr);
      const found = JSON.parse(again.stdout);
      assertEquals([found.key, found.value, found.gradient], [row.key, row.value, row.gradient]);
    } else {
      const again = await runHere([...args, "--json", "--quiet", "--out", `${folder.path}/check`]);
      assertEquals(again.code, 0, again.stderr);
      const [end] = JSON.parse(again.stdout).runs;
      assertEquals([end.value, end.gap], [row.value, row.gap]);
    }
  }
});

Deno.test("sweep fits models too, their held-out rows beside linear's", async () => {
  await using folder = await temporaryFolder();
  const config = await write(`${folder.path}/sweep.json`, {
    recipe: "fit",
    tables: FILE.tables,
    options: { epochs: 2, valid: 0.3, width: 3 },
    vary: { regularise: ["none", "0.1,1"] },
    seeds: 2,
  });
  const run = await runHere(["sweep", "--config", config, "--out", `${folder.path}/a`, "--quiet"]);
  assertEquals(run.code, 0, run.stderr);
  const rows = rowsIn(`${folder.path}/a`);
  assertEquals(rows.length, 4);
  assertEquals(rows.filter((row) => row.held_out === null || row.held_out_linear === null), []);
  assertEquals(rows.map((row) => row.verdict), Array(4).fill("holds"));
});

/** Files that are refused, and what the sentence says. */
const REFUSED: readonly (readonly [file: unknown, sentence: string])[] = [
  [{ vary: { widht: [1] } }, 'there is no option of check "widht"'],
  [{ varry: {} }, 'there is no entry "varry", did you mean vary?'],
  [{ vary: { width: [0] } }, '"vary.width" is [0]'],
  [{ vary: { width: ["4; DROP TABLE runs"] } }, '"vary.width" is ["4; DROP TABLE runs"]'],
  [{ options: { width: 1e9 } }, "GiB a run"],
  // Its features on all rows are 140 MB; what certifies it works on triangles of 20,011 columns.
  [{ options: { width: 20_000 } }, "need about 9.2 GiB a run"],
  [{ vary: { width: { low: 4, high: 2 } } }, '"low" must be below "high"'],
  [{ vary: { rate: { low: 0, high: 2, scale: "log" } }, design: "sobol", points: 4 }, '"low" must be above 0'],
  [{ vary: { rate: { low: 1, high: 2 } } }, 'a grid needs its "steps"'],
  [{ vary: { width: [1] }, options: { width: 2 } }, "both fixed and varied"],
  [{ vary: { width: [1] }, design: "random" }, 'needs "points"'],
  [{ vary: { network: ["plain"], start: ["zero"] } }, "for a plain network"],
  [{ recipe: "bake" }, '"recipe" is "bake"'],
  [{ seeds: 1e12 }, '"seeds" is 1000000000000'],
  [{ tables: [{ data: "data/iris.csv", target: ["species"] }] }, "check has one output"],
  [{ tables: [{ data: "data/none.csv" }] }, "there is no such file"],
  [{ tables: [{}, {}] }, 'two tables are named "diabetes"'],
  [[], "must hold one JSON object"],
];

for (const [file, sentence] of REFUSED) {
  Deno.test(`sweep refuses ${JSON.stringify(file)} in one sentence, and writes nothing`, async () => {
    await using folder = await temporaryFolder();
    const config = await write(`${folder.path}/sweep.json`, file);
    const { code, stderr } = await runHere(["sweep", "--config", config, "--out", `${folder.path}/out`]);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, sentence);
    assertEquals(stderr.trim().split("\n").length, 1);
    assertEquals(await Deno.stat(`${folder.path}/out`).catch(() => null), null);
  });
}

Deno.test("sweep refuses a table that has changed, a sweep of another version, a damaged file, and a second process; nothing is lost", async () => {
  await using folder = await temporaryFolder();
  const [table, out] = [`${folder.path}/houses.csv`, `${folder.path}/out`];
  await Deno.writeTextFile(table, "size,price\n1,1\n2,4\n3,9\n4,16\n5,25\n6,36\n");
  const config = await write(`${folder.path}/sweep.json`, {
    tables: [{ data: table, target: ["price"] }],
    options: { epochs: 1, width: 2 },
    seeds: 2,
  });
  const sweep = () => runHere(["sweep", "--config", config, "--out", out, "--quiet"]);
  assertEquals((await sweep()).code, 0);
  const rows = rowsIn(out);
  const text = await Deno.readTextFile(table);

  await Deno.writeTextFile(table, `${text}7,49\n`);
  const changed = await sweep();
  assertEquals(changed.code, 2);
  assertStringIncludes(changed.stderr, "houses.csv has changed since");
  await Deno.writeTextFile(table, text);

  using lock = new DatabaseSync(`${out}/sweep.lock`);
  lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
  const second = await sweep();
  assertEquals(second.code, 2);
  assertStringIncludes(second.stderr, "another process runs this sweep");
  lock.close();

  const meta = (version: string) => {
    using db = new DatabaseSync(`${out}/sweep.sqlite`);
    db.prepare("UPDATE meta SET value = ? WHERE name = 'version'").run(version);
  };
  meta("9.9.9");
  const newer = await sweep();
  assertEquals(newer.code, 2);
  assertStringIncludes(newer.stderr, "it holds a sweep of resland 9.9.9");
  const { default: project } = await import("../../deno.json", { with: { type: "json" } });
  meta(project.version);

  assertEquals((await sweep()).code, 0);
  assertEquals(rowsIn(out), rows);

  await Deno.mkdir(`${folder.path}/bad`);
  await Deno.writeTextFile(
    `${folder.path}/bad/sweep.sqlite`,
    "not a database at all, but long enough to be read as one".repeat(40),
  );
  const bad = await runHere(["sweep", "--config", config, "--out", `${folder.path}/bad`, "--quiet"]);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.stderr, "is not the file of a sweep");
});

Deno.test("sweep merge refuses two folders that disagree on a run", async () => {
  await using folder = await temporaryFolder();
  const config = await write(`${folder.path}/sweep.json`, { ...FILE, vary: { width: [2] }, seeds: 1 });
  for (const name of ["a", "b"]) {
    assertEquals((await runHere(["sweep", "--config", config, "--out", `${folder.path}/${name}`, "--quiet"])).code, 0);
  }
  {
    using db = new DatabaseSync(`${folder.path}/b/sweep.sqlite`);
    db.exec("UPDATE runs SET value = value + 1");
  }
  const args = ["sweep", "merge", `${folder.path}/a`, `${folder.path}/b`, "--out", `${folder.path}/c`];
  const { code, stderr } = await runHere(args);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "disagree on run");
  const none = await runHere(["sweep", "merge", `${folder.path}/d`, "--out", `${folder.path}/e`]);
  assertStringIncludes(none.stderr, "holds no sweep");
});

Deno.test("networkFileSystemOf() names the file system of the nearest mount, and takes local ones for none", async () => {
  await using folder = await temporaryFolder();
  const path = await Deno.realPath(folder.path);
  const root = "/dev/sda / ext4 rw 0 0";
  assertEquals(await networkFileSystemOf(path, `${root}\nhost:/x ${path} nfs4 rw 0 0`), "nfs4");
  assertEquals(await networkFileSystemOf(path, `host:/ / nfs rw 0 0\n/dev/sdb ${path} ext4 rw 0 0`), null);
  assertEquals(await networkFileSystemOf(path, `${root}\nhost:/x ${path}x nfs rw 0 0`), null);
  assertEquals(await networkFileSystemOf(path, `${root}\nuser@host: ${path} fuse.sshfs rw 0 0`), "fuse.sshfs");
  assertEquals(await networkFileSystemOf(`${path}/none`, root), null);
});

Deno.test("the published schema of sweep files is the one in use", async () => {
  const published = JSON.parse(await Deno.readTextFile(SWEEP_SCHEMA));
  assertEquals(published, JSON.parse(JSON.stringify(sweepSchema())));
});
