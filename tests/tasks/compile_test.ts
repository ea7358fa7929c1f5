import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandBlocks } from "../docs/_pages.ts";
import { COMMANDS } from "../../tasks/commands/catalogue.ts";
import { namesIn, type Outcome, runApart, temporaryFolder } from "../support/program.ts";

const COMPILE = new URL("../../tasks/tools/compile.ts", import.meta.url).pathname;

/** What `deno task compile` asks for. */
const COMPILER = ["--allow-read", "--allow-write", "--allow-env=DENORT_BIN", "--allow-run=deno"];

/** What no command may do: everything but reading and writing what it was given. */
const DENIED = ["--deny-net", "--deny-env", "--deny-run", "--deny-sys", "--deny-ffi", "--deny-import"];

const compile = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  runApart(args, COMPILER, { entry: COMPILE, env });

const [one, work] = [await temporaryFolder(), await temporaryFolder()];
const made = await compile(["--json", "--playground", "--out", one.path], { DENORT_BIN: Deno.execPath() });
const PROGRAM = `${one.path}/resland.js`;

Deno.test.afterAll(async () => {
  for (const folder of [one, work]) await folder[Symbol.asyncDispose]();
});

Deno.test("compile makes one file and, on a stand-in for the runtime, a binary that embeds that file alone", () => {
  assertEquals([made.code, made.stderr], [0, ""]);
  const { bundle, binaries } = JSON.parse(made.stdout);
  assertEquals(binaries.length, 1);
  assertEquals(binaries[0].embedded, ["resland.js"]);
  assert(binaries[0].bytes > bundle.bytes);
  const binary = binaries[0].file.split("/").at(-1);
  assertEquals(namesIn(one.path), [binary, "licences.txt", "playground", "resland.js", "resland.json"].toSorted());
});

