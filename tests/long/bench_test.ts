import { assertEquals, assertStringIncludes } from "@std/assert";
import { runHere, temporaryFolder } from "../support/program.ts";
import { assertWhole } from "./_bench_report.ts";

Deno.test("bench --quick --json measures everything, saves it, and prints one document", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout } = await runHere(["bench", "--quick", "--json", "--quiet", "--out", `${folder.path}/run`]);
  assertEquals(code, 0);
  assertWhole(JSON.parse(stdout));
  assertEquals(JSON.parse(await Deno.readTextFile(`${folder.path}/run/bench.json`)), JSON.parse(stdout));
  assertStringIncludes(await Deno.readTextFile(`${folder.path}/run/bench.md`), "| S4 f32 | relaxed");
  assertStringIncludes(await Deno.readTextFile(`${folder.path}/run/roofline.svg`), "<svg");
});
