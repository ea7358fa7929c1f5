/**
 * The command `fit`: one model on a table, with its certificate.
 *
 * @module
 */
import { findBestLinear, type LinearBaseline } from "../../src/baseline/mod.ts";
import { parseOptions, UsageError } from "../../src/cli/mod.ts";
import { type Dataset, encodeTable, encodeWith, partsOfRows, takeRows } from "../../src/data/mod.ts";
import { certifySteps, type FitCheckpoint, fitNetwork, type FitResult, sharedMemory } from "../../src/train/mod.ts";
import { computeMetrics, encodeModel, encodeNpy } from "../../src/model/mod.ts";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { feedForward, network } from "../../src/nn/mod.ts";
import { createLinearObjective, createObjective } from "../../src/objective/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import {
  architectureReport,
  certificateReport,
  type Comparison,
  comparison,
  fitHtml,
  type FitReport,
  fitText,
  historyCsv,
  linearReport,
  problemReport,
} from "../../src/report/mod.ts";
import { letGo } from "../../src/tensor/mod.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../io/checkpoint.ts";
import { type Command, exitCode, printReport } from "./command.ts";
import { drive, Interrupted, onInterrupt } from "../io/interrupt.ts";
import { type Helpers, startHelpers } from "../workers/crew.ts";
import { namesIn, readBytes, removeFile, toJson, writeWhole } from "../io/files.ts";
import { aboutFit, fitOptions } from "./_fit_options.ts";
import { configOf, type FitPlan, prepare, storedOptions } from "./_fit_plan.ts";
import { type Problem, strataOf } from "./_problem.ts";
import { type Progress, startProgress } from "../io/progress.ts";
import { startRun } from "../io/run_folder.ts";
import { clock } from "../io/clock.ts";

/** The command. */
export const fit: Command = { about: aboutFit, run };

/** Milliseconds between two checkpoints. */
const EVERY = 1000;

async function run(args: readonly string[]): Promise<number> {
  const given = parseOptions(args, fitOptions);
  const { options, config } = given.resume === null
    ? { options: given, config: args }
    : await storedOptions(args, given);
  const plan = await prepare(options, given.resume);
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  if (given.resume === null) {
    await startRun(plan.folder, configOf(config, plan));
  }
  try {
    const report = await train(plan, progress, interrupt.signal);
    if (options["metrics-out"] !== null) await writeWhole(options["metrics-out"], toJson(report.metrics));
    printReport(report, fitText, options, plan.folder);
    return exitCode(report.verdict, options.require);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    console.error(`resland fit: interrupted; resume it with --resume ${plan.folder}`);
    return 3;
  } finally {
    progress.done();
  }
}

/** What every part of a fit works with. */
interface Session {
  readonly kernels: Kernels;
  /** Threads of a training step, the leader's among them; the others are helpers. */
  readonly threads: number;
  readonly helpers: Helpers;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Trains, certifies, measures and saves. */
async function train(plan: FitPlan, progress: Progress, signal: AbortSignal): Promise<FitReport> {
  const { options, training, heldOut, net, settings, folder, loss } = plan;
  const started = clock();
  const threads = options.workers ?? navigator.hardwareConcurrency;
  const shared = threads > 1 ? sharedMemory(net, training) : null;
  const kernels = await loadKernels(plan.kernels, shared ?? undefined);
  using helpers = startHelpers(shared ? threads - 1 : 0);
  const session: Session = { kernels, threads: shared ? threads : 1, helpers, progress, signal };
  const folds = plan.folded ? await crossValidate(plan, plan.folded, session) : null;
  progress.update(0, "the best linear predictor");
  const linear = await drive(findBestLinear(kernels, loss, training, { radius: settings.radius }), signal);
  const result = await fitOnce(plan, linear, session);
  const fitted = { net, params: result.params, loss, examples: training };
  const { featureOptimum, evaluation } = result;
  const found = await drive(certifySteps(kernels, fitted, { ...settings, linear, featureOptimum, evaluation }), signal);
  letGo(evaluation.predictions, evaluation.slopes);
  const certified = certificateReport(found);
  const report: FitReport = {
    schema: "resland/fit@1",
    problem: problemReport(training, loss.name, heldOut?.x.rows ?? 0),
    architecture: architectureReport(net),
    linear: linearReport(linear, training),
    ...certified,
    metrics: {
      training: compare(kernels, plan, linear, result, training),
      heldOut: heldOut && compare(kernels, plan, linear, result, heldOut),
    },
    folds,
    training: {
      seed: settings.seed,
      epochs: result.history.length,
      keptEpoch: result.epoch,
      diverged: result.diverged,
      descentSteps: result.steps,
      prunedFeatures: result.pruned.length,
      seconds: (clock() - started) / 1000,
    },
    sentence: found.sentence,
    model: "model.safetensors",
    environment: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      kernels: plan.kernels,
      dtype: settings.dtype,
      workers: navigator.hardwareConcurrency,
    },
  };
  await save(plan, report, result);
  await removeFile(`${folder}/checkpoint.safetensors`);
  return report;
}

