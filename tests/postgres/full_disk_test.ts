import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { runApart, temporaryFolder } from "../support/program.ts";

const LOCAL = ["--allow-read", "--allow-write"];

/** Mounts a disk of so many bytes in memory; whether that is permitted. */
async function mounted(path: string, ...options: readonly string[]): Promise<boolean> {
  const run = new Deno.Command("mount", { args: ["-t", "tmpfs", ...options, "tmpfs", path], stderr: "null" });
  return await run.output().then(({ success }) => success, () => false);
}

Deno.test("a sweep on a full disk says so in a sentence, loses nothing, and goes on when there is room", async () => {
  await using folder = await temporaryFolder();
  const [config, disk, whole] = ["sweep.json", "disk", "whole"].map((name) => `${folder.path}/${name}`);
  await Deno.writeTextFile(
    config,
    JSON.stringify({
      tables: [{ data: "data/iris.csv", target: ["petal_width"], drop: ["species"] }],
      options: { epochs: 1 },
      vary: { network: ["residual", "plain"], width: [2, 4] },
      seeds: 100,
    }),
  );
  await Deno.mkdir(disk);
  if (!await mounted(disk, "-o", "size=700k")) {
    console.log("a disk in memory may not be mounted here, so that this test is left out");
    return;
  }
  try {
    const sweep = (out: string) => runApart(["sweep", "--config", config, "--out", out, "--quiet"], LOCAL);
    const rows = (out: string) => {
      using db = new DatabaseSync(`${out}/sweep.sqlite`, { readOnly: true });
      return db.prepare("SELECT * FROM runs ORDER BY key").all().map(({ seconds: _, ...row }) => row);
    };
    const full = await sweep(disk);
    assertEquals(full.code, 2);
    assertMatch(
      full.stderr,
      /^resland sweep: \S+: the disk is full or cannot be written \(.*\); what was finished is kept: make room, and start again\n$/,
    );
    const kept = rows(disk);
    assert(kept.length > 0 && kept.length < 400, `${kept.length} rows`);
    assert(await mounted(disk, "-o", "remount,size=20m"));
    assertEquals([(await sweep(disk)).code, (await sweep(whole)).code], [0, 0]);
    const end = rows(disk);
    assertEquals(end, rows(whole));
    const keys = new Set(kept.map(({ key }) => key));
    assertEquals(end.filter(({ key }) => keys.has(key)), kept);
  } finally {
    await new Deno.Command("umount", { args: [disk] }).output();
  }
});
