import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { namesIn, runApart, runHere, temporaryFolder } from "../support/program.ts";

/** A small fit. */
async function fitted(out: string, more: readonly string[] = []) {
  const args = ["fit", "--epochs", "2", "--width", "3", "--regularise", "none", "--quiet", ...more, "--out", out];
  const { code, stderr } = await runHere(args);
  assertEquals(code, 0, stderr);
}

Deno.test("--run FOLDER stands for the model and the table of a run, --data for another table", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  await fitted(at("fit"));
  const named = ["--model", `${at("fit")}/model.safetensors`, "--data", "data/diabetes.csv"];
  for (
    const [command, ...more] of [
      ["certify", "--json"],
      ["predict", "--quiet", "--out", at("predict")],
      ["surface", "--steps", "3", "--json", "--out", at("surface")],
      ["spectrum", "--probes", "2", "--json", "--out", at("spectrum")],
    ]
  ) {
    const found: string[] = [];
    for (const given of [["--run", `${at("fit")}/`], named]) {
      const { code, stdout, stderr } = await runHere([command, ...given, ...more]);
      assertEquals(code, 0, stderr);
      found.push(command === "predict" ? await Deno.readTextFile(at("predict")) : stdout);
      await Deno.remove(at(command), { recursive: true }).catch(() => {});
    }
    assertEquals(found[0], found[1]);
  }
  const refused = async (args: readonly string[], why: string) => {
    const { code, stderr } = await runHere(args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, why);
  };
  await refused(["certify", "--run", at("fit"), ...named], "leave --model out");
  await refused(["certify", "--run", at("none")], "the folder holds no model");
  await refused(["certify", "--run", at("fit"), "--data", "data/iris.csv"], "iris.csv");
  await Deno.writeTextFile(`${at("fit")}/config.json`, "null");
  await refused(["certify", "--run", at("fit")], "name the table with --data");
  assertEquals((await runHere(["certify", "--run", at("fit"), "--data", "data/diabetes.csv", "--quiet"])).code, 0);
  await Deno.rename(`${at("fit")}/model.safetensors`, `${at("fit")}/seed-1-zero.safetensors`);
  await refused(["spectrum", "--run", at("fit")], "several models; name one with --model, such as");
});

Deno.test("runs lists what is there: command, table, state, verdict, page; nothing of it is obeyed or followed", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/runs/${name}`;
  assertEquals((await runHere(["runs", "--in", `${folder.path}/runs`])).stdout, `${folder.path}/runs holds no run.\n`);
  await fitted(at("fit"));
  const config = (value: unknown) => JSON.stringify(value);
  for (
    const [name, text] of [
      ["hostile", config({ command: "__proto__", data: "\x1b[2J\u202e", verdict: {} })],
      ["odd", "[1]"],
      ["other", config({ data: "x" })],
      ["begun", config({ command: "paper" })],
    ]
  ) {
    await Deno.mkdir(at(name));
    await Deno.writeTextFile(`${at(name)}/config.json`, text);
  }
  await Deno.mkdir(`${at("fit-2")}/pieces`, { recursive: true });
  for (const name of namesIn(at("fit")).filter((one) => /json|html/.test(one))) {
    await Deno.copyFile(`${at("fit")}/${name}`, `${at("fit-2")}/${name}`);
  }
  await Deno.writeTextFile(at("file"), "no folder");
  const { code, stdout } = await runHere(["runs", "--in", `${folder.path}/runs`, "--json"]);
  assertEquals(code, 0);
  const { runs } = JSON.parse(stdout);
  const short = runs.map(({ folder: place, command, finished, verdict, page }: Record<string, string>) => [
    ...[place.split("/").at(-1), command, finished, verdict, page?.split("/").at(-1) ?? null],
  ]);
  const { verdict } = JSON.parse(await Deno.readTextFile(`${at("fit")}/verdict.json`));
  assertEquals(short, [
    ["begun", "paper", false, null, null],
    ["fit", "fit", true, verdict, "report.html"],
    ["fit-2", "fit", false, null, "report.html"],
    ["hostile", "__proto__", null, null, null],
  ]);
  const text = (await runHere(["runs", "--in", `${folder.path}/runs`])).stdout;
  assertMatch(text, /begun +paper +- +unfinished +- +-\n/);
  assert(!text.includes("\x1b") && !text.includes("\u202e"));
});

Deno.test({
  name: "report --open opens the page that it wrote, and says where it is when it cannot",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    await fitted(at("fit"));
    await Deno.mkdir(at("bin"));
    await Deno.writeTextFile(`${at("bin")}/xdg-open`, `#!/bin/sh\nprintf '%s' "$1" > ${at("opened")}\n`, {
      mode: 0o755,
    });
    const args = (page: string) => ["report", "--run", at("fit"), "--open", "--quiet", "--out", at(page)];
    const rights = ["--no-check", "--allow-read", "--allow-write"];
    const env = { PATH: `${at("bin")}:${Deno.env.get("PATH")}` };
    const opened = await runApart(args("page.html"), [...rights, "--allow-run=xdg-open"], { env });
    assertEquals([opened.code, opened.stderr], [0, ""]);
    assertEquals(await Deno.readTextFile(at("opened")), await Deno.realPath(at("page.html")));
    const alone = await runApart(args("other.html"), rights, { env });
    assertEquals(alone.code, 0);
    assertMatch(alone.stderr, /^resland report: warning: the page was not opened: .*; open \S+other\.html\n$/);
  },
});

Deno.test("words of other programs are answered with ours, as options and in configurations", async () => {
  await using folder = await temporaryFolder();
  for (
    const [word, ours] of [
      ["lr", "rate"],
      ["layers", "depth"],
      ["hidden", "width"],
      ["hidden-size", "width"],
      ["batch-size", "batch"],
      ["random-state", "seed"],
      ["seds", "seeds"],
    ]
  ) {
    const option = await runHere(["fit", `--${word}`, "1"]);
    assertEquals([option.code, option.stderr], [
      2,
      `resland fit: There is no option --${word}, did you mean --${ours}?; --help lists them\n`,
    ]);
    const file = `${folder.path}/${word}.json`;
    await Deno.writeTextFile(file, JSON.stringify({ [word.replaceAll("-", "_")]: 1 }));
    assertStringIncludes((await runHere(["fit", "--config", file])).stderr, `did you mean ${ours}?`);
  }
});
