import { InputError } from "../../src/data/mod.ts";
import { UsageError } from "../../src/cli/mod.ts";
import type { JsonSchema } from "../../src/report/mod.ts";
import { refuseOutput } from "./console.ts";
import { type AcceptStart, MOST, parseShallow, readLimited } from "./limited.ts";

/** The brace with which the header of a safetensors file begins. */
const BRACE = 123;

/** Reads a file that the user named; system errors are reported as bad input. */
export async function readFrom<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const problem = error instanceof Deno.errors.NotFound
      ? "there is no such file; check the name"
      : `the file cannot be read: ${(error as Error).message}`;
    throw new InputError(problem, { file: path });
  }
}

/** The bytes of a file that the user named; no more than `most`, and none where `accepts` refuses its start. */
export async function readBytes(
  path: string,
  most: number = MOST.numbers,
  accepts?: AcceptStart,
): Promise<Uint8Array<ArrayBuffer>> {
  return await readFrom(path, async () => {
    using file = await Deno.open(path);
    return await readLimited(file, path, most, accepts);
  });
}

/** The bytes of a safetensors file: of another file its start alone, which its reader refuses. */
export async function readTensors(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return await readBytes(path, MOST.numbers, (start) => start[8] === BRACE);
}

/** The text of a file that the user named. */
export async function readInput(path: string, most: number = MOST.report): Promise<string> {
  const bytes = await readBytes(path, most, (start) => !start.includes(0));
  try {
    if (bytes.includes(0)) throw new TypeError("NUL");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError("the file is not UTF-8 text; check the name", { file: path });
  }
}

/**
 * Reads a JSON file that the user named.
 *
 * @param path The file.
 * @param accepts Whether a value is what the file should hold; or its schema. A TypeError that it throws counts as no.
 * @param refusal The error for another file.
 * @throws {InputError} If the file cannot be read, or holds something else.
 */
export async function readJson<T>(
  path: string,
  accepts: ((value: T) => boolean) | JsonSchema,
  refusal: string,
  most: number = MOST.report,
): Promise<T> {
  const text = await readInput(path, most);
  const refuse = (why: string): never => {
    throw new InputError(`${refusal}${why}`, { file: path });
  };
  let value: unknown;
  try {
    value = parseShallow(text);
    if (typeof accepts === "function") return accepts(value as T) ? value as T : refuse("");
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return refuse("");
    throw error;
  }
  const { schemaProblem }: typeof import("../../src/report/mod.ts") = await import("../../src/report/mod.ts" as string);
  const problem = schemaProblem(accepts as JsonSchema, value);
  return problem === null ? value as T : refuse(` (${problem})`);
}

/** The names in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name));
  } catch {
    return new Set();
  }
}

/** The names of files that a killed program was writing. */
const UNFINISHED = /\.[\da-f]{8}\.tmp$/;

/** Refuses a folder that is not empty: nothing is overwritten. What a killed program was writing is nothing. */
export async function refuseOccupied(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (UNFINISHED.test(name)) continue;
      throw new UsageError(`--out ${folder} is not empty; name a new folder`);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--out ${folder} cannot be used as a folder: ${(error as Error).message}`);
  }
}

/** Removes what a killed program was writing into a folder and those in it, which nobody else writes to. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const inner = [...await namesIn(`${folder}/${name}`)].map((one) => `${name}/${one}`);
    for (const one of [name, ...inner]) if (UNFINISHED.test(one)) await removeFile(`${folder}/${one}`);
  }
}

/** Creates a folder if it does not exist; failure is reported as bad usage. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder} cannot be made: ${(error as Error).message}`);
  }
}

/** Starts a file, in a folder that is made where there is none. */
async function inFolder<T>(path: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const [folder] = path.match(/^.*(?=[/\\])/) ?? [];
    if (!(error instanceof Deno.errors.NotFound) || !folder) throw error;
    await Deno.mkdir(folder, { recursive: true });
    return await start();
  }
}

/** Writes under a temporary name in the same folder, then renames: never half a file. Makes the folder where there is none. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await inFolder(path, () => Deno.writeFile(temporary, bytes));
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}; name another --out`);
  }
}

/** JSON with a final line end; a number that is not finite would be a mistake, so it is not written. */
export function toJson(value: unknown): string {
  const checked = (key: string, entry: unknown) => {
    if (typeof entry === "number" && !Number.isFinite(entry)) {
      throw new RangeError(`Cannot write ${key}: it is ${entry}`);
    }
    return entry;
  };
  return `${JSON.stringify(value, checked, 2)}\n`;
}

/** A file that is written piece by piece under a temporary name, and gets its own name when it is whole. */
export interface WholeFile extends AsyncDisposable {
  /** Adds text. */
  write(text: string): Promise<void>;
  /** Renames the file to its final name; without this, no file is left. */
  finish(): Promise<void>;
}

/** Starts a file, in a folder that is made where there is none; refuses one that exists. */
async function openWhole(path: string): Promise<WholeFile> {
  await refuseFile("--out", path);
  return await replaceWhole(path);
}

/** Starts a file, in a folder that is made where there is none; one that exists is replaced when this one is whole. */
export async function replaceWhole(path: string): Promise<WholeFile> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  const refuse = (error: unknown): never => {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}; name another --out`);
  };
  const file = await inFolder(path, () => Deno.open(temporary, { write: true, createNew: true })).catch(refuse);
  const encoder = new TextEncoder();
  let open = true;
  return {
    async write(text) {
      try {
        for (let bytes = encoder.encode(text); bytes.length > 0;) bytes = bytes.subarray(await file.write(bytes));
      } catch (error) {
        refuse(error);
      }
    },
    async finish() {
      file.close();
      open = false;
      await Deno.rename(temporary, path).catch(refuse);
    },
    async [Symbol.asyncDispose]() {
      if (!open) return;
      file.close();
      await Deno.remove(temporary).catch(() => {});
    },
  };
}

/** Refuses an output file that exists: nothing is overwritten. */
export async function refuseFile(option: string, path: string): Promise<void> {
  const exists = await Deno.stat(path).then(() => true, () => false);
  if (exists) throw new UsageError(`${option} ${path} exists; name a new file`);
}

/** A file that appears when it is whole, or stdout. */
export async function openTarget(out: string | null): Promise<WholeFile> {
  if (out !== null) return await openWhole(out);
  const encoder = new TextEncoder();
  return {
    async write(text) {
      try {
        for (let bytes = encoder.encode(text); bytes.length > 0;) {
          bytes = bytes.subarray(await Deno.stdout.write(bytes));
        }
      } catch (error) {
        refuseOutput(error);
      }
    },
    finish: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Removes a file, if it is there. */
export async function removeFile(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/** Removes a folder with all that is in it, if it is there. */
export async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}
