/**
 * `deno task build`: compiles `kernels/` to WebAssembly, the linear algebra twice (`simd`, `relaxed`) and what reads tables
 * (`cells`), into `src/kernels/generated`.
 * Each output is a TypeScript module with the binary as base64, so that it loads the same way from a checkout, a bundle,
 * a compiled binary and a browser. A stamp of the sources makes a second run do nothing; of two builds at once, one waits for
 * the other. It runs before every task, so it imports nothing and touches files itself.
 *
 * @module
 */

const SOURCES = new URL("../../kernels/", import.meta.url);
const GENERATED = new URL("../../src/kernels/generated/", import.meta.url);

/** Flags of every build. */
const FLAGS = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--importMemory",
  "--maximumMemory",
  "65536",
  "--memoryBase",
  "64",
  "--enable",
  "simd",
  "--enable",
  "bulk-memory",
  "--use",
  "abort=",
];
/** The modules: where each begins, and flags of its own. */
const BUILDS = {
  simd: ["index.ts"],
  relaxed: ["index.ts", "--enable", "relaxed-simd"],
  cells: ["cells.ts"],
} as const;

/** The compiler, installed when it is first needed. Not named in an import, for which Deno would install it at once. */
const COMPILER = "npm:assemblyscript@0.28.20/asc";

async function main(): Promise<void> {
  const sources = await readSources();
  const stamp = await digest([...sources, COMPILER, JSON.stringify([FLAGS, BUILDS])]);
  if (await isBuilt(stamp)) return;
  using _lock = await lockGenerated();
  // Another build may have been at work until now.
  if (await isBuilt(stamp)) return;
  console.error("Building the WebAssembly kernels; the first build installs their compiler, AssemblyScript (100 MB)");
  const sizes: string[] = [];
  for (const [name, args] of Object.entries(BUILDS)) {
    const bytes = await compile([...args, ...FLAGS], new Map(sources));
    await writeWhole(new URL(`${name}.ts`, GENERATED), moduleText(name, bytes));
    sizes.push(`${name} ${(bytes.length / 1024).toFixed(1)} KiB`);
  }
  await writeWhole(new URL("stamp", GENERATED), stamp);
  console.error(`Built the kernels: ${sizes.join(", ")}`);
}

/** What cannot be built, in a sentence. */
class BuildError extends Error {}

/** Waits until no other build is at work in this checkout, and keeps others waiting. */
async function lockGenerated(): Promise<Disposable> {
  try {
    await Deno.mkdir(GENERATED, { recursive: true });
    const file = await Deno.open(new URL("lock", GENERATED), { write: true, create: true });
    await file.lock(true);
    return file;
  } catch (error) {
    throw new BuildError(
      `the kernels are not built from these sources, and ${GENERATED.pathname} cannot be written: ${
        (error as Error).message
      }; build in a copy that can be written`,
    );
  }
}

/** The kernel sources: pairs of file name and text, sorted by name. */
async function readSources(): Promise<[string, string][]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(SOURCES)) if (entry.name.endsWith(".ts")) names.push(entry.name);
  return await Promise.all(
    names.sort().map(async (
      name,
    ): Promise<[string, string]> => [name, await Deno.readTextFile(new URL(name, SOURCES))]),
  );
}

async function digest(parts: unknown): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function isBuilt(stamp: string): Promise<boolean> {
  try {
    const found = await Deno.readTextFile(new URL("stamp", GENERATED));
    await Promise.all(Object.keys(BUILDS).map((name) => Deno.stat(new URL(`${name}.ts`, GENERATED))));
    return found === stamp;
  } catch {
    return false;
  }
}

/** Runs the AssemblyScript compiler on sources in memory, of which the arguments name the first. */
async function compile(args: readonly string[], sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const { default: asc }: typeof import("npm:assemblyscript@0.28.20/asc") = await import(COMPILER);
  let binary: Uint8Array | undefined;
  let messages = "";
  const write = (chunk: string | Uint8Array) =>
    void (messages += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
  const { error } = await asc.main(["--outFile", "out.wasm", ...args], {
    stdout: { write },
    stderr: { write },
    readFile: (name: string) => sources.get(name) ?? null,
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === "out.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new BuildError(`the kernels do not compile: ${messages || error?.message}`);
  return binary;
}

function moduleText(name: string, bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `/** The module \`${name}\` (${bytes.length} bytes), written by \`deno task build\`. */\nexport const base64: string =\n  "${base64}";\n`;
}

/** Writes under a temporary name, then renames: never half a file. */
async function writeWhole(url: URL, text: string): Promise<void> {
  const temporary = new URL(`${url.href}.${crypto.randomUUID()}.tmp`);
  await Deno.writeTextFile(temporary, text);
  await Deno.rename(temporary, url);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`resland build: ${error.message}`);
  Deno.exitCode = 2;
}
