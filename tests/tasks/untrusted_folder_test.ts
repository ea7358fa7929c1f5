import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

const QUICK = ["paper", "--quick", "--quiet", "--only", "lemma-2,better-than-linear"] as const;

Deno.test("paper resumes only findings of its own statements, by their names and shapes, and writes nothing outside its folder", async () => {
  await using folder = await temporaryFolder();
  const run = `${folder.path}/run`;
  assertEquals((await runHere([...QUICK, "--out", run])).code, 0);
  const names = namesIn(run);
  await Deno.remove(`${run}/paper.json`);
  const file = `${run}/claim-lemma-2.json`;
  const found = JSON.parse(await Deno.readTextFile(file));
  // A finding of no statement, under a name that leaves the folder: it is left alone.
  const evil = { id: "../victim/owned", finding: { ...found.finding, chart: { title: "", x: "", y: "", series: [] } } };
  await Deno.mkdir(`${folder.path}/victim`);
  await Deno.writeTextFile(`${run}/claim-x.json`, JSON.stringify(evil));
  const resumed = await runHere([...QUICK, "--out", run]);
  assertEquals([resumed.code, namesIn(`${folder.path}/victim`), namesIn(run)], [
    0,
    [],
    [...names, "claim-x.json"].sort(),
  ]);
  assertMatch(resumed.stderr, /^resland paper: 2 of 2 statements are those of \S+, not checked again\n$/);
  for (
    const other of [null, 5, [], evil, { ...found, id: "better-than-linear" }, { ...found, finding: null }, {
      ...found,
      finding: { ...found.finding, status: "<b>" },
    }, { ...found, finding: { ...found.finding, numbers: { a: {} } } }]
  ) {
    await Deno.remove(`${run}/paper.json`).catch(() => {});
    await Deno.writeTextFile(file, JSON.stringify(other));
    const { code, stderr } = await runHere([...QUICK, "--out", run]);
    assertEquals(code, 2, JSON.stringify(other));
    assertStringIncludes(stderr, "claim-lemma-2.json: the file is not a checked statement; remove it");
  }
  for (
    const [change, said] of [
      [{ status: "fails" }, "holds"],
      [{ measured: 3 }, "fails"],
      [{ numbers: { failures: 2 } }, "fails"],
      [{ numbers: {} }, "fails"],
    ] as const
  ) {
    await Deno.writeTextFile(file, JSON.stringify({ ...found, finding: { ...found.finding, ...change } }));
    const { code, stderr } = await runHere([...QUICK, "--out", run]);
    assertEquals(code, 2, stderr);
    assertMatch(
      stderr,
      new RegExp(`claim-lemma-2.json: it says "\\w+", and its numbers say "${said}"; remove it, and its`),
    );
  }
  await Deno.writeTextFile(file, `${"[".repeat(50_000)}${"]".repeat(50_000)}`);
  assertEquals((await runHere([...QUICK, "--out", run])).code, 2);
});

Deno.test("fit --resume writes nothing where the folder says, and goes on with no other table than its own", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const options = ["--epochs", "3", "--data", "data/diabetes.csv", "--target", "progression"];
  assertEquals((await runHere(["fit", ...options, "--quiet", "--out", at("run")])).code, 0);
  for (const name of ["verdict.json", "model.safetensors"]) await Deno.remove(`${at("run")}/${name}`);
  const config = JSON.parse(await Deno.readTextFile(`${at("run")}/config.json`));
  const write = (args: readonly string[]) =>
    Deno.writeTextFile(`${at("run")}/config.json`, JSON.stringify({ ...config, arguments: args }));
  await write([...config.arguments, "--metrics-out", at("owned.json"), "--out", at("elsewhere")]);
  assertEquals((await runHere(["fit", "--resume", at("run"), "--quiet"])).code, 0);
  assertEquals(namesIn(folder.path), ["run"]);
  await Deno.remove(`${at("run")}/verdict.json`);
  await write(["--data", "data/iris.csv", "--target", "sepal_width", "--drop", "species", "--quiet"]);
  const other = await runHere(["fit", "--resume", at("run"), "--quiet"]);
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, "data/iris.csv is not the table that this run was started on");
});

Deno.test("a second run with the same --out is refused while the first one lives, and a resumed one is not", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const args = ["fit", "--epochs", "2", "--quiet", "--out", out];
  await Deno.mkdir(out);
  {
    using other = await Deno.open(out);
    assert(await other.tryLock(true));
    const { code, stderr } = await runHere(args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "is being written by another run; name a new folder");
    assertEquals(namesIn(out), []);
  }
  assertEquals((await runHere(args)).code, 0);
});
