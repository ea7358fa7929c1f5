import type { CompletedCommand, HelpParts } from "../../src/cli/mod.ts";
import type { Command } from "./command.ts";

/**
 * A command that is there, and where, so that one does not load what another needs.
 *
 * Deno reads what a literal `import()` names, and all that is imported there, at every start, needed or not: nine hundred modules here. Behind
 * `as string` it waits until the import runs; the bundler, which drops types, sees the literal.
 */
export interface KnownCommand {
  /** Its name. */
  readonly name: string;
  /** What it does, in half a line. */
  readonly short: string;
  /** Loads it. */
  readonly load: () => Promise<Command>;
}

/** The commands, in the order in which they are listed. */
export const COMMANDS: readonly KnownCommand[] = [
  {
    name: "check",
    short: "Train many seeds on a table and check every claim at every recorded point",
    load: async () => (await import("./check.ts" as string)).check,
  },
  {
    name: "fit",
    short: "Train one model on a table, and certify it",
    load: async () => (await import("./fit.ts" as string)).fit,
  },
  {
    name: "compare",
    short: "Compare linear, ridge and networks of several shapes by cross-validation, and write the best",
    load: async () => (await import("./compare.ts" as string)).compare,
  },
  {
    name: "predict",
    short: "Apply a model to the rows of a table",
    load: async () => (await import("./predict.ts" as string)).predict,
  },
  {
    name: "certify",
    short: "Certify a model file: its gap to linear, and whether training of (W, V) has converged",
    load: async () => (await import("./certify.ts" as string)).certify,
  },
  {
    name: "surface",
    short: "Draw a slice of the loss around a model, with the level of the best linear predictor",
    load: async () => (await import("./surface.ts" as string)).surface,
  },
  {
    name: "spectrum",
    short: "The spectrum of a model's Hessian, whole and by blocks",
    load: async () => (await import("./spectrum.ts" as string)).spectrum,
  },
  {
    name: "report",
    short: "Write one page of a run, with its charts",
    load: async () => (await import("./report.ts" as string)).report,
  },
  {
    name: "runs",
    short: "List the runs in a folder: what they are, whether they are finished, their pages",
    load: async () => (await import("./runs.ts" as string)).runs,
  },
  {
    name: "paper",
    short: "Check the paper's statements over a grid of problems",
    load: async () => (await import("./paper.ts" as string)).paper,
  },
  {
    name: "sweep",
    short: "Run many trainings over a design and seeds, resumable, on all cores or many machines",
    load: async () => (await import("./sweep.ts" as string)).sweep,
  },
  {
    name: "worker",
    short: "Run the jobs that a sweep put into a database, on as many machines as there are",
    load: async () => (await import("./worker.ts" as string)).worker,
  },
  {
    name: "bench",
    short: "Measure the kernels and whole training steps against plain JavaScript and this machine's peak",
    load: async () => (await import("./bench.ts" as string)).bench,
  },
  {
    name: "completions",
    short: "Print a script that completes commands and options in bash, zsh or fish",
    load: async () => (await import("./completions.ts" as string)).completions(everyAbout),
  },
];

/** The help of every command; loads all of them. */
export async function everyAbout(): Promise<readonly (HelpParts & CompletedCommand)[]> {
  return await Promise.all(COMMANDS.map(async ({ load, short }) => ({ ...(await load()).about, short })));
}
