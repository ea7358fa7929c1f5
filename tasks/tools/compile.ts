/**
 * Makes the program one file: `resland.js`, everything bundled, which `deno run` runs from any folder; and from it one binary per
 * target, which needs no other files. `deno task compile --help` shows the options.
 *
 * @module
 */
import { choices, flag, type HelpParts, parseOptions, text } from "../../src/cli/mod.ts";
import { makeFolder, toJson, writeWhole } from "../io/files.ts";
import { type Bundle, bundle, sha256 } from "./bundle.ts";
import { licenceTexts, packagesOfProgram, withDependencies } from "./_packages.ts";
import { VERSION } from "../commands/program.ts";
import { type MadePage, makePage } from "./playground.ts";
import { runTool } from "./_run_tool.ts";
import { startDeno } from "./_start_deno.ts";

/** The platforms that Deno compiles for. */
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
] as const;

/** What the binary may do, for good: read and write files, and ask how much memory there is. No network, no programs, no environment. */
const PERMISSIONS = ["--no-prompt", "--allow-read", "--allow-write", "--allow-sys=systemMemoryInfo"];

/**
 * A small nursery: memory stays near what is in use. The tasks for large tables have half of it, at which they are no slower; `check` of small ones, which
 * makes many short vectors, would be by 8 %.
 */
const V8_FLAGS = "--v8-flags=--max-semi-space-size=2";

const compileOptions = {
  target: choices(TARGETS, [Deno.build.target as typeof TARGETS[number]], "Target platforms"),
  out: text("FOLDER", "Output folder (default dist)"),
  "bundle-only": flag("Make resland.js only, no binary"),
  library: flag("Make resland-library.js too: the library as a module for browsers"),
  playground: flag("Make playground/index.html too: the page on which a network learns in the browser"),
  json: flag("Print what was made as one JSON document, and nothing else, on stdout"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "compile",
  summary:
    "Bundles the program, its kernels, workers and tables into resland.js, and compiles that into one binary that may read " +
    "and write files and nothing else. The same sources give the same resland.js, whose modules and hashes are in " +
    "resland.json; the licences to hand on with it are in licences.txt.",
  options: compileOptions,
  notes: [
    "DENORT_BIN names a local runtime to compile on, where Deno's own cannot be downloaded.",
    "Exit codes: 0 done; 1 a binary could not be made; 2 bad usage, or the program cannot be bundled.",
  ],
  examples: [
    ["", "a binary for this machine"],
    ["--target aarch64-apple-darwin,x86_64-pc-windows-msvc", "binaries for others"],
    ["--bundle-only", "one file for any machine with Deno: deno run -R -W dist/resland.js check"],
  ],
};

/** A binary that was made. */
interface Binary {
  readonly target: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What is embedded, as Deno lists it. */
  readonly embedded: readonly string[];
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, compileOptions);
  const folder = options.out ?? "dist";
  await makeFolder(folder);
  const made = await bundle(new URL("../main.ts", import.meta.url), `${folder}/resland.js`);
  const library = options.library
    ? await bundle(new URL("../../src/mod.ts", import.meta.url), `${folder}/resland-library.js`, "browser")
    : null;
  const page = options.playground ? await makePage(`${folder}/playground`) : null;
  const binaries: Binary[] = [];
  let failed = 0;
  for (const target of options["bundle-only"] ? [] : options.target) {
    const binary = await compile(folder, target);
    if (binary === null) failed++;
    else binaries.push(binary);
  }
  await writeWhole(`${folder}/licences.txt`, await licenceTexts(withDependencies(await packagesOfProgram())));
  const report = {
    schema: "resland/compile@1",
    version: VERSION,
    deno: Deno.version.deno,
    bundle: made,
    library,
    playground: page,
    binaries,
  };
  await writeWhole(`${folder}/resland.json`, toJson(report));
  console.log(
    options.json ? toJson(report).trimEnd() : reportText([made, ...library ? [library] : []], binaries, page),
  );
  return failed > 0 ? 1 : 0;
}

/** Compiles the bundle for a target; null where Deno cannot, and why is said. */
async function compile(folder: string, target: string): Promise<Binary | null> {
  const file = `${folder}/resland-${target}${target.includes("windows") ? ".exe" : ""}`;
  const { success, stderr } = await startDeno([
    ...["compile", "--no-check", "--no-config", "--no-lock", ...PERMISSIONS, V8_FLAGS],
    ...["--target", target, "--output", file, `${folder}/resland.js`],
  ]);
  const said = new TextDecoder().decode(stderr);
  if (!success) {
    // The first two causes; the stack trace after them is numbered too.
    const causes = Array.from(said.split("Stack backtrace")[0].matchAll(/^ +[01]: (.+?)\.?$/gm), ([, cause]) => cause);
    console.error(
      `resland compile: no binary for ${target}: ${
        causes.join(": ") || "deno compile failed"
      }; where the runtime to compile on ` +
        "cannot be downloaded, let DENORT_BIN name a denort of this Deno, or run resland.js with deno",
    );
    return null;
  }
  const bytes = await Deno.readFile(file);
  return { target, file, bytes: bytes.length, sha256: await sha256(bytes), embedded: embeddedIn(said) };
}

/** The files in the tree that `deno compile` shows: the lines drawn with branches, each with its size. */
function embeddedIn(said: string): readonly string[] {
  return said.split("\n").flatMap((line) => line.match(/^[│├└─┬\s]+(\S.*?) \(/)?.[1] ?? []);
}

function reportText(bundles: readonly Bundle[], binaries: readonly Binary[], page: MadePage | null): string {
  const megabytes = (size: number) => `${(size / 2 ** 20).toFixed(1)} MB`;
  return [
    ...bundles.map(({ file, bytes, modules }) => `${file}: ${megabytes(bytes)}, ${modules.length} modules`),
    ...page === null ? [] : [`${page.file}: ${megabytes(page.bytes)}`],
    ...binaries.map((binary) => `${binary.file}: ${megabytes(binary.bytes)}, embeds ${binary.embedded.join(", ")}`),
  ].join("\n");
}

if (import.meta.main) await runTool(about, run);
