/**
 * The command `spectrum`: the Hessian of a model over all its parameters, and over (w, V) exactly.
 *
 * @module
 */
import { flag, type HelpParts, integer, type OptionValues, parseOptions, text } from "../../src/cli/mod.ts";
import {
  blockOperator,
  blocksOf,
  findExtremeEigenvalues,
  findSpectralDensity,
  findTrace,
  type SymmetricOperator,
} from "../../src/curvature/mod.ts";
import { type FittedNetwork, headSource, rowsOf } from "../../src/train/mod.ts";
import { fastestKernels, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, headSpectrum, isReducible, lambdaMin } from "../../src/landscape/mod.ts";
import { splitParts } from "../../src/nn/mod.ts";
import type { Ridge } from "../../src/objective/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import { type BlockSpectrum, type SpectrumReport, spectrumText } from "../../src/report/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { type Command, printReport } from "./command.ts";
import { breathe, drive, onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { refuseOccupied, toJson, writeWhole } from "../io/files.ts";
import { takeFolder } from "../io/one_writer.ts";
import { loadModelData, objectiveOf, requireFinite, requireResidual, ridgeOf } from "./_model_data.ts";
import { startProgress } from "../io/progress.ts";
import { runFolder } from "../io/run_folder.ts";

const spectrumOptions = {
  model: text("FILE", "The model"),
  data: text("FILE", "The table"),
  "all-rows": flag("Use all rows, including those held out when the model was fitted"),
  count: integer(5, 1, "Eigenvalues at each end"),
  probes: integer(10, 2, "Number of random probe vectors for the density"),
  lanczos: integer(80, 1, "Lanczos steps per probe"),
  seed: integer(1, 0, "Random seed"),
  out: text("FOLDER", "Output folder; must be new or empty (default runs/spectrum-<time>)"),
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
    "Exit codes: 0 done; 2 bad usage or bad input; 3 interrupted; 4 an internal fault. Estimates come with their error; the same seed gives the same bits.",
  ],
  examples: [[
    "--model runs/fit/model.safetensors --data houses.csv",
    "the spectrum of a model on the rows it was trained on",
  ]],
};

/** The command. */
export const spectrum: Command = { about, run };

/** Order of the reduced matrix up to which the spectrum over (w, V) is computed exactly: seconds. */
const MOST_EXACT = 1000;

/** Steps of Lanczos towards the smallest eigenvalue beyond. */
const STEPS = 60;

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, spectrumOptions);
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const { model, data } = await unlessInterrupted(loadModelData(options), signal);
  const folder = options.out ?? runFolder("spectrum");
  await refuseOccupied(folder);
  requireResidual(model, options.model!);
  const kernels = await loadKernels(fastestKernels());
  const { net, params, loss } = model;
  requireFinite(kernels, { model, data }, options.model!);
  using objective = objectiveOf(kernels, { model, data });
  const ridge = ridgeOf(model);
  const apply = (v: Float64Array) => objective.hvp(params, v);
  const progress = startProgress(options.quiet);
  const blocks = blocksOf(net);
  const found: BlockSpectrum[] = [];
  for (const [index, { name, offset, length }] of blocks.entries()) {
    progress.update(index / (blocks.length + 1), name);
    const own = index === 0 ? apply : blockOperator(apply, offset, length, net.size);
    found.push(await describe(kernels, own, name, length, options, signal));
  }
  progress.update(blocks.length / (blocks.length + 1), "density");
  const density = await drive(
    findSpectralDensity(kernels, apply, net.size, fold(key(options.seed), "density"), {
      probes: options.probes,
      steps: Math.min(options.lanczos, net.size),
    }),
    signal,
  );
  const head = headExtremes(kernels, { net, params, loss, examples: data }, ridge, found[1]);
  await breathe(signal);
  progress.done();
  const report: SpectrumReport = {
    schema: "resland/spectrum@1",
    model: options.model!,
    source: data.source,
    rows: data.x.rows,
    parameters: net.size,
    seed: options.seed,
    ridge: ridge && { x: ridge.x, f: ridge.f },
    head,
    blocks: found,
    density: {
      ...density,
      at: [...density.at],
      density: [...density.density],
      low: [...density.low],
      high: [...density.high],
    },
  };
  const { densitySvg } = await import("../../src/report/charts/mod.ts");
  await takeFolder(folder);
  await writeWhole(
    `${folder}/spectrum.svg`,
    densitySvg(
      report.density,
      report.head,
      `Hessian of the ${ridge === null ? "model" : "loss with its ridge"}, ${net.size} parameters`,
    ),
  );
  await writeWhole(`${folder}/spectrum.json`, toJson(report));
  printReport(report, spectrumText, options, folder);
  return 0;
}

/** Extremes and trace of one block. */
async function describe(
  kernels: Kernels,
  apply: SymmetricOperator,
  name: string,
  size: number,
  { count, seed }: Options,
  signal: AbortSignal,
): Promise<BlockSpectrum> {
  const from = fold(key(seed), name);
  const wanted = { count: Math.min(count, size), block: 1 };
  const { low, high, converged, steps } = await drive(
    findExtremeEigenvalues(kernels, apply, size, fold(from, "extremes"), wanted),
    signal,
  );
  const trace = await drive(findTrace(apply, size, fold(from, "trace")), signal);
  const plain = (pairs: typeof low) => pairs.map(({ value, residual }) => ({ value, residual }));
  return { name, size, low: plain(low), high: plain(high), converged, steps, trace: { ...trace } };
}

/** The extremes over (w, V): exactly where that is cheap, else those of Lanczos, within what is proved. */
function headExtremes(
  kernels: Kernels,
  fitted: FittedNetwork,
  ridge: Ridge | null,
  block: BlockSpectrum,
): SpectrumReport["head"] {
  const { net, params, loss, examples } = fitted;
  const { d, k, outputs: m } = net;
  const { w, V } = splitParts(net, params);
  using rows = headSource(kernels, fitted);
  using objective = createHeadObjective(kernels, { ...rowsOf(rows.source, examples), d, loss, ridge });
  const at = objective.at({ W: matrix(m, d, w), V: matrix(d, k, V) });
  if (isReducible(objective, at, MOST_EXACT)) {
    const { lambdaMin, lambdaMax } = headSpectrum(objective, at);
    return { lambdaMin, lambdaMax, exact: true, lower: lambdaMin };
  }
  const { lower, upper } = lambdaMin(objective, at, { order: 0, steps: STEPS });
  const lowest = Math.max(lower, Math.min(upper, block.low[0].value));
  return { lambdaMin: lowest, lambdaMax: block.high[0].value, exact: false, lower };
}