async function save(plan: FitPlan, report: FitReport, { history, params, path }: FitResult): Promise<void> {
  const { training, net, folder, loss } = plan;
  await writeWhole(`${folder}/model.safetensors`, encodeModel({ ...training, net, params, loss, ...splitOf(plan) }));
  await writeWhole(`${folder}/trajectory.csv`, historyCsv(history));
  if (path.length > 0) {
    const rows = new Float64Array(path.length * net.size);
    path.forEach((one, index) => rows.set(one, index * net.size));
    await writeWhole(`${folder}/path.npy`, encodeNpy([path.length, net.size], rows));
  }
  await writeWhole(`${folder}/report.html`, fitHtml(report));
  await writeWhole(`${folder}/verdict.json`, toJson(report));
}

/** Which rows were held out, so that certify finds the training rows. */
function splitOf({ options: { valid, seed }, rows }: FitPlan) {
  return valid === null ? {} : { split: { share: valid, seed, rows } };
}

/** Trains once; checkpoints as it goes, and at an interrupt. */
async function fitOnce(
  plan: FitPlan,
  linear: LinearBaseline,
  { kernels, threads, helpers, progress, signal }: Session,
): Promise<FitResult> {
  const { training, heldOut, net, settings, folder, mark, loss } = plan;
  const file = `${folder}/checkpoint.safetensors`;
  const hasCheckpoint = (await namesIn(folder)).has("checkpoint.safetensors");
  const resume = hasCheckpoint ? decodeCheckpoint(await readBytes(file), file, mark, net.size) : undefined;
  const steps = fitNetwork(kernels, { net, loss, training, heldOut, settings, threads, resume }, linear);
  let [saved, latest]: [number, FitCheckpoint | null] = [clock(), null];
  try {
    return await drive(steps, signal, async (event) => {
      if (event.kind === "recruit") return await helpers.serve(event.plan);
      if (event.kind === "epoch") latest = event.checkpoint;
      const epochs = latest?.history.length ?? 0;
      progress.update(
        event.share,
        event.kind === "epoch" ? `epoch ${epochs} of ${settings.epochs}` : "settling (W, V)",
      );
      if (latest === null || clock() - saved <= EVERY) return;
      await writeWhole(file, encodeCheckpoint(latest, mark));
      saved = clock();
      // What is saved need not be saved again.
      if (event.kind === "settle") latest = null;
    });
  } catch (error) {
    if (error instanceof Interrupted && latest !== null) await writeWhole(file, encodeCheckpoint(latest, mark));
    throw error;
  }
}

/** The held-out figures of each fold; the rows of a fold are read in the units of the others. */
async function crossValidate(
  { options, settings }: FitPlan,
  { table, encode, loss }: Problem,
  { kernels, progress, signal }: Session,
): Promise<readonly Comparison[]> {
  const { cv, seed } = options;
  if (cv > table.rows / 2) throw new UsageError(`--cv ${cv} is too many folds for ${table.rows} rows`);
  const parts = partsOfRows(
    table.rows,
    cv,
    fold(key(seed), "folds"),
    strataOf(table, encode.target, loss.target),
  );
  const found: Comparison[] = [];
  for (const [index, rows] of parts.entries()) {
    const others = parts.filter((part) => part !== rows).flat().sort((a, b) => a - b);
    const training = encodeTable(takeRows(table, others), encode);
    const heldOut = encodeWith(takeRows(table, rows), training);
    const net = network(training.x.cols, feedForward(training.x.cols, options), { outputs: training.outputs });
    const linear = await drive(findBestLinear(kernels, loss, training, { radius: settings.radius }), signal);
    const task = { net, loss, training, heldOut: null, settings: { ...settings, keepPath: false } };
    const result = await drive(fitNetwork(kernels, task, linear), signal, (event) => {
      if (event.kind !== "recruit") progress.update((index + event.share) / (cv + 1), `fold ${index + 1} of ${cv}`);
    });
    found.push(compare(kernels, { net, loss }, linear, result, heldOut));
  }
  return found;
}

/** The best linear predictor and the network on the same rows. */
function compare(
  kernels: Kernels,
  { net, loss }: Pick<FitPlan, "net" | "loss">,
  { weights }: LinearBaseline,
  { params }: FitResult,
  data: Dataset,
): Comparison {
  using objective = createObjective(kernels, net, loss, data);
  using linear = createLinearObjective(kernels, loss, data);
  const figures = (predictions: Float64Array) => {
    const found = computeMetrics(data, loss, predictions, data.y);
    letGo(predictions);
    return found;
  };
  return comparison(figures(linear.project(weights)), figures(objective.predict(params)));
}
