/** A package of npm where Deno keeps it. */
import { startDeno } from "./_start_deno.ts";
export interface Package {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** The folder that it is in. */
  readonly localPath: string;
  /** The ids of the packages that it depends on. */
  readonly dependencies: readonly string[];
}

/** What `deno info` says of an entry: its modules, and every package that Deno knows of, by id. */
export interface PackageInfo {
  /** The modules; each from a package has its id. */
  readonly modules: readonly { readonly npmPackage?: string }[];
  /** The packages. */
  readonly npmPackages: Readonly<Record<string, Package>>;
}

/** Where the project is. */
const ROOT = new URL("../../", import.meta.url);

/** The packages that an entry's modules import, and those that these depend on. */
export function withDependencies({ modules, npmPackages }: PackageInfo): readonly Package[] {
  const found = new Set(modules.flatMap(({ npmPackage }) => npmPackage ?? []));
  // A set visits what is added to it on the way.
  for (const one of found) npmPackages[one].dependencies.forEach((other) => found.add(other));
  return [...found].map((one) => npmPackages[one]);
}

/** What Deno knows of the packages of an entry, a path from the root of the project. */
export async function packagesOf(entry: string): Promise<PackageInfo> {
  const { success, stdout, stderr } = await startDeno([
    "info",
    "--quiet",
    "--config=deno.json",
    "--lock=deno.lock",
    "--json",
    entry,
  ], {
    cwd: ROOT,
  });
  if (!success) throw new Error(`Cannot list the packages of ${entry}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The same of the program: of its entry, and of what it imports only when it is needed, which Deno does not read ahead. */
export async function packagesOfProgram(): Promise<PackageInfo> {
  const files = await sourcesBelow(new URL("tasks/", ROOT));
  const later = await Promise.all(files.map(async (file) => {
    const code = await Deno.readTextFile(file);
    return Array.from(code.matchAll(/import\("([^"]+)" as string\)/g), ([, target]) => new URL(target, file).href);
  }));
  const modules = new Set([new URL("tasks/main.ts", ROOT).href, ...later.flat()]);
  const entry = await Deno.makeTempFile({ prefix: "resland-program-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(entry, Array.from(modules, (module) => `import ${JSON.stringify(module)};\n`).join(""));
    return await packagesOf(entry);
  } finally {
    await Deno.remove(entry);
  }
}

/** The TypeScript files of a folder and below. */
async function sourcesBelow(folder: URL): Promise<readonly URL[]> {
  const found = await Promise.all(
    (await Array.fromAsync(Deno.readDir(folder))).map(async ({ name, isDirectory }) =>
      isDirectory
        ? await sourcesBelow(new URL(`${name}/`, folder))
        : name.endsWith(".ts")
        ? [new URL(name, folder)]
        : []
    ),
  );
  return found.flat();
}

/** The licence of a package as it says it, in SPDX; `unknown` where it says none. */
export async function licenceOf({ localPath }: Pick<Package, "localPath">): Promise<string> {
  const text = await Deno.readTextFile(`${localPath}/package.json`).catch(() => "{}");
  const { license } = JSON.parse(text);
  return license?.type ?? license ?? "unknown";
}

/** The licences of packages, each with the text that has to be distributed with it. */
export async function licenceTexts(packages: readonly Package[]): Promise<string> {
  const sorted = packages.toSorted((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
  const parts = await Promise.all(sorted.map(async (one) => {
    const names = Array.from(await Array.fromAsync(Deno.readDir(one.localPath)), ({ name }) => name);
    const files = names.filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).toSorted();
    const texts = await Promise.all(files.map((name) => Deno.readTextFile(`${one.localPath}/${name}`)));
    return [`${one.name} ${one.version} (${await licenceOf(one)})`, ...texts.map((text) => text.trim())].join("\n\n");
  }));
  return `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
