/**
 * The entry point of every command: `deno task <command>` and `resland <command>`.
 *
 * @module
 */
import { didYouMean, UsageError } from "../src/cli/mod.ts";
import { InputError } from "../src/data/mod.ts";
import type { Command } from "./_command.ts";

/** The commands: what the overview says of each, and where it is, so that one does not load what another needs. */
const COMMANDS: readonly {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}[] = [
  {
    name: "check",
    summary: "Train many seeds on a table and check every claim at every recorded point",
    load: async () => (await import("./check.ts")).check,
  },
  {
    name: "fit",
    summary: "Train one model for a table, and certify it",
    load: async () => (await import("./fit.ts")).fit,
  },
  {
    name: "predict",
    summary: "Apply a model to the rows of a table",
    load: async () => (await import("./predict.ts")).predict,
  },
  {
    name: "certify",
    summary: "Say of any model file whether training is stuck, or where it can stop",
    load: async () => (await import("./certify.ts")).certify,
  },
  {
    name: "surface",
    summary: "Draw a slice of the loss around a model, with the level of the best linear predictor",
    load: async () => (await import("./surface.ts")).surface,
  },
  {
    name: "spectrum",
    summary: "The spectrum of a model's Hessian, whole and by blocks",
    load: async () => (await import("./spectrum.ts")).spectrum,
  },
  {
    name: "report",
    summary: "Write one page of a run, with its charts",
    load: async () => (await import("./report.ts")).report,
  },
  {
    name: "paper",
    summary: "Check the paper's statements over a grid of problems",
    load: async () => (await import("./paper.ts")).paper,
  },
  {
    name: "bench",
    summary: "Measure the kernels and whole training steps against plain JavaScript and this machine's peak",
    load: async () => (await import("./bench.ts")).bench,
  },
];

/** Runs a command line and returns its exit code: 0 done, 1 a claim does not hold, 2 bad usage or input, 3 interrupted. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "help" && rest.length === 0) {
    console.log(overview());
    return name === undefined ? 2 : 0;
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
      console.log(command.help());
      return 0;
    }
    return await command.run(rest);
  } catch (error) {
    if (error instanceof UsageError || error instanceof InputError) {
      console.error(`resland ${wanted}: ${error.message}`);
      return 2;
    }
    throw error;
  }
}

function overview(): string {
  return [
    "resland trains residual networks that are provably no worse than the best linear predictor.",
    "",
    "Commands:",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`),
    "",
    "deno task <command> --help shows its options and examples.",
  ].join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
