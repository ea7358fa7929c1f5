/**
 * The entry point of every command: `deno task <command>` and `resland <command>`; of their workers too.
 *
 * @module
 */
import {
  configArguments,
  didYouMean,
  helpText,
  parseConfig,
  settingsOf,
  splitConfig,
  UsageError,
} from "../src/cli/mod.ts";
import { type Command, INTERRUPTED } from "./_command.ts";
import { COMMANDS } from "./_commands.ts";
import { PROGRAM, VERSION } from "./_program.ts";
import { serveAs, workerScope } from "./_roles.ts";

/** Runs a command line and returns its exit code: 0 done, 1 a claim does not hold, 2 bad usage or input, 3 interrupted. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help" && rest.length === 0) {
    console.log(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    console.log(await versionText());
    return 0;
  }
  const wanted = name === "help" ? rest[0] : name;
  try {
    const found = COMMANDS.find((known) => known.name === wanted);
    if (!found) {
      const known = COMMANDS.map((one) => one.name);
      throw new UsageError(`There is no command "${wanted}"${didYouMean(wanted, known)}; --help lists them`);
    }
    const command = await found.load();
    if (name === "help" || rest.includes("--help") || rest.includes("-h")) {
      console.log(helpText(command.about, PROGRAM));
      return 0;
    }
    return await runCommand(command, rest);
  } catch (error) {
    if (await isForUsers(error)) {
      console.error(`resland ${wanted}: ${(error as Error).message}`);
      return 2;
    }
    throw error;
  }
}

/** Runs a command with the options of its configuration file, if one is named. */
async function runCommand({ about, run }: Command, args: readonly string[]): Promise<number> {
  const { rest, file, show } = splitConfig(args);
  let whole = rest;
  if (file !== null) {
    const { readInput } = await import("./_files.ts");
    whole = configArguments(parseConfig(await readInput(file), about, file), about, rest);
  }
  if (!show) return await run(whole);
  console.log(JSON.stringify(settingsOf(about, whole), null, 2));
  return 0;
}

/** Whether an error is one sentence for the user; the class of bad input is loaded only here. */
async function isForUsers(error: unknown): Promise<boolean> {
  return error instanceof UsageError || error instanceof (await import("../src/data/mod.ts")).InputError;
}

async function versionText(): Promise<string> {
  const { availableKernels } = await import("../src/kernels/mod.ts");
  const { version: { deno, v8 }, build: { os, arch } } = Deno;
  return [
    `resland ${VERSION}`,
    `kernels ${availableKernels().join(", ")} (the first is the default)`,
    `deno ${deno}, v8 ${v8}, ${os} ${arch}`,
  ].join("\n");
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    "resland trains residual networks that are provably no worse than the best linear predictor.",
    "",
    "Commands:",
    ...COMMANDS.map(({ name, short }) => `  ${name.padEnd(width)}${short}`),
    "",
    `${PROGRAM} <command> --help shows its options and examples.`,
  ].join("\n");
}

if (import.meta.main) {
  const scope = workerScope();
  if (scope) serveAs(scope);
  else {
    const code = await main(Deno.args);
    // Workers that are ended in the middle of a job are waited for, up to two seconds: not after an interrupt.
    if (code === INTERRUPTED) Deno.exit(code);
    // Else not Deno.exit: a program that ends by itself keeps its compiled code for the next start.
    Deno.exitCode = code;
  }
}
