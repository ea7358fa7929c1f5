import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CONFIG_SCHEMA, schemaText } from "../../tasks/tools/schema.ts";
import { InternalFault } from "../../src/claims/mod.ts";
import { COMMANDS } from "../../tasks/commands/catalogue.ts";
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

Deno.test("a fault of the program is one sentence that says where to report it, and exit code 4; --debug shows where", async () => {
  const faulty = {
    name: "faulty",
    short: "fails",
    load: () =>
      Promise.resolve({
        about: { name: "faulty", summary: "", options: {} },
        run: () => Promise.reject(new InternalFault("min H is above F")),
      }),
  };
  const commands = COMMANDS as unknown as unknown[];
  commands.push(faulty);
  try {
    const { code, stdout, stderr } = await runHere(["faulty"]);
    assertEquals([code, stdout, stderr.split("\n").length], [4, "", 2]);
    assertMatch(
      stderr,
      /^resland faulty: min H is above F\. This is a fault of resland, not of your data; please report it/,
    );
    const shown = await runHere(["faulty", "--debug"]);
    assertEquals(shown.code, 4);
    assertStringIncludes(shown.stderr, "main_test.ts");
  } finally {
    commands.pop();
  }
});

Deno.test("an error of the system is one sentence and exit code 2", async () => {
  const { code, stderr } = await runHere(["check", "--config", "/no/such/folder/run.json"]);
  assertEquals([code, stderr.split("\n").length], [2, 2]);
});
