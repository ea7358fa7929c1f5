/**
 * The command `spectrum`: the Hessian of a model over all its parameters, and over (w, V) exactly.
 *
 * @module
 */
import { flag, type HelpParts, integer, type OptionValues, parseOptions, text } from "../src/cli/mod.ts";
import { blockOperator, blocksOf, extremeEigenvalues, spectralDensity, traceEstimate } from "../src/curvature/mod.ts";
import { certifyPoint } from "../src/fit/mod.ts";
import { fastestKernels, loadKernels } from "../src/kernels/mod.ts";
import { createObjective } from "../src/objective/mod.ts";
import { fold, key } from "../src/random/mod.ts";
import { type BlockSpectrum, type SpectrumReport, spectrumText } from "../src/report/mod.ts";
import type { Command } from "./_command.ts";
import { makeFolder, refuseOccupied, runFolder, toJson, writeWhole } from "./_files.ts";
import { loadModelData, requireFinite } from "./_model_data.ts";
import { startProgress } from "./_progress.ts";

const spectrumOptions = {
  model: text("FILE", "The model"),
  data: text("FILE", "The table"),
  "all-rows": flag("Use all rows, also those that were held out when the model was fitted"),
  count: integer(5, 1, "Eigenvalues at each end"),
  probes: integer(10, 2, "Random starts of the density"),
  lanczos: integer(80, 1, "Steps of each"),
  seed: integer(1, 0, "Where every random number comes from"),
  out: text("FOLDER", "Where it is saved; must be new or empty (default runs/spectrum-<time>)"),
  json: flag("Print the spectrum as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof spectrumOptions>;

const about: HelpParts = {
  name: "spectrum",
  summary:
    "The spectrum of the Hessian over all parameters of a model, from Hessian-vector products in f64: extreme eigenvalues by Lanczos, " +
    "the trace by Hutch++, the density by stochastic Lanczos quadrature, for the whole and for each block; beside it the exact " +
    "extremes over (w, V). Writes spectrum.json and spectrum.svg.",
  options: spectrumOptions,
  notes: [
    "Exit codes: 0 done; 2 bad usage or bad input. Estimates come with their error; the same seed gives the same bits.",
  ],
  examples: [[
    "--model runs/fit/model.safetensors --data houses.csv",
    "the spectrum of a model on the rows it was trained on",
  ]],
};

/** The command. */
export const spectrum: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, spectrumOptions);
  const { model, data } = await loadModelData(options);
  const folder = options.out ?? runFolder("spectrum", new Date());
  await refuseOccupied(folder);
  const kernels = await loadKernels(fastestKernels());
  const { net, point, loss } = model;
  requireFinite(kernels, { model, data }, options.model!);
  using objective = createObjective(kernels, net, loss, data);
  const apply = (v: Float64Array) => objective.hvp(point, v);
  const progress = startProgress(options.quiet);
  const blocks = blocksOf(net);
  const found: BlockSpectrum[] = [];
  for (const [index, { name, offset, length }] of blocks.entries()) {
    progress.update(index / (blocks.length + 1), name);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const own = index === 0 ? apply : blockOperator(apply, offset, length, net.size);
    found.push(describe(kernels, own, name, length, options));
  }
  progress.update(blocks.length / (blocks.length + 1), "density");
  const density = spectralDensity(kernels, apply, net.size, fold(key(options.seed), "density"), {
    probes: options.probes,
    steps: Math.min(options.lanczos, net.size),
  });
  const head = certifyPoint(kernels, { net, point, loss, examples: data });
  progress.done();
  const report: SpectrumReport = {
    schema: "resland/spectrum@1",
    model: options.model!,
    source: data.source,
    rows: data.x.rows,
    parameters: net.size,
    seed: options.seed,
    head: { lambdaMin: head.lambdaMin, lambdaMax: head.lambdaMax },
    blocks: found,
    density: {
      at: [...density.at],
      density: [...density.density],
      low: [...density.low],
      high: [...density.high],
      width: density.width,
      integral: density.integral,
      mean: density.mean,
      meanError: density.meanError,
    },
  };
  const { densitySvg } = await import("../src/plot/mod.ts");
  await makeFolder(folder);
  await writeWhole(
    `${folder}/spectrum.svg`,
    densitySvg(report.density, report.head, `Hessian of the model, ${net.size} parameters`),
  );
  await writeWhole(`${folder}/spectrum.json`, toJson(report));
  console.log(options.json ? toJson(report).trimEnd() : spectrumText(report));
  if (!options.quiet && !options.json) console.log(`\nSaved in ${folder}`);
  return 0;
}

/** Extremes and trace of one block. */
function describe(
  kernels: Parameters<typeof extremeEigenvalues>[0],
  apply: (v: Float64Array) => Float64Array,
  name: string,
  size: number,
  { count, seed }: Options,
): BlockSpectrum {
  const from = fold(key(seed), name);
  const { low, high, converged, steps } = extremeEigenvalues(kernels, apply, size, fold(from, "extremes"), {
    count: Math.min(count, size),
    block: 1,
  });
  const trace = traceEstimate(apply, size, fold(from, "trace"));
  const plain = (pairs: typeof low) => pairs.map(({ value, residual }) => ({ value, residual }));
  return { name, size, low: plain(low), high: plain(high), converged, steps, trace: { ...trace } };
}
