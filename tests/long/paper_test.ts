import { assert, assertEquals } from "@std/assert";
import { STATEMENTS } from "../../src/paper/mod.ts";
import { assertPaper } from "../support/paper_run.ts";
import { namesIn, runHere, runUntil, temporaryFolder } from "../support/program.ts";

Deno.test("paper --quick --json has every statement once, holding, in the order of the paper, and saves what it prints", async () => {
  await assertPaper(STATEMENTS.map(({ id }) => id));
});

Deno.test("paper, killed half-way and started again, does not repeat what it had and ends with the report of an unbroken run", async () => {
  await using folder = await temporaryFolder();
  const [whole, killed] = [`${folder.path}/whole`, `${folder.path}/killed`];
  const some = [
    "paper",
    "--quick",
    "--quiet",
    "--json",
    "--only",
    "lemma-1,lemma-2,theorem-1,theorem-3,example-1,small-matrix",
  ];
  const claims = () => {
    try {
      return namesIn(killed).filter((name) => /^claim-.*\.json$/.test(name));
    } catch {
      return [];
    }
  };
  await runUntil([...some, "--out", killed], ["--allow-read", "--allow-write"], () => claims().length >= 2);
  const kept = claims();
  assert(kept.length >= 2 && kept.length < 6, `killed after ${kept.length} of 6 statements`);
  const written = kept.map((name) => Deno.statSync(`${killed}/${name}`).mtime!.getTime());
  const resumed = await runHere([...some, "--out", killed]);
  assertEquals(resumed.code, 0);
  assertEquals(kept.map((name) => Deno.statSync(`${killed}/${name}`).mtime!.getTime()), written);
  assertEquals(resumed.stdout, (await runHere([...some, "--out", whole])).stdout);
  // What the killed process was writing may be left under its temporary name, never under the final one.
  const whatever = new Set(namesIn(whole));
  for (const name of namesIn(killed)) assert(whatever.has(name) || name.endsWith(".tmp"), name);
});
