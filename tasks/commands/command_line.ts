/**
 * A command line, from its words to its exit code.
 *
 * @module
 */
import {
  configArguments,
  didYouMean,
  helpText,
  messageLine,
  parseConfig,
  settingsOf,
  splitConfig,
  UsageError,
} from "../../src/cli/mod.ts";
import type { InputError } from "../../src/data/mod.ts";
import type { Command } from "./command.ts";
import { INTERRUPTED, Interrupted } from "../io/interrupt.ts";
import { OutputClosed, safeConsole } from "../io/console.ts";
import { COMMANDS } from "./catalogue.ts";
import { PROGRAM, VERSION } from "./program.ts";

/** The exit code of an internal fault. */
const INTERNAL_FAULT = 4;

/**
 * Runs a command line and returns its exit code: 0 done, 1 a claim does not hold, 2 bad usage or input, 3 interrupted, 4 a fault of
 * the program. `--debug` shows where a fault happened.
 */
export async function main(all: readonly string[]): Promise<number> {
  using _console = safeConsole();
  try {
    return await runArguments(all);
  } catch (error) {
    // What is left is a fault while something was printed.
    if (error instanceof OutputClosed) return 0;
    console.error(`resland: ${error instanceof UsageError ? error.message : faultText(error)}`);
    return error instanceof UsageError ? 2 : INTERNAL_FAULT;
  }
}

async function runArguments(all: readonly string[]): Promise<number> {
  const args = all.filter((argument) => argument !== "--debug");
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
  let about: Command["about"] | null = null;
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
    about = command.about;
    return await runCommand(command, rest);
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error(`resland ${wanted}: interrupted`);
      return INTERRUPTED;
    }
    if (error instanceof OutputClosed) return 0;
    if (await isForUsers(error)) {
      console.error(`resland ${wanted}: ${(error as Error).message}${remedyOf(error, about)}`);
      return 2;
    }
    if (all.length > args.length) tellTrace(error);
    console.error(`resland ${wanted}: ${faultText(error)}`);
    return INTERNAL_FAULT;
  } finally {
    const { releaseFolders }: typeof import("../io/one_writer.ts") = await import("../io/one_writer.ts" as string);
    releaseFolders();
  }
}

/** Where a fault happened, a line per call. */
function tellTrace(error: unknown): void {
  const trace = error instanceof Error ? error.stack ?? error.message : String(error);
  for (const line of trace.split("\n")) console.error(line);
}

/** The message of an internal fault, with where to report it. */
function faultText(error: unknown): string {
  const what = (error instanceof Error ? error.message : String(error)).split("\n").map((line) => line.trim()).join(" ")
    .replace(/\.$/, "");
  return `${what}. This is a fault of resland, not of your data; please report it, with the command, on the project's issue page ` +
    "(--debug shows where it happened)";
}

/** The option of a command that would repair bad input, in brackets; nothing where none would. */
function remedyOf(error: unknown, about: Command["about"] | null): string {
  const known: string[] = [];
  for (let remedy = (error as Partial<InputError>).remedy; remedy; remedy = remedy.or) {
    const { option, value } = remedy;
    if (about === null || !(option in about.options)) continue;
    known.push(
      `--${option}${value === undefined ? "" : ` ${/^[\w.=-]+$/.test(value) ? value : JSON.stringify(value)}`}`,
    );
  }
  return known.length === 0 ? "" : ` (${known.join(", or ")})`;
}

/** Runs a command with the options of its configuration file, if one is named. */
async function runCommand({ about, run, ownConfig = false }: Command, args: readonly string[]): Promise<number> {
  if (ownConfig) return await run(args);
  const { rest, file, show } = splitConfig(args);
  let whole = rest;
  if (file !== null) {
    const { readInput }: typeof import("../io/files.ts") = await import("../io/files.ts" as string);
    const { MOST: { settings: MOST_SETTINGS } }: typeof import("../io/limited.ts") = await import(
      "../io/limited.ts" as string
    );
    whole = configArguments(parseConfig(await readInput(file, MOST_SETTINGS), about, file), about, rest);
  }
  if (!show) return await run(whole);
  console.log(JSON.stringify(settingsOf(about, whole), null, 2));
  return 0;
}

/** Whether an error is to be shown to the user as its message: an error of usage, of the system, or of input (whose class is loaded only here). */
async function isForUsers(error: unknown): Promise<boolean> {
  if (error instanceof UsageError || Object.values(Deno.errors).some((kind) => error instanceof kind)) return true;
  return error instanceof (await import("../../src/data/mod.ts" as string)).InputError;
}

async function versionText(): Promise<string> {
  const { availableKernels }: typeof import("../../src/kernels/mod.ts") = await import(
    "../../src/kernels/mod.ts" as string
  );
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

/** Runs the command line of this process to its end. */
export async function runProgram(args: readonly string[]): Promise<void> {
  // What fails outside of what is awaited, such as a worker that could not be read, is a fault too, and told as one.
  for (const event of ["error", "unhandledrejection"] as const) {
    addEventListener(event, (fault) => {
      fault.preventDefault();
      const error = "reason" in fault ? fault.reason : (fault as ErrorEvent).error;
      console.error(messageLine(`resland: ${faultText(error)}`));
      Deno.exit(INTERNAL_FAULT);
    });
  }
  // At once: a runtime that ends by itself is taken down piece by piece, and a signal then kills it, its listeners being gone.
  const code = await main(args);
  // But for one turn of the event loop, in which Deno keeps the compiled program: without it every start would compile it again.
  await new Promise((resolve) => setTimeout(resolve, 0));
  Deno.exit(code);
}
