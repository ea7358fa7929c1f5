import { assert, assertEquals } from "@std/assert";
import { breakRuns, type BrokenCommand, filesOf } from "../support/broken_runs.ts";
import { namesOrNone, runHere, temporaryFolder } from "../support/program.ts";
import { rowsIn } from "../support/sweep_rows.ts";

/** Kills, and signals, of all commands together. */
const [KILLS, SIGNALS] = [100, 100];

/** A command has two seconds to keep what it has; a busy machine may take a little more [ms]. */
const IN_TIME = 2500;

const exists = (path: string) => {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
};

/** A folder whose last file is this one; with pieces it is unfinished still. */
const writes = (last: string) => ({
  result: filesOf,
  finished: (out: string) => exists(`${out}/${last}`) && !exists(`${out}/pieces`),
});

const jsonIn = (inner: string) => (out: string) =>
  namesOrNone(`${out}/${inner}`).filter((name) => !name.endsWith(".tmp"));

/** Every command that computes, with work of about a second, but for `bench`, whose work is broken off in its first seconds. */
function commandsOn(fit: string, sweep: string): readonly BrokenCommand[] {
  const data = ["--data", "data/diabetes.csv"];
  const model = ["--model", `${fit}/model.safetensors`, ...data];
  const quiet = "--quiet";
  const oneFile = { result: filesOf, finished: exists };
  return [
    {
      name: "check",
      start: (out) => ["check", "--seeds", "2", "--epochs", "30", "--width", "8", quiet, "--out", out],
      ...writes("verdict.json"),
      pieces: jsonIn("pieces"),
    },
    {
      name: "fit",
      start: (out) => ["fit", "--epochs", "120", "--width", "16", "--regularise", "0.1,0.1", quiet, "--out", out],
      resume: (out) => ["fit", "--resume", out, quiet],
      ...writes("verdict.json"),
    },
    {
      name: "fit-auto",
      start: (out) => ["fit", "--epochs", "20", "--width", "8", quiet, "--out", out],
      resume: (out) => ["fit", "--resume", out, quiet],
      ...writes("verdict.json"),
    },
    {
      name: "fit-cv",
      start: (
        out,
      ) => ["fit", "--epochs", "40", "--width", "8", "--cv", "4", "--regularise", "none", quiet, "--out", out],
      resume: (out) => ["fit", "--resume", out, quiet],
      ...writes("verdict.json"),
      pieces: jsonIn("pieces"),
    },
    {
      name: "fit-seeds",
      start: (
        out,
      ) => ["fit", "--seeds", "3", "--epochs", "60", "--width", "16", "--regularise", "0.1,0.1", quiet, "--out", out],
      resume: (out) => ["fit", "--resume", out, quiet],
      ...writes("verdict.json"),
      pieces: (out) => namesOrNone(out).filter((name) => /^checkpoint.*s$/.test(name)),
    },
    {
      name: "compare",
      start: (
        out,
      ) => ["compare", ...data, "--target", "progression", "--epochs", "2", "--folds", "3", quiet, "--out", out],
      ...writes("verdict.json"),
      pieces: jsonIn("folds"),
    },
    {
      name: "paper",
      start: (out) => ["paper", "--quick", "--only", "lemma-2,better-than-linear,theorem-1", quiet, "--out", out],
      ...writes("paper.json"),
      pieces: (out) => namesOrNone(out).filter((name) => /^claim-.*json$/.test(name)),
    },
    {
      name: "surface",
      start: (out) => ["surface", ...model, "--steps", "61", quiet, "--out", out],
      ...writes("surface.json"),
    },
    {
      name: "spectrum",
      start: (out) => ["spectrum", ...model, "--probes", "6", quiet, "--out", out],
      ...writes("spectrum.json"),
      pieces: jsonIn("pieces"),
    },
    {
      name: "sweep",
      start: (out) => ["sweep", "--config", sweep, quiet, "--out", out],
      result: (out) => Promise.resolve(rowsIn(out)),
      finished: (out) => exists(`${out}/sweep.sqlite`) && isComplete(out),
      pieces: (out) => exists(`${out}/sweep.sqlite`) ? keysIn(out) : [],
    },
    {
      name: "bench",
      start: (out) => ["bench", "--quick", quiet, "--out", out],
      // Times are not twice the same.
      result: async (out) => (await Deno.readTextFile(`${out}/bench.json`)).replaceAll(/[\d.e-]+/g, ""),
      finished: (out) => exists(`${out}/bench.json`),
      longest: 4000,
    },
    { name: "certify", start: (out) => ["certify", ...model, quiet, "--escape", out], ...oneFile },
    { name: "predict", start: (out) => ["predict", ...model, quiet, "--out", out], ...oneFile },
    { name: "report", start: (out) => ["report", "--run", fit, quiet, "--out", out], ...oneFile },
  ];
}

/** The rows of a sweep that is there at least in part. */
function keysIn(out: string): readonly string[] {
  try {
    return rowsIn(out).map(({ key }) => String(key));
  } catch {
    return [];
  }
}

const RUNS_OF_SWEEP = 48;

const isComplete = (out: string): boolean => keysIn(out).length === RUNS_OF_SWEEP;

/** The part of so many that falls to a command. */
const shareOf = (all: number, at: number, commands: number) =>
  Math.floor(all * (at + 1) / commands) - Math.floor(all * at / commands);

/** A fit, and the configuration of a sweep, that the commands start from. */
async function given(folder: string): Promise<readonly [fit: string, sweep: string]> {
  const [fit, sweep] = [`${folder}/fit`, `${folder}/sweep.json`];
  assertEquals((await runHere(["fit", "--epochs", "5", "--regularise", "none", "--quiet", "--out", fit])).code, 0);
  const vary = { network: ["residual", "plain"], width: [8, 16] };
  const tables = [{ data: "data/diabetes.csv", target: ["progression"] }];
  await Deno.writeTextFile(sweep, JSON.stringify({ tables, vary, options: { epochs: 8 }, seeds: 12 }));
  return [fit, sweep];
}

for (const [at, { name }] of commandsOn("", "").entries()) {
  const count = commandsOn("", "").length;
  const [kills, signals] = [shareOf(KILLS, at, count), shareOf(SIGNALS, at, count)];
  Deno.test({
    name:
      `${name} after ${kills} kills and ${signals} signals: nothing is lost but the piece under way, and what is resumed is equal to the bit`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using folder = await temporaryFolder();
      const command = commandsOn(...await given(folder.path))[at];
      const breaks = await breakRuns(command, folder.path, kills, signals);
      console.log(JSON.stringify(breaks));
      assertEquals([breaks.killed, breaks.told], [kills, signals]);
      assert(breaks.slowest < IN_TIME, `it took ${Math.round(breaks.slowest)} ms`);
    },
  });
}
