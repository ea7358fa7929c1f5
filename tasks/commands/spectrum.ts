/**
 * The command `spectrum`: the Hessian of a model over all its parameters, and over (w, V) exactly.
 *
 * @module
 */
import { loadCharts } from "./_charts.ts";
import {
  flag,
  type HelpParts,
  integer,
  integerOrAuto,
  type OptionValues,
  parseOptions,
  text,
} from "../../src/cli/mod.ts";
import { blocksOf } from "../../src/curvature/mod.ts";
import { fastestKernels, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { lossToJson } from "../../src/loss/mod.ts";
import { onlyExamples, type Ridge } from "../../src/objective/mod.ts";
import {
  type BlockSpectrum,
  type DensityReport,
  spectrumPartSchema,
  type SpectrumReport,
  spectrumText,
} from "../../src/report/mod.ts";
import type { Work } from "../../src/train/mod.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { toJson, writeWhole } from "../io/files.ts";
import { INTERRUPTED, onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { allPieces, openPieces, type Pieces } from "../io/pieces.ts";
import { startProgress } from "../io/progress.ts";
import { openRun, runFolder } from "../io/run_folder.ts";
import { startPool } from "../workers/pool.ts";
import type { FoundPart, HeadEnds, SpectrumJob, SpectrumPart, SpectrumSetup } from "../workers/spectrum_worker.ts";
import { runOption, withRun } from "./_run_option.ts";
import { type Command, printReport } from "./command.ts";
import { markOf } from "./_mark.ts";
import { loadModelData, type ModelData, requireFinite, requireResidual, ridgeOf } from "./_model_data.ts";

const spectrumOptions = {
  ...runOption,
  model: text("FILE", "The model"),
  data: text("FILE", "The table"),
  "all-rows": flag("Use all rows, including those held out when the model was fitted"),
  count: integer(5, 1, "Eigenvalues at each end"),
  probes: integer(10, 2, "Number of random probe vectors for the density"),
  lanczos: integer(80, 1, "Lanczos steps per probe"),
  seed: integer(1, 0, "Random seed"),
  out: text("FOLDER", "Output folder; new, empty, or an unfinished run to resume (default runs/spectrum-<time>)"),
  workers: integerOrAuto("Number of parts in parallel; results do not depend on it"),
  json: flag("Print the spectrum as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof spectrumOptions>;

const about: HelpParts = {
  name: "spectrum",
  summary:
    "The spectrum of the Hessian over all parameters of a model, from Hessian-vector products in f64: extreme eigenvalues by Lanczos, " +
    "the trace by Hutch++, the density by stochastic Lanczos quadrature, for all parameters and for each block; and the " +
    "extreme eigenvalues over (w, V), exact where the reduced matrix is small. Of a model with a ridge it is the loss with the ridge. Writes spectrum.json and spectrum.svg.",
  options: spectrumOptions,
  notes: [
    "To resume an interrupted run, start it again with the same options and --out.",
    "Exit codes: 0 done; 2 bad usage or bad input; 3 interrupted, what was finished is kept; 4 an internal fault. Estimates come with their error; the same seed gives the same bits.",
  ],
  examples: [[
    "--model runs/fit/model.safetensors --data houses.csv",
    "the spectrum of a model on the rows it was trained on",
  ]],
};

/** The command. */
export const spectrum: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = await withRun(parseOptions(args, spectrumOptions));
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const subject = await unlessInterrupted(loadModelData(options), signal);
  requireResidual(subject.model, options.model!);
  const kernels = fastestKernels();
  requireFinite(await loadKernels(kernels), subject, options.model!);
  const ridge = ridgeOf(subject.model);
  const jobs = jobsOf(subject);
  refuseOverMemory(
    neededFor(subject, options, jobs.length),
    "use fewer --probes, fewer --lanczos steps or fewer --workers",
  );
  const folder = options.out ?? runFolder("spectrum");
  const pieces = await openSpectrum(folder, subject, options, kernels, jobs);
  const found = await findParts(pieces, setupOf(subject, ridge, options, kernels), jobs, options, signal);
  if (found.size < jobs.length) {
    console.error(
      `resland spectrum: interrupted after ${found.size} of ${jobs.length} parts; resume it with the same options and --out ${folder}`,
    );
    return INTERRUPTED;
  }
  const report = reportOf(subject, ridge, options, jobs.map(({ name }) => found.get(name)!));
  const { densitySvg } = await loadCharts();
  const what = ridge === null ? "model" : "loss with its ridge";
  const title = `Hessian of the ${what}, ${report.parameters} parameters`;
  await writeWhole(`${folder}/spectrum.svg`, densitySvg(report.density, report.head, title));
  await writeWhole(`${folder}/spectrum.json`, toJson(report));
  await pieces.clear();
  printReport(report, spectrumText, options, folder);
  return 0;
}

/** The parts of a spectrum: its blocks, the whole first and (w, V) second; then the density and the ends over (w, V). */
function jobsOf({ model: { net } }: ModelData): readonly SpectrumJob[] {
  return [
    ...blocksOf(net).map((block, at): SpectrumJob => ({ kind: "block", name: `block-${at + 1}`, block })),
    { kind: "density", name: "density" },
    { kind: "head", name: "head" },
  ];
}

/** What a spectrum lays out: the vectors of Lanczos in each worker, and the ends of each probe. */
function neededFor({ model: { net }, data }: ModelData, { probes, lanczos, workers }: Options, jobs: number): Work {
  const side = Math.min(workers ?? navigator.hardwareConcurrency, jobs);
  const steps = Math.min(lanczos, net.size);
  return {
    ...{ rows: data.x.rows, inputs: net.d, features: net.k, outputs: net.outputs, workers: side },
    beside: 8 * (side * steps * net.size + 2 * probes * steps),
  };
}

/** What the workers are given. */
function setupOf(
  { model: { net, params, loss }, data }: ModelData,
  ridge: Ridge | null,
  { seed, count, probes, lanczos }: Options,
  kernels: KernelsName,
): SpectrumSetup {
  return {
    ...{ theta: net.body.toJson(), outputs: net.outputs, params, loss: lossToJson(loss) },
    ...{ examples: onlyExamples(data), ridge, kernels, seed, count, probes, steps: lanczos },
  };
}

/** Makes the folder of a run, or finds the parts that an unfinished one has finished. */
async function openSpectrum(
  folder: string,
  { model: { params, net }, data: { x, y, weights } }: ModelData,
  { model, data, seed, count, probes, lanczos, ...options }: Options,
  kernels: KernelsName,
  jobs: readonly SpectrumJob[],
): Promise<Pieces<SpectrumPart>> {
  const asked = { seed, count, probes, lanczos, kernels, allRows: options["all-rows"] };
  const mark = await markOf([x.data, y, params, ...weights ? [weights] : []], JSON.stringify([net.body, asked]));
  await openRun(folder, { settings: { command: "spectrum", model, data, ...asked, mark } }, "spectrum.json");
  const kinds = new Map(jobs.map(({ name, kind }) => [name, kind]));
  const pieces = await openPieces<SpectrumPart>(folder, mark, [...kinds.keys()], {
    schema: (name) => spectrumPartSchema(kinds.get(name)!),
  });
  if (pieces.names.size > 0) {
    console.error(
      `resland spectrum: ${pieces.names.size} of ${jobs.length} parts are those of ${folder}, not computed again`,
    );
  }
  return pieces;
}

/** Finds the parts that are not there yet, over the cores, and keeps each. */
async function findParts(
  pieces: Pieces<SpectrumPart>,
  setup: SpectrumSetup,
  jobs: readonly SpectrumJob[],
  { workers, quiet }: Options,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SpectrumPart>> {
  const found = await allPieces(pieces);
  const open = jobs.filter(({ name }) => !found.has(name));
  if (open.length === 0) return found;
  const before = found.size;
  const progress = startProgress(quiet);
  using pool = startPool<SpectrumSetup, SpectrumJob, FoundPart>(
    "spectrum",
    Math.min(workers ?? navigator.hardwareConcurrency, open.length),
  );
  await pool.run({
    setup,
    jobs: open,
    onProgress: (done) => progress.update((before + done) / jobs.length, `${before + done} of ${jobs.length} parts`),
    onResult: async ({ name, part }) => {
      found.set(name, part);
      await pieces.save(name, part);
    },
    signal,
  });
  progress.done();
  return found;
}

function reportOf(
  { model: { net }, data: { source, x } }: ModelData,
  ridge: Ridge | null,
  { model, seed }: Options,
  parts: readonly SpectrumPart[],
): SpectrumReport {
  const blocks = parts.slice(0, -2) as readonly BlockSpectrum[];
  const [density, { lower, upper, largest }] = parts.slice(-2) as unknown as [DensityReport, HeadEnds];
  const { low, high } = blocks[1];
  return {
    ...{ schema: "resland/spectrum@1", model: model!, source, rows: x.rows, parameters: net.size, seed },
    ridge: ridge && { x: ridge.x, f: ridge.f },
    // Where the small matrix was too large, the ends are those of Lanczos, within what is proved.
    head: largest === null
      ? { lambdaMin: Math.max(lower, Math.min(upper, low[0].value)), lambdaMax: high[0].value, exact: false, lower }
      : { lambdaMin: lower, lambdaMax: largest, exact: true, lower },
    blocks,
    density,
  };
}
