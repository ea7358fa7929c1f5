import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CONFIG_SCHEMA, schemaText } from "../../tasks/schema.ts";
import { COMMANDS } from "../../tasks/_commands.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

Deno.test("the overview lists every command, and help of each shows its options and examples", async () => {
  const { code, stdout } = await runHere(["--help"]);
  assertEquals(code, 0);
  for (const { name, short } of COMMANDS) {
    assertStringIncludes(stdout, `  ${name}`);
    assertStringIncludes(stdout, short);
    const help = await runHere(["help", name]);
    assertEquals(help.code, 0);
    assertEquals(await runHere([name, "--help"]), help);
    for (const part of [`Usage: deno task ${name}`, "--config FILE", "Examples:"]) {
      assertStringIncludes(help.stdout, part);
    }
  }
  assertEquals((await runHere([])).code, 2);
});

Deno.test("a mistyped command or option is answered with the nearest one and exit code 2", async () => {
  const command = await runHere(["certfy"]);
  assertEquals(command, {
    code: 2,
    stdout: "",
    stderr: 'resland certfy: There is no command "certfy", did you mean certify?; --help lists them\n',
  });
  const option = await runHere(["fit", "--epoch", "3"]);
  assertEquals([option.code, option.stdout], [2, ""]);
  assertStringIncludes(option.stderr, "did you mean --epochs?");
});

Deno.test("--version names the version, the kernels that run here and the runtime", async () => {
  const project = JSON.parse(await Deno.readTextFile("deno.json"));
  const { code, stdout } = await runHere(["--version"]);
  const [version, kernels, runtime] = stdout.split("\n");
  assertEquals([code, version], [0, `resland ${project.version}`]);
  assertMatch(kernels, /^kernels (relaxed, simd, |simd, )?js \(/);
  assertEquals(runtime, `deno ${Deno.version.deno}, v8 ${Deno.version.v8}, ${Deno.build.os} ${Deno.build.arch}`);
});

Deno.test("--show-config prints a configuration, which --config reads; the run is the one of the options", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/run.json`;
  const options = ["--seeds", "1", "--starts", "zero", "--epochs", "3", "--width", "4", "--quiet", "--json"];
  const shown = await runHere(["check", ...options, "--show-config"]);
  assertEquals(shown.code, 0);
  await Deno.writeTextFile(file, shown.stdout);
  const [first, second] = ["a", "b"].map((name) => `${folder.path}/${name}`);
  assertEquals((await runHere(["check", ...options, "--out", first])).code, 0);
  assertEquals((await runHere(["check", "--config", file, "--out", second])).code, 0);
  const timeless = async (path: string) => (await Deno.readTextFile(path)).replaceAll(/"seconds": [^,]+/g, "");
  assertEquals(await timeless(`${second}/verdict.json`), await timeless(`${first}/verdict.json`));
  const again = await runHere(["check", "--config", file, "--show-config"]);
  assertEquals(again.stdout, shown.stdout);
});

Deno.test("a configuration that does not fit is refused in one sentence, and nothing is written", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/run.json`;
  await Deno.writeTextFile(file, '{ "command": "check", "seds": 3 }');
  const { code, stdout, stderr } = await runHere(["check", "--config", file, "--out", `${folder.path}/run`]);
  assertEquals([code, stdout], [2, ""]);
  assertEquals(stderr, `resland check: ${file}: there is no option "seds", did you mean seeds?; --help lists them\n`);
  assertEquals(namesIn(folder.path), ["run.json"]);
  const missing = await runHere(["check", "--config", `${folder.path}/none.json`]);
  assertEquals([missing.code, missing.stderr.includes("there is no such file")], [2, true]);
});

Deno.test("the published schema of configurations is that of the options: deno task schema writes it", async () => {
  assertEquals(await Deno.readTextFile(CONFIG_SCHEMA), await schemaText());
});
