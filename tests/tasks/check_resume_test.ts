import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { namesIn, runHere, runUntil, temporaryFolder } from "../support/program.ts";

const RUNS = 15;

/** Every file of a folder but the settings, the times of the verdict left out. */
async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = namesIn(folder).filter((name) => name !== "config.json");
  const entries = names.map(async (name) => {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${name}`));
    return [name, text.replace(/"seconds": [\d.e-]+/g, "")] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

Deno.test("check that was killed goes on with the same command, repeats no run, and every file is the same", async () => {
  await using folder = await temporaryFolder();
  const [whole, cut, table] = [`${folder.path}/whole`, `${folder.path}/cut`, `${folder.path}/table.csv`];
  const rows = await Deno.readTextFile("data/diabetes.csv");
  await Deno.writeTextFile(table, rows);
  const shape = ["--width", "8", "--epochs", "3", "--seeds", "3"];
  const options = ["check", "--data", table, "--target", "progression", ...shape, "--quiet"];
  assertEquals((await runHere([...options, "--out", whole])).code, 0);
  const models = () => {
    try {
      return namesIn(cut).filter((name) => name.endsWith(".safetensors")).length;
    } catch {
      return 0;
    }
  };
  await runUntil([...options, "--out", cut], ["--allow-read", "--allow-write"], () => models() >= 4);
  const pieces = namesIn(`${cut}/pieces`).filter((name) => name.endsWith(".json"));
  assert(pieces.length > 2 && pieces.length <= RUNS, `${pieces.length} pieces`);

  await Deno.writeTextFile(table, `${rows.trimEnd().slice(0, -1)}9\n`);
  const changed = await runHere([...options, "--out", cut]);
  await Deno.writeTextFile(table, rows);
  const other = await runHere([...options, "--rate", "0.3", "--out", cut]);
  for (const { code, stderr } of [changed, other]) {
    assertEquals(code, 2);
    assertStringIncludes(stderr, "the folder holds an unfinished run with other options");
  }

  // A run that was killed before its piece was written is run again.
  await Deno.remove(`${cut}/pieces/${pieces[1]}`);
  const { code, stderr } = await runHere([...options, "--out", cut]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(
    stderr,
    `resland check: ${pieces.length - 1} of ${RUNS} runs are those of ${cut}, not run again`,
  );
  assertEquals(await contentsOf(cut), await contentsOf(whole));
  const again = await runHere([...options, "--out", cut]);
  assertEquals(again.code, 2);
  assertStringIncludes(again.stderr, "is not empty");
});
