import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import type { PaperReport } from "../../src/report/mod.ts";
import { runHere, temporaryFolder } from "./program.ts";

/** Runs `paper --quick` and asserts that its report has these statements, in this order, holding, and that it saves what it prints and pages without references. */
export async function assertPaper(ids: readonly string[], only: readonly string[] = []): Promise<void> {
  await using folder = await temporaryFolder();
  const { code, stdout } = await runHere([
    "paper",
    "--quick",
    "--quiet",
    ...only,
    "--json",
    "--out",
    `${folder.path}/run`,
  ]);
  assertEquals(code, 0);
  const report: PaperReport = JSON.parse(stdout);
  assertEquals([report.schema, report.verdict, report.quick], ["resland/paper@1", "holds", true]);
  assertEquals(report.claims.map(({ id }) => id), ids);
  for (const claim of report.claims) {
    assertEquals(claim.status, claim.id === "vector-outputs-wide" ? "outside" : "holds", claim.id);
    assertGreater(claim.statement.length, 0);
    assertGreater(claim.source.length, 0);
    assertGreater(claim.points, 0);
    const page = await Deno.readTextFile(`${folder.path}/run/${claim.page}`);
    assertStringIncludes(page, "<math ");
    for (const part of ["<script", "http://", "https://"]) {
      assert(!page.replaceAll("http://www.w3.org/1998/Math/MathML", "").includes(part), `${claim.page} has ${part}`);
    }
    if (claim.listing !== null) assert((await Deno.readTextFile(`${folder.path}/run/${claim.listing}`)).length > 0);
    for (const figure of claim.figures) {
      assertStringIncludes(await Deno.readTextFile(`${folder.path}/run/${figure}`), "<svg");
    }
  }
  assertEquals(await Deno.readTextFile(`${folder.path}/run/paper.json`), stdout);
  const index = await Deno.readTextFile(`${folder.path}/run/index.html`);
  for (const { page } of report.claims) assertStringIncludes(index, `href="${page}"`);
}