Deno.test("compile writes the licences of everything that the one file holds, to be handed on with it", async () => {
  const { modules }: { modules: readonly string[] } = JSON.parse(made.stdout).bundle;
  const held = new Set(
    modules.flatMap((module) => module.match(/^npm:((?:@[^/]+\/)?[^/]+)\/([^/]+)\//)?.slice(1, 3).join(" ") ?? []),
  );
  const text = await Deno.readTextFile(`${one.path}/licences.txt`);
  assert(held.size > 20);
  assertEquals([...held].filter((name) => !text.includes(`${name} (`)), []);
  assertStringIncludes(text, "Permission to use, copy, modify");
});

Deno.test("the one file holds every build of the kernels, every worker and table, and nothing of tests or build tools", () => {
  const { modules }: { modules: readonly string[] } = JSON.parse(made.stdout).bundle;
  const wanted = [
    ...["relaxed", "simd", "cells"].map((build) => `src/kernels/generated/${build}.ts`),
    ...["bench", "check", "kernels", "paper", "surface"].map((role) => `tasks/workers/${role}_worker.ts`),
    ...["diabetes", "breast_cancer", "iris"].map((table) => `data/${table}.csv`),
    ...COMMANDS.map(({ name }) => `tasks/commands/${name}.ts`),
  ];
  assertEquals(wanted.filter((module) => !modules.includes(module)), []);
  // The standard library may come from a registry, or from a folder anywhere.
  const library = ["@std/cli", "@std/csv"].map((name) => new URL(".", import.meta.resolve(name)).href);
  const own = modules.filter((module) =>
    !/^(npm|https?):/.test(module) && !library.some((folder) => module.startsWith(folder))
  );
  const strange = own.filter((module) => !/^(src|tasks|data)\/|^deno\.json$/.test(module));
  assertEquals(strange, []);
  assertEquals(
    modules.filter((module) => /^tests\/|^kernels\/|^tasks\/tools\/\w+\.ts$/.test(module)),
    [],
  );
  assertEquals(modules.filter((module) => /^npm:(assemblyscript|binaryen|fast-check|playwright)/.test(module)), []);
});

Deno.test("the one file loads none of Node's modules at its start, and is all ASCII, for a start as quick as its code allows", async () => {
  const code = await Deno.readTextFile(PROGRAM);
  assertEquals(code.match(/\b(?:import|export)\b[^;"()]*from ?"[^"]*";/g), null);
  assertEquals(code.match(/[\u0080-\uffff]/g), null);
});

Deno.test("compile --playground makes the page too", async () => {
  const { playground } = JSON.parse(made.stdout);
  assertEquals(playground.file, `${one.path}/playground/index.html`);
  assertEquals((await Deno.stat(playground.file)).size, playground.bytes);
});

Deno.test("compile says in one sentence that it has no runtime to compile on, and keeps the one file: the same wherever it goes", async () => {
  await using folder = await temporaryFolder();
  const { code, stderr } = await compile(["--out", folder.path], { DENORT_BIN: `${folder.path}/none` });
  assertEquals([code, stderr.trim().split("\n").length], [1, 1]);
  assertStringIncludes(stderr, `Could not find denort at '${folder.path}/none'`);
  assertEquals(namesIn(folder.path), ["licences.txt", "resland.js", "resland.json"]);
  assertEquals(await Deno.readFile(`${folder.path}/resland.js`), await Deno.readFile(PROGRAM));
  const text = await Deno.readTextFile(PROGRAM);
  for (const path of [Deno.cwd(), one.path]) assert(!text.includes(path));
});

/**
 * Every command of the one file, run in a folder of its own that it may write to, with permission to read the program, that folder
 * and what is named: nothing else.
 */
const table = new URL("../../data/diabetes.csv", import.meta.url).pathname;
const FEW = ["--epochs", "5", "--quiet"];
const MODEL = ["--model", "fit/model.safetensors", "--data", table];
const JOBS: readonly (readonly [name: string, args: readonly string[], said: string])[] = [
  ["check", ["--seeds", "2", ...FEW, "--out", "check"], "Verdict: holds"],
  [
    "fit",
    ["--data", table, "--target", "progression", ...FEW, "--out", "fit"],
    "Training with respect to (w, V) has converged here",
  ],
  ["predict", [...MODEL, "--out", "predicted.csv"], "442 rows in predicted.csv"],
  ["certify", MODEL, "Training with respect to (w, V) has converged here"],
  ["surface", [...MODEL, "--steps", "11", "--quiet", "--out", "surface"], "the best linear predictor"],
  ["spectrum", [...MODEL, "--quiet", "--out", "spectrum"], "exactly"],
  ["report", ["--run", "fit", "--with", "surface,spectrum", "--out", "report.html"], "Saved report.html"],
  ["paper", ["--quick", "--quiet", "--only", "lemma-2,figure-1", "--out", "paper"], "Verdict: holds"],
  [
    "compare",
    [
      "--data",
      table,
      "--target",
      "progression",
      "--widths",
      "4",
      "--depths",
      "1",
      "--epochs",
      "3",
      "--quiet",
      "--out",
      "compare",
    ],
    "linear",
  ],
  // Half a minute of measurements is for `deno task test:long`.
  ["bench", ["--help"], "Times every kernel"],
  ["sweep", ["--config", "sweep.json", "--quiet", "--out", "sweep"], "2 of 2 runs done"],
  ["runs", ["--in", "."], "compare"],
  ["completions", ["bash"], "complete -o filenames -F _resland resland"],
];

/** The two runs of `sweep`. */
await Deno.writeTextFile(
  `${work.path}/sweep.json`,
  JSON.stringify({ tables: [{ data: table, target: ["progression"] }], options: { epochs: 1 }, seeds: 2 }),
);

Deno.test("every command is run from the one file with no permission but for what it was given; worker asks for its database", async () => {
  assertEquals([...JOBS.map(([name]) => name), "worker"].toSorted(), COMMANDS.map(({ name }) => name).toSorted());
  const args = ["worker", "--store", "postgres://me@127.0.0.1:1/none", "--quiet"];
  const { code, stderr } = await runApart(args, [...DENIED, `--allow-read=${PROGRAM}`], { entry: PROGRAM });
  assertEquals([code, stderr.trim().split("\n").length], [2, 1]);
  assertStringIncludes(stderr, "postgres://127.0.0.1:1/none cannot be used");
});

for (const [name, args, said] of JOBS) {
  Deno.test(`resland.js ${name} works from an empty folder with no permission but for what it was given`, async () => {
    const permissions = [...DENIED, `--allow-read=${PROGRAM},${work.path},${table}`, `--allow-write=${work.path}`];
    const { code, stdout, stderr } = await runApart([name, ...args], permissions, { entry: PROGRAM, cwd: work.path });
    assertEquals([stderr, code], ["", 0]);
    assertStringIncludes(stdout, said);
  });
}

Deno.test("resland.js reads and writes nothing to say its version and its help", async () => {
  for (const args of [["--version"], ["--help"], ["help", "fit"], ["check", "--show-config"]]) {
    const { code, stdout } = await runApart(args, [...DENIED, "--deny-read", "--deny-write"], { entry: PROGRAM });
    assertEquals(code, 0);
    assert(stdout.length > 20);
  }
});

Deno.test("the commands of SECURITY.md work with the permissions that they name, and with no other", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(`${folder.path}/dist`);
  await Deno.copyFile(PROGRAM, `${folder.path}/dist/resland.js`);
  const rows = Array.from({ length: 12 }, (_, row) => `${row},${row * row % 7}`);
  await Deno.writeTextFile(`${folder.path}/table.csv`, `a,y\n${rows.join("\n")}\n`);
  const [{ commands }] = commandBlocks(await Deno.readTextFile(new URL("../../SECURITY.md", import.meta.url)));
  assertEquals(commands.length, 2);
  for (const { words: [deno, run, ...words], expected } of commands) {
    assertEquals([deno, run, expected], ["deno", "run", 0]);
    const at = words.indexOf("dist/resland.js");
    const { code, stderr } = await runApart(words.slice(at + 1), [...DENIED, ...words.slice(0, at)], {
      entry: words[at],
      cwd: folder.path,
    });
    assertEquals(code, 0, stderr);
  }
  assertEquals(namesIn(`${folder.path}/out`), ["fit", "predicted.csv"]);
});

Deno.test("a command whose workers may not read the program fails with one sentence and writes nothing", async () => {
  await using folder = await temporaryFolder();
  const permissions = [...DENIED, `--allow-read=${folder.path}`, `--allow-write=${folder.path}`];
  const { code, stderr } = await runApart(["check", "--seeds", "1"], permissions, {
    entry: PROGRAM,
    cwd: folder.path,
  });
  assertEquals([code, stderr.trim()], [
    2,
    `resland check: a worker has to read the program itself; add --allow-read=${PROGRAM}`,
  ]);
  assertEquals(namesIn(folder.path), []);
});

Deno.test("a command that may not read what it is given fails with one sentence and writes nothing", async () => {
  await using folder = await temporaryFolder();
  const permissions = [...DENIED, `--allow-read=${PROGRAM},${folder.path}`, `--allow-write=${folder.path}`];
  const { code, stderr } = await runApart(["fit", "--data", table, "--target", "progression"], permissions, {
    entry: PROGRAM,
    cwd: folder.path,
  });
  assertEquals([code, stderr.trim().split("\n").length], [2, 1]);
  assertStringIncludes(stderr, "the file cannot be read");
  assertEquals(namesIn(folder.path), []);
});
