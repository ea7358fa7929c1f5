/**
 * Puts one fault at a time into a copy of the project and runs the tests that must notice it. By hand or nightly:
 *
 * ```text
 * deno run -A tests/mutants/run.ts [--list] [--only PATTERN] [--jobs N]
 * ```
 *
 * `--list` prints the mutants, `--only` takes those whose line matches a regular expression, `--jobs` works in that many
 * copies at a time (default 1). Exit codes: 0 at least 95 % of the mutants were killed; 1 fewer were; 2 a mutant does not
 * fit its file, or the tests fail without one.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type Mutant, mutate, nameOf } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { denoCommand } from "../support/deno_command.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** What is not copied; node_modules is linked instead. */
const LEFT_OUT = new Set([".git", "runs", "dist", "coverage", "node_modules"]);

/** What a build of the kernels writes. */
const BUILT = ["simd.ts", "relaxed.ts", "cells.ts", "stamp"].map((name) => `src/kernels/generated/${name}`);

/** The share that has to be killed. */
const REQUIRED = 0.95;

/** A mutant may make a loop endless: tests that take this many times as long as without it, and some seconds, are over. */
const PATIENCE = 5;
const GRACE = 20_000;

/** How a mutant came out. One that cannot be read or built says nothing about the tests. */
type Outcome = "killed" | "killed (too slow)" | "survived" | "invalid";

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], { boolean: ["list"], string: ["only", "jobs"], default: { jobs: "1" } });
  const pattern = new RegExp(options.only ?? "");
  const mutants = MUTANTS.filter((mutant) => pattern.test(nameOf(mutant)));
  if (options.list) {
    for (const mutant of mutants) console.log(nameOf(mutant));
    return 0;
  }
  const misfits = mutants.map(whyItDoesNotFit).filter((reason) => reason !== null);
  if (misfits.length > 0) {
    for (const reason of misfits) console.error(reason);
    return 2;
  }
  const copies = await Promise.all(Array.from({ length: Number(options.jobs) }, copyOfProject));
  try {
    const limits = await timesWithout(copies[0], mutants);
    const outcomes = await tryAll(copies, mutants, limits);
    return summarise(mutants, outcomes);
  } catch (error) {
    if (!(error instanceof UnusableTests)) throw error;
    console.error(error.message);
    return 2;
  } finally {
    await Promise.all(copies.map((copy) => Deno.remove(copy, { recursive: true })));
  }
}

function whyItDoesNotFit(mutant: Mutant): string | null {
  try {
    mutate(mutant, Deno.readTextFileSync(ROOT + mutant.file));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A copy of the project in a temporary folder, its kernels built. */
async function copyOfProject(): Promise<string> {
  const copy = `${await Deno.makeTempDir({ prefix: "resland-mutants-" })}/`;
  await copyFolder(ROOT, copy);
  const modules = `${ROOT}node_modules`;
  if (await Deno.stat(modules).then(() => true, () => false)) await Deno.symlink(modules, `${copy}node_modules`);
  await build(copy);
  return copy;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (LEFT_OUT.has(name)) continue;
    if (isDirectory) await copyFolder(`${from}${name}/`, `${to}${name}/`);
    else if (isFile) await Deno.copyFile(`${from}${name}`, `${to}${name}`);
  }
}

/** Runs deno in a folder; null when it took longer than the limit. */
async function deno(cwd: string, args: readonly string[], limit?: number) {
  const signal = limit === undefined ? undefined : AbortSignal.timeout(limit);
  const command = denoCommand({ args: [...args], cwd, signal, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  if (signal?.aborted) return null;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, text: decode(stdout) + decode(stderr) };
}

const build = async (copy: string): Promise<boolean> => (await deno(copy, ["task", "build"]))!.success;

const test = (copy: string, tests: readonly string[], limit?: number) =>
  deno(
    copy,
    ["test", "--lock=deno.lock", "--no-check", "--no-prompt", "--quiet", "--fail-fast", "-A", ...tests],
    limit,
  );

/** Thrown when tests fail in the project as it is: they cannot tell a mutant from it. */
class UnusableTests extends Error {}

const keyOf = (mutant: Mutant): string => mutant.tests.join(" ");

/** Milliseconds that each set of tests takes in the project as it is. */
async function timesWithout(copy: string, mutants: readonly Mutant[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const mutant of mutants) {
    const key = keyOf(mutant);
    if (times.has(key)) continue;
    const start = performance.now();
    const { success, text } = (await test(copy, mutant.tests))!;
    if (!success) throw new UnusableTests(`${text.slice(-2000)}\nThe tests fail without a mutant: ${key}`);
    times.set(key, performance.now() - start);
    console.log(`${key}: passes in ${(times.get(key)! / 1000).toFixed(1)} s without a mutant`);
  }
  return times;
}

/** Tries every mutant, one at a time in each copy. */
async function tryAll(
  copies: readonly string[],
  mutants: readonly Mutant[],
  times: ReadonlyMap<string, number>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = mutants.entries();
  await Promise.all(copies.map(async (copy) => {
    for (const [index, mutant] of queue) {
      const start = performance.now();
      // Every copy has a core or less to itself.
      const limit = GRACE + PATIENCE * copies.length * times.get(keyOf(mutant))!;
      outcomes[index] = await tryOne(copy, mutant, limit);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${outcomes[index]}, ${seconds} s: ${nameOf(mutant)}`);
    }
  }));
  return outcomes;
}

async function tryOne(copy: string, mutant: Mutant, limit: number): Promise<Outcome> {
  const compiled = mutant.file.startsWith("kernels/");
  const touched = [copy + mutant.file, ...compiled ? BUILT.map((name) => copy + name) : []];
  const originals = await Promise.all(touched.map((path) => Deno.readTextFile(path)));
  await Deno.writeTextFile(touched[0], mutate(mutant, originals[0]));
  try {
    if (compiled && !await build(copy)) return "invalid";
    const found = await test(copy, mutant.tests, limit);
    if (found === null) return "killed (too slow)";
    if (found.success) return "survived";
    return /could not be parsed|is not defined|does not provide an export/.test(found.text) ? "invalid" : "killed";
  } finally {
    await Promise.all(touched.map((path, at) => Deno.writeTextFile(path, originals[at])));
  }
}

/** Prints what was found, the survivors once more; gives the exit code. */
function summarise(mutants: readonly Mutant[], outcomes: readonly Outcome[]): number {
  const counted = (wanted: string) => mutants.filter((_, index) => outcomes[index].startsWith(wanted));
  const [killed, survived, invalid] = [counted("killed"), counted("survived"), counted("invalid")];
  for (const mutant of survived) console.log(`survivor: ${nameOf(mutant)}`);
  for (const mutant of invalid) console.log(`not a mutant, it does not run: ${nameOf(mutant)}`);
  const share = killed.length / Math.max(1, mutants.length);
  console.log(`${killed.length} of ${mutants.length} mutants killed (${(100 * share).toFixed(1)} %)`);
  return share >= REQUIRED ? 0 : 1;
}

Deno.exit(await main(Deno.args));
