/**
 * `deno task build`: compiles `kernels/` to WebAssembly, twice (`simd`, `relaxed`), into `src/kernels/generated`.
 * Each output is a TypeScript module with the binary as base64, so that it loads the same way from a checkout, a bundle,
 * a compiled binary and a browser. A stamp of the sources makes a second run do nothing.
 *
 * @module
 */

const SOURCES = new URL("../../kernels/", import.meta.url);
const GENERATED = new URL("../../src/kernels/generated/", import.meta.url);

/** Flags of both builds; the compiler's version is pinned in deno.json, which is part of the stamp. */
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
const BUILDS = { simd: [], relaxed: ["--enable", "relaxed-simd"] } as const;

async function main(): Promise<void> {
  const sources = await readSources();
  const stamp = await digest([
    ...sources,
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
    JSON.stringify(FLAGS),
  ]);
  if (await isBuilt(stamp)) return;
  await Deno.mkdir(GENERATED, { recursive: true });
  for (const [name, flags] of Object.entries(BUILDS)) {
    const bytes = await compile([...FLAGS, ...flags], new Map(sources));
    await writeWhole(new URL(`${name}.ts`, GENERATED), moduleText(name, bytes));
    console.error(`built kernels: ${name}, ${(bytes.length / 1024).toFixed(1)} KiB`);
  }
  await writeWhole(new URL("stamp", GENERATED), stamp);
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

/** Runs the AssemblyScript compiler on sources in memory. */
async function compile(flags: readonly string[], sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let binary: Uint8Array | undefined;
  let messages = "";
  const write = (chunk: string | Uint8Array) =>
    void (messages += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
  const { error } = await asc.main(["index.ts", "--outFile", "out.wasm", ...flags], {
    stdout: { write },
    stderr: { write },
    readFile: (name: string) => sources.get(name) ?? null,
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === "out.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new SyntaxError(`Cannot build the kernels: ${messages || error?.message}`);
  return binary;
}

function moduleText(name: string, bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `/** The \`${name}\` kernels (${bytes.length} bytes), written by \`deno task build\`. */\nexport const base64: string =\n  "${base64}";\n`;
}

/** Writes under a temporary name, then renames: never half a file. */
async function writeWhole(url: URL, text: string): Promise<void> {
  const temporary = new URL(`${url.href}.${crypto.randomUUID()}.tmp`);
  await Deno.writeTextFile(temporary, text);
  await Deno.rename(temporary, url);
}

await main();
