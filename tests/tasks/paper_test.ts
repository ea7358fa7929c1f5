import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { STATEMENTS } from "../../src/paper/mod.ts";
import type { PaperReport } from "../../src/report/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

const QUICK = ["paper", "--quick", "--quiet"];
const FEW = [...QUICK, "--only", "lemma-2,example-1,figure-1"];

Deno.test("paper --quick --json has every statement once, holding, in the order of the paper, and saves what it prints", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout } = await runHere([...QUICK, "--json", "--out", `${folder.path}/run`]);
  assertEquals(code, 0);
  const report: PaperReport = JSON.parse(stdout);
  assertEquals([report.schema, report.verdict, report.quick], ["resland/paper@1", "holds", true]);
  assertEquals(report.claims.map(({ id }) => id), STATEMENTS.map(({ id }) => id));
  for (const claim of report.claims) {
    assertEquals(claim.status, "holds", claim.id);
    assert(claim.statement.length > 0 && claim.source.length > 0 && claim.points > 0);
    for (const figure of claim.figures) {
      assertStringIncludes(await Deno.readTextFile(`${folder.path}/run/${figure}`), "<svg");
    }
  }
  assertEquals(await Deno.readTextFile(`${folder.path}/run/paper.json`), stdout);
});

Deno.test("paper goes on with an unfinished run: what was found is not found again, and the report is the same", async () => {
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
  assertStringIncludes(unknown.stderr, "theorem-4");
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
