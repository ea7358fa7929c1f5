/**
 * Check the dependencies: pinned, licensed, used, up to date? `deno task audit`; with `--write`, the list in docs/dependencies.md
 * is written too.
 *
 * @module
 */
import { flag, type HelpParts, parseOptions } from "../../src/cli/mod.ts";
import {
  type Dependency,
  dependencyPage,
  floatingPackages,
  isAllowed,
  type Licensed,
  lockedPackages,
  namedPackages,
  unusedImports,
} from "./dependencies.ts";
import { writeWhole } from "../io/files.ts";
import { licenceOf, packagesOfProgram, withDependencies } from "./_packages.ts";
import { runTool } from "./_run_tool.ts";
import { startDeno } from "./_start_deno.ts";

const ROOT = new URL("../../", import.meta.url);

/** Where dependencies may be imported. */
const FOLDERS = ["src", "tasks", "tests", "examples"];

const auditOptions = {
  write: flag("Write the list of dependencies with their licences to docs/dependencies.md"),
  offline: flag("Do not ask the registry what is outdated or vulnerable"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "audit",
  summary:
    "Checks what the project depends on: every package pinned with the hash of its archive, under a licence that allows " +
    "distribution, imported somewhere; and asks what is outdated or known to be vulnerable.",
  options: auditOptions,
  notes: [
    "Exit codes: 0 nothing is wrong; 1 something is; 2 bad usage. What is merely outdated is shown, and not wrong.",
  ],
  examples: [["", "all of it"], ["--offline", "without the network"]],
};

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, auditOptions);
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const packages = await licensedPackages(
    lockedPackages(JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT)))),
  );
  const code = await readSources();
  const findings: readonly (readonly [what: string, names: readonly string[]])[] = [
    ["imported nowhere", unusedImports(imports, code)],
    ["without one exact version", floatingPackages(code)],
    ["without a hash in deno.lock", packages.filter(({ pinned }) => !pinned).map(({ name }) => name)],
    [
      "under another licence",
      packages.filter((one) => !isAllowed(one)).map(({ name, licence }) => `${name} (${licence})`),
    ],
  ];
  console.log(
    `${packages.length} packages, ${packages.filter(({ shipped }) => shipped).length} of them in the program`,
  );
  for (const [what, names] of findings) console.log(`${what}: ${names.length === 0 ? "none" : names.join(", ")}`);
  if (options.write) await writeWhole(new URL("docs/dependencies.md", ROOT).pathname, dependencyPage(packages));
  let wrong = findings.some(([, names]) => names.length > 0);
  if (!options.offline) {
    const folder = await projectOf(namedPackages(code));
    await show(folder, ["outdated"], "outdated");
    wrong = !await show(folder, ["audit", "--ignore-registry-errors"], "known to be vulnerable") || wrong;
    await Deno.remove(folder, { recursive: true });
  }
  return wrong ? 1 : 0;
}

/** A folder of its own whose import map has the packages, which the sources name themselves: Deno looks nowhere else. */
async function projectOf(packages: ReturnType<typeof namedPackages>): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "resland-audit-" });
  const imports = Object.fromEntries([...packages].map(([name, [version]]) => [name, `npm:${name}@${version}`]));
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
  await Deno.copyFile(new URL("deno.lock", ROOT), `${folder}/deno.lock`);
  return folder;
}

/** Shows the output of Deno; false when it found problems. */
async function show(cwd: string, args: readonly string[], what: string): Promise<boolean> {
  const { success, stdout, stderr } = await startDeno(args, { cwd });
  const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  console.log(`\n${what}:\n${said || complaint.split("\n")[0] || "nothing"}`);
  return success;
}

/** The code of the project's own files. */
export async function readSources(): Promise<readonly string[]> {
  const below = async (folder: URL): Promise<readonly string[]> => {
    const found = await Promise.all((await Array.fromAsync(Deno.readDir(folder))).map(async ({ name, isDirectory }) => {
      if (isDirectory) return await below(new URL(`${name}/`, folder));
      return /\.(ts|ipynb)$/.test(name) ? [await Deno.readTextFile(new URL(name, folder))] : [];
    }));
    return found.flat();
  };
  return (await Promise.all(FOLDERS.map((name) => below(new URL(`${name}/`, ROOT))))).flat();
}

/** Reads the licence of each package where Deno keeps it. */
async function licensedPackages(packages: readonly Dependency[]): Promise<readonly Licensed[]> {
  const info = await packagesOfProgram();
  const id = ({ name, version }: { readonly name: string; readonly version: string }) => `${name}@${version}`;
  const places = new Map(Object.values(info.npmPackages).map((one) => [id(one), one.localPath]));
  const shipped = new Set(withDependencies(info).map(id));
  return await Promise.all(packages.map(async (one): Promise<Licensed> => {
    const place = places.get(id(one));
    const licence = place === undefined ? "unknown" : await licenceOf({ localPath: place });
    return { ...one, licence, shipped: shipped.has(id(one)) };
  }));
}

if (import.meta.main) await runTool(about, run);
