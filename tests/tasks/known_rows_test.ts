import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../src/data/mod.ts";
import { key, permutation } from "../../src/random/mod.ts";
import { loadTable, piecesOf, startRecording } from "../../tasks/io/tables.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

const TABLE = new URL("../../data/diabetes.csv", import.meta.url).pathname;
const FIT = ["--target", "progression", "--valid", "0.25", "--epochs", "1", "--width", "2", "--regularise", "none"];

Deno.test("certify and predict know the rows of a model in another order, and say when the table changed", async () => {
  await using folder = await temporaryFolder();
  const [head, ...lines] = (await Deno.readTextFile(TABLE)).trim().split("\n");
  const write = async (name: string, rows: readonly string[]) => {
    await Deno.writeTextFile(`${folder.path}/${name}`, [head, ...rows].join("\n"));
    return `${folder.path}/${name}`;
  };
  const out = `${folder.path}/run`;
  const fit = await runHere(["fit", "--data", TABLE, ...FIT, "--out", out, "--json", "--quiet"]);
  const { value } = JSON.parse(fit.stdout);
  const model = ["--model", `${out}/model.safetensors`];
  const certify = async (data: string, ...more: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(["certify", ...model, "--data", data, "--json", ...more]);
    return { code, stderr, report: stdout === "" ? null : JSON.parse(stdout) };
  };
  assertEquals((await certify(TABLE)).report.rows, "same");
  const sorted = await write("sorted.csv", Array.from(permutation(key(1), lines.length), (row) => lines[row]));
  const { report } = await certify(sorted);
  assertEquals([report.rows, report.problem.rows, report.problem.heldOutRows], ["reordered", 331, 111]);
  assert(Math.abs(report.value - value) < 1e-12, `${report.value}, ${value}`);
  const text = await runHere(["certify", ...model, "--data", sorted]);
  assertStringIncludes(text.stdout, "The rows are those that the model was made from, in another order.");

  const held = new Set((await Deno.readTextFile(`${out}/held_out.csv`)).trim().split("\n").slice(1).map(Number));
  const change = (isHeld: boolean) => {
    const at = lines.findIndex((_, row) => held.has(row + 2) === isHeld);
    return lines.with(at, lines[at].replace(/[^,]*$/, "1"));
  };
  const trained = await certify(await write("trained.csv", change(false)));
  assertEquals([trained.report.rows, trained.report.problem.heldOutRows], ["changed", 111]);
  const other = await certify(await write("held.csv", change(true)));
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, "1 of the 111 held-out rows are not there");
  assertEquals((await certify(`${folder.path}/held.csv`, "--all-rows")).report.rows, "changed");

  for (const [data, isKnown] of [[sorted, true], [await write("part.csv", lines.slice(5)), false]] as const) {
    const to = `${folder.path}/predicted-${isKnown}.csv`;
    const { stdout } = await runHere(["predict", ...model, "--data", data, "--out", to, "--json"]);
    assertEquals(JSON.parse(stdout).trainedOn, isKnown);
  }
});

Deno.test("a table that changes while it is read is an error", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/growing.csv`;
  await Deno.writeTextFile(file, "a,y\n" + "1,2\n".repeat(400_000));
  let pieces = 0;
  const read = async () => {
    for await (const _ of piecesOf(file)) {
      if (pieces++ === 0) await Deno.writeTextFile(file, "3,4\n", { append: true });
    }
  };
  await assertRejects(read, InputError, "growing.csv: the file changed while it was read");
  assert(pieces > 1);
  const recording = startRecording();
  await loadTable(file, {}, recording);
  await Deno.writeTextFile(file, "5,6\n", { append: true });
  await assertRejects(() => loadTable(file, {}, recording), InputError, "changed while it was read");
});
