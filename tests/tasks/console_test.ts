import { assert, assertEquals, assertMatch } from "@std/assert";
import { main } from "../../tasks/commands/command_line.ts";
import { denoCommand } from "../support/deno_command.ts";
import { ENTRY, RUN, runHere, temporaryFolder } from "../support/program.ts";

/** What a terminal obeys. */
// deno-lint-ignore no-control-regex
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

Deno.test("names, classes and files with escapes, C1, bidi marks and line ends reach the terminal as codes, a message as one line of 300 characters", async () => {
  await using folder = await temporaryFolder();
  const hostile = "\x1b[31m\x9b2J\u202eabc\u2066\x07";
  const table = `${folder.path}/t.csv`;
  const rows = Array.from({ length: 30 }, (_, i) => `${Math.sin(i)},${i % 2 ? hostile : "b"}`);
  await Deno.writeTextFile(table, [`${hostile},"t${hostile}"`, ...rows].join("\n"));
  const long = "x".repeat(5000);
  for (
    const args of [
      ["fit", "--data", table, "--target", `t${hostile}`, "--epochs", "1", "--quiet", "--out", `${folder.path}/run`],
      [
        "fit",
        "--data",
        table,
        "--target",
        `t${hostile}`,
        "--epochs",
        "1",
        "--json",
        "--quiet",
        "--out",
        `${folder.path}/j`,
      ],
      ["fit", "--data", table, "--target", "none"],
      ["fit", "--data", `${folder.path}/${hostile}.csv`, "--target", "a"],
      ["fit", `--${hostile}`],
      [hostile],
      ["fit", "--data", `${folder.path}/a\nb`, "--target", "a"],
      ["fit", "--data", table, "--target", long],
      ["certify", "--model", long, "--data", table],
    ]
  ) {
    const { code, stdout, stderr } = await runHere(args);
    assert(code === 0 || code === 2, stderr);
    assert(!OBEYED.test(stdout + stderr), JSON.stringify(stdout + stderr));
    for (const line of stderr.split("\n")) assert(line.length <= 300, line);
    if (code === 2) assertEquals(stderr.split("\n").length, 2, stderr);
  }
});

Deno.test("a full disk is one sentence with exit code 2", async () => {
  const log = console.log;
  console.log = () => {
    throw new Error("No space left on device (os error 28)");
  };
  try {
    using said = lines();
    assertEquals(await main(["help"]), 2);
    assertMatch(
      said.all.join(),
      /^resland: the output cannot be written: No space left on device[^\n]*; free some space, or write to another disk$/,
    );
  } finally {
    console.log = log;
  }
});

Deno.test("a reader that wants no more ends predict in silence", async () => {
  await using folder = await temporaryFolder();
  const run = `${folder.path}/run`;
  assertEquals((await runHere(["fit", "--epochs", "1", "--quiet", "--out", run])).code, 0);
  const table = `${folder.path}/long.csv`;
  const [header, ...rows] = (await Deno.readTextFile("data/diabetes.csv")).trim().split("\n");
  await Deno.writeTextFile(table, `${[header, ...Array.from({ length: 100 }, () => rows).flat()].join("\n")}\n`);
  const child = denoCommand({
    args: [
      ...[...RUN, "--no-check", "--no-prompt", "--allow-read", "--allow-write", ENTRY],
      ...["predict", "--model", `${run}/model.safetensors`, "--data", table],
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, stderr], [0, ""]);
});

/** What is said on stderr, kept aside. */
function lines(): Disposable & { readonly all: readonly string[] } {
  const [all, error] = [[] as string[], console.error];
  console.error = (line: string) => void all.push(line);
  return { all, [Symbol.dispose]: () => void (console.error = error) };
}
