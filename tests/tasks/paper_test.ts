import { assertEquals, assertStringIncludes } from "@std/assert";
import { STATEMENTS } from "../../src/paper/mod.ts";
import { assertPaper } from "../support/paper_run.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

const QUICK = ["paper", "--quick", "--quiet"];
const FEW = [...QUICK, "--only", "lemma-2,example-1,figure-1"];

Deno.test("paper --quick --json has each statement once, holding, in the order of the paper, and saves what it prints", async () => {
  const some = ["theorem-3", "figure-1", "plain-nets", "vector-outputs-wide", "lemma-1"];
  const ids = STATEMENTS.map(({ id }) => id).filter((id) => some.includes(id));
  await assertPaper(ids, ["--only", some.join(",")]);
});

Deno.test("paper resumes an unfinished run: checked statements are not checked again, and the report is the same", async () => {
  await using folder = await temporaryFolder();
  const [whole, part] = [`${folder.path}/whole`, `${folder.path}/part`];
  const first = await runHere([...FEW, "--json", "--out", whole]);
  await Deno.mkdir(part);
  for (const name of ["config.json", "claim-lemma-2.json"]) await Deno.copyFile(`${whole}/${name}`, `${part}/${name}`);
  const marked = (await Deno.readTextFile(`${part}/claim-lemma-2.json`)).replace('"points": 300', '"points": 301');
  await Deno.writeTextFile(`${part}/claim-lemma-2.json`, marked);
  const second = await runHere([...FEW, "--json", "--out", part]);
  assertEquals(second.code, 0);
  assertStringIncludes(second.stdout, '"points": 301', "the finding on disk was kept");
  assertEquals(second.stdout.replace('"points": 301', '"points": 300'), first.stdout);
});

Deno.test("paper refuses a finished run, one with other options, a folder that holds something else, and unknown statements", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  assertEquals((await runHere([...FEW, "--out", out])).code, 0);
  const again = await runHere([...FEW, "--out", out]);
  assertEquals(again.code, 2);
  assertStringIncludes(again.stderr, "is not empty; name a new folder");
  await Deno.remove(`${out}/paper.json`);
  const other = await runHere([...FEW, "--seed", "2", "--out", out]);
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, "an unfinished run with other options");
  await Deno.writeTextFile(`${folder.path}/mine.txt`, "mine");
  assertEquals((await runHere([...FEW, "--out", folder.path])).code, 2);
  const unknown = await runHere([...QUICK, "--only", "theorem-5"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(unknown.stderr, 'not "theorem-5"');
});

Deno.test("paper gives the same report for one worker and two", async () => {
  await using folder = await temporaryFolder();
  const reports = [];
  for (const workers of ["1", "2"]) {
    const { stdout } = await runHere([...FEW, "--json", "--workers", workers, "--out", `${folder.path}/${workers}`]);
    reports.push(stdout);
  }
  assertEquals(reports[0], reports[1]);
});
