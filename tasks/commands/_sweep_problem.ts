import type { FeedForwardOptions } from "../../src/nn/mod.ts";
import { lossToJson } from "../../src/loss/mod.ts";
import type { Dataset } from "../../src/data/mod.ts";
import type { Job } from "../../src/sweep/mod.ts";
import type { CheckSettings, Work } from "../../src/train/mod.ts";
import type { SweepMessage, SweepProblem, SweepRows } from "../workers/sweep_worker.ts";
import { loadProblem } from "./_problem.ts";
import { prepare } from "./_fit_plan.ts";
import { type CheckRunSettings, type FitRunSettings, resolveSettings, TABLE_OPTIONS } from "./_sweep_settings.ts";

/** A job with its rows: all of what a worker gets but whether it has the rows already. */
export interface JobProblem {
  /** The rows. */
  readonly problem: SweepProblem;
  /** The name of the loss. */
  readonly loss: string;
}

const rowsOf = ({ x, y, outputs, intercept }: Dataset): SweepRows => ({ x, y, outputs, intercept });

/** Which rows a job runs on, so that jobs on the same ones share them; null where each job has its own. */
export function problemKey({ recipe, table, settings }: Job): string | null {
  // Which rows are held out depends on the seed.
  if (recipe === "fit" && ["valid", "group-column", "time-column"].some((name) => name in settings)) return null;
  const own = Object.keys(settings).filter((name) => name in TABLE_OPTIONS || name === "split-column").sort();
  return JSON.stringify([recipe, table, own.map((name) => [name, settings[name]])]);
}

/** Reads and encodes the rows of a job from a file; null for the bundled table. */
export async function loadJobProblem(job: Job, path: string | null): Promise<JobProblem> {
  const { recipe, settings, seed } = job;
  if (recipe === "check") {
    const { data, loss } = await loadProblem({ ...resolveSettings("check", settings), data: path });
    const problem = { training: rowsOf(data), heldOut: null, loss: lossToJson(loss), groups: null };
    return { problem, loss: loss.name };
  }
  const { training, heldOut, loss, groups } = await prepare(
    fitOptionsOf(resolveSettings("fit", settings), seed, path),
    null,
  );
  const problem = { training: rowsOf(training), heldOut: heldOut && rowsOf(heldOut), loss: lossToJson(loss), groups };
  return { problem, loss: loss.name };
}

/** What a job lays out in memory on its rows. */
export function workOf({ recipe, settings }: Job, { x, outputs }: SweepRows): Work {
  const { width, depth } = resolveSettings(recipe, settings);
  const layers = width * (width * (depth - 1) + 2 * x.rows * depth);
  return { rows: x.rows, inputs: x.cols, features: width, outputs, beside: 8 * layers };
}

/** The options of `fit` for a job. */
const fitOptionsOf = (settings: FitRunSettings, seed: number, data: string | null): Parameters<typeof prepare>[0] => ({
  ...settings,
  ...{ data, seed, cv: 0, out: null, resume: null, workers: 1, require: null },
  ...{ "keep-path": false, "metrics-out": null, json: false, quiet: true, help: false },
});

/** What a worker is to run. */
export function messageOf({ recipe, settings, seed }: Job): Omit<SweepMessage, "problem" | "data"> {
  if (recipe === "check") {
    const own = resolveSettings("check", settings);
    const run = own.network === "plain"
      ? { kind: "plain" as const, settings: checkSettingsOf(own) }
      : { kind: "residual" as const, start: own.start, settings: checkSettingsOf(own) };
    return { kernels: own.kernels, shape: shapeOf(own), seed, run };
  }
  const own = resolveSettings("fit", settings);
  const start = own.start ?? (own.regularise === "none" ? "linear" : "constant");
  const { epochs, batch, rate: learningRate, dtype, epsilon, radius, patience, regularise } = own;
  const plan = { epochs, batch, learningRate, dtype, epsilon, radius, start, seed, keepPath: false };
  const run = { kind: "fit" as const, regularise, settings: { ...plan, patience: patience === 0 ? null : patience } };
  return { kernels: own.kernels, shape: shapeOf(own), seed, run };
}

const shapeOf = (
  { width, depth, activation, block, blocks }: CheckRunSettings | FitRunSettings,
): FeedForwardOptions => ({
  width,
  depth,
  activation,
  block,
  blocks,
});

/** As `check` makes its settings of its options. */
function checkSettingsOf(options: CheckRunSettings): CheckSettings {
  const { epochs, batch, rate: learningRate, epsilon, dtype, radius, penalty, ball } = options;
  return {
    ...{ epochs, batch, learningRate, epsilon, dtype, radius, penalty, ball },
    descend: !options["no-descend"] && penalty === null && ball === null,
    descentSteps: options["descent-steps"],
  };
}
