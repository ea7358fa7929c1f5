/**
 * The command `fit`: one model for a table, with its certificate.
 *
 * @module
 */
import { bestLinear, type LinearBaseline } from "../src/baseline/mod.ts";
import { type OptionValues, parseOptions, UsageError } from "../src/cli/mod.ts";
import { type Dataset, encodeTable, encodeWith, InputError, takeRows } from "../src/data/mod.ts";
import {
  certifyPoint,
  type FitCheckpoint,
  fitNetwork,
  type FitResult,
  type FitSettings,
  metricsOf,
  partsOfRows,
} from "../src/fit/mod.ts";
import { createMemory, fastestKernels, type Kernels, type KernelsName, loadKernels } from "../src/kernels/mod.ts";
import type { AnyLoss } from "../src/loss/mod.ts";
import { encodeModel } from "../src/model/mod.ts";
import { type Network, network } from "../src/nn/mod.ts";
import { createLinearObjective, createObjective } from "../src/objective/mod.ts";
import { fold, key } from "../src/random/mod.ts";
import {
  architectureReport,
  certificateReport,
  certificateSentence,
  type Comparison,
  comparison,
  fitHtml,
  type FitReport,
  fitText,
  historyCsv,
  linearReport,
  problemReport,
} from "../src/report/mod.ts";
import { encodeNpy } from "../src/surface/mod.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./_checkpoint.ts";
import { type Command, onInterrupt } from "./_command.ts";
import { type Helpers, startHelpers } from "./_crew.ts";
import {
  makeFolder,
  readBytes,
  readInput,
  refuseFile,
  refuseOccupied,
  runFolder,
  toJson,
  writeWhole,
} from "./_files.ts";
import { aboutFit, fitOptions } from "./_fit_options.ts";
import { heldOutRows, type Problem, readProblem, refuseTargets, strataOf } from "./_problem.ts";
import { type Progress, startProgress } from "./_progress.ts";
import { thetaOf } from "./_theta.ts";

type Options = OptionValues<typeof fitOptions>;

/** The command. */
export const fit: Command = { about: aboutFit, run };

/** Milliseconds between two checkpoints. */
const EVERY = 1000;

/** Everything that is known before training. */
interface Plan {
  readonly options: Options;
  readonly loss: AnyLoss;
  /** Rows of the table. */
  readonly rows: number;
  /** The table where folds are still to be cut from it; else it is let go, as large as the data. */
  readonly folded: Problem | null;
  readonly training: Dataset;
  readonly heldOut: Dataset | null;
  readonly net: Network;
  readonly settings: FitSettings;
  readonly kernels: KernelsName;
  readonly folder: string;
  /** A mark of data and network, which a checkpoint must share. */
  readonly mark: string;
}

/** Thrown at an interrupt, once the checkpoint is written. */
class Interrupted extends Error {}

async function run(args: readonly string[]): Promise<number> {
  const given = parseOptions(args, fitOptions);
  const { options, config } = given.resume === null
    ? { options: given, config: args }
    : await storedOptions(args, given);
  const plan = await prepare(options, given.resume);
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  if (given.resume === null) {
    await makeFolder(plan.folder);
    await writeWhole(`${plan.folder}/config.json`, toJson(configOf(config, plan)));
  }
  try {
    const report = await train(plan, progress, interrupt.signal);
    if (options["metrics-out"] !== null) await writeWhole(options["metrics-out"], toJson(report.metrics));
    console.log(options.json ? toJson(report).trimEnd() : fitText(report));
    if (!options.quiet && !options.json) console.log(`\nSaved in ${plan.folder}`);
    return report.verdict === "fails" || report.verdict === "undecided" ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    console.error(`resland fit: interrupted; go on with --resume ${plan.folder}`);
    return 3;
  } finally {
    progress.done();
  }
}

/** The options of an interrupted run, with what may differ: how it is shown, and how many threads. */
async function storedOptions(args: readonly string[], given: Options) {
  const folder = given.resume!;
  const allowed = new Set(["--resume", folder, "--json", "--quiet", "--workers", String(given.workers ?? "auto")]);
  const other = args.find((arg) => !allowed.has(arg) && !arg.startsWith("--resume=") && !arg.startsWith("--workers="));
  if (other !== undefined) {
    throw new UsageError(`--resume goes on with the run's own options; leave ${other} out`);
  }
  const file = `${folder}/config.json`;
  const stored = argumentsOf(await readInput(file), file);
  const options = parseOptions(stored, fitOptions);
  return {
    options: { ...options, json: given.json, quiet: given.quiet, workers: given.workers, out: folder },
    config: stored,
  };
}

function argumentsOf(text: string, file: string): readonly string[] {
  try {
    const config = JSON.parse(text);
    if (config.command === "fit" && Array.isArray(config.arguments)) return config.arguments.map(String);
  } catch {
    // Said below.
  }
  throw new InputError("the file is not the configuration of a fit; name the folder of one", { file });
}

async function prepare(options: Options, resumed: string | null): Promise<Plan> {
  const problem = await readProblem(options);
  const { cv, valid } = options;
  if (cv === 1) throw new UsageError("--cv needs 2 folds or more, or 0 for none");
  if (cv > 0 && valid !== null) throw new UsageError("--cv and --valid both hold rows out; leave one of them out");
  if (options.patience > 0 && valid === null) throw new UsageError("--patience needs held-out rows; add --valid 0.2");
  const folder = options.out ?? runFolder("fit", new Date());
  if (options["metrics-out"] !== null) await refuseFile("--metrics-out", options["metrics-out"]);
  if (resumed === null) await refuseOccupied(folder);
  else if (await isFinished(folder)) {
    throw new UsageError(`--resume ${folder}: the run is finished; its model is there`);
  }
  const { training, heldOut } = split(problem, options);
  for (const data of [training, heldOut]) if (data !== null) refuseTargets(problem.loss, data);
  const net = network(training.x.cols, thetaOf(training.x.cols, options), { outputs: training.outputs });
  const settings: FitSettings = {
    epochs: options.epochs,
    batch: options.batch,
    learningRate: options.rate,
    start: options.start,
    seed: options.seed,
    dtype: options.dtype,
    epsilon: options.epsilon,
    patience: options.patience === 0 ? null : options.patience,
    radius: options.radius,
    keepPath: options["keep-path"],
  };
  const kernels = options.kernels ?? fastestKernels();
  const mark = await markOf([training.x.data, training.y], JSON.stringify([net.theta, settings, kernels]));
  return {
    options,
    loss: problem.loss,
    rows: problem.table.rows,
    folded: cv > 0 ? problem : null,
    training,
    heldOut,
    net,
    settings,
    kernels,
    folder,
    mark,
  };
}

async function isFinished(folder: string): Promise<boolean> {
  try {
    await Deno.stat(`${folder}/verdict.json`);
    return true;
  } catch {
    return false;
  }
}

/** The rows to train on, and those held out in the same units. */
function split(
  { table, encode, loss }: Problem,
  { valid, seed }: Options,
): { readonly training: Dataset; readonly heldOut: Dataset | null } {
  if (valid === null) return { training: encodeTable(table, encode), heldOut: null };
  try {
    const rows = heldOutRows(table, encode.target, loss.target, { share: valid, seed });
    const training = encodeTable(takeRows(table, rows.training), encode);
    return { training, heldOut: encodeWith(takeRows(table, rows.heldOut), training) };
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--valid ${valid}: ${error.message}`);
    throw error;
  }
}

/** Numbers that are hashed at a time: a hash takes a copy of them. */
const HASHED = 1 << 19;

/** A mark of data and settings: the start of the hash of their pieces' hashes. */
async function markOf(parts: readonly Float64Array[], text: string): Promise<string> {
  const hash = async (bytes: BufferSource) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hashes: Uint8Array[] = [];
  for (const part of parts) {
    for (let from = 0; from < part.length; from += HASHED) {
      hashes.push(await hash(part.subarray(from, from + HASHED) as Float64Array<ArrayBuffer>));
    }
  }
  hashes.push(await hash(new TextEncoder().encode(text)));
  return (await hash(await new Blob(hashes as Uint8Array<ArrayBuffer>[]).arrayBuffer())).toHex().slice(0, 32);
}

/** Trains, certifies, measures and saves. */
async function train(plan: Plan, progress: Progress, signal: AbortSignal): Promise<FitReport> {
  const { options, training, heldOut, net, settings, folder, loss } = plan;
  const started = performance.now();
  const threads = options.workers ?? navigator.hardwareConcurrency;
  const shared = threads > 1 ? sharedMemory(plan) : undefined;
  const kernels = await loadKernels(plan.kernels, shared);
  using helpers = startHelpers(shared ? threads - 1 : 0);
  const folds = plan.folded ? await crossValidate(plan, plan.folded, kernels, progress, signal) : null;
  const linear = bestLinear(kernels, loss, training, { radius: settings.radius });
  const result = await fitOnce(plan, kernels, linear, shared ? threads : 1, helpers, progress, signal);
  const fitted = { net, point: result.point, loss, examples: training };
  const certified = certificateReport(
    certifyPoint(kernels, fitted, { ...settings, linear, features: result.features }),
  );
  const report: FitReport = {
    schema: "resland/fit@1",
    problem: problemReport(training, loss.name, heldOut?.x.rows ?? 0),
    architecture: architectureReport(net),
    linear: linearReport(linear),
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
      descentSteps: result.descentSteps,
      seconds: (performance.now() - started) / 1000,
    },
    sentence: certificateSentence(certified, linear),
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
  await Deno.remove(`${folder}/checkpoint.safetensors`).catch(() => {});
  return report;
}

async function save(plan: Plan, report: FitReport, { history, point, path }: FitResult): Promise<void> {
  const { training, net, folder, loss } = plan;
  await writeWhole(`${folder}/model.safetensors`, encodeModel({ ...training, net, point, loss, ...splitOf(plan) }));
  await writeWhole(`${folder}/trajectory.csv`, historyCsv(history));
  if (path.length > 0) {
    const rows = new Float64Array(path.length * net.size);
    path.forEach((one, index) => rows.set(one, index * net.size));
    await writeWhole(`${folder}/path.npy`, encodeNpy([path.length, net.size], rows));
  }
  await writeWhole(`${folder}/report.html`, fitHtml(report));
  await writeWhole(`${folder}/verdict.json`, toJson(report));
}

/** Which rows were held out, for whoever certifies the model. */
function splitOf({ options: { valid, seed }, rows }: Plan) {
  return valid === null ? {} : { split: { share: valid, seed, rows } };
}

/** Trains once; checkpoints as it goes, and at an interrupt. */
async function fitOnce(
  plan: Plan,
  kernels: Kernels,
  linear: LinearBaseline,
  threads: number,
  helpers: Helpers,
  progress: Progress,
  signal: AbortSignal,
): Promise<FitResult> {
  const { training, heldOut, net, settings, folder, mark, options, loss } = plan;
  const file = `${folder}/checkpoint.safetensors`;
  const resume = options.out === null ? undefined : await checkpointIn(file, mark, net.size);
  const steps = fitNetwork(kernels, { net, loss, training, heldOut, settings, threads, resume }, linear);
  let [saved, latest]: [number, FitCheckpoint | null] = [performance.now(), null];
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (value.kind === "recruit") {
      await helpers.serve(value.plan);
      continue;
    }
    if (value.kind === "epoch") latest = value.checkpoint;
    const epochs = latest?.history.length ?? 0;
    progress.update(
      value.share,
      value.kind === "epoch" ? `epoch ${epochs} of ${settings.epochs}` : "to where training can stop",
    );
    // Signals arrive between two turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (latest !== null && (signal.aborted || performance.now() - saved > EVERY)) {
      await writeWhole(file, encodeCheckpoint(latest, mark));
      saved = performance.now();
      // What is saved need not be saved again.
      if (value.kind === "finish") latest = null;
    }
    if (signal.aborted) throw new Interrupted();
  }
}

async function checkpointIn(file: string, mark: string, size: number): Promise<FitCheckpoint | undefined> {
  try {
    await Deno.stat(file);
  } catch {
    return undefined;
  }
  return decodeCheckpoint(await readBytes(file), file, mark, size);
}

/** The held-out figures of each fold; the rows of a fold are read in the units of the others. */
async function crossValidate(
  { options, settings }: Plan,
  { table, encode, loss }: Problem,
  kernels: Kernels,
  progress: Progress,
  signal: AbortSignal,
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
    const net = network(training.x.cols, thetaOf(training.x.cols, options), { outputs: training.outputs });
    const linear = bestLinear(kernels, loss, training, { radius: settings.radius });
    const steps = fitNetwork(kernels, {
      net,
      loss,
      training,
      heldOut: null,
      settings: { ...settings, keepPath: false },
    }, linear);
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        found.push(compare(kernels, { net, loss }, linear, value, heldOut));
        break;
      }
      if (value.kind !== "recruit") progress.update((index + value.share) / (cv + 1), `fold ${index + 1} of ${cv}`);
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (signal.aborted) throw new Interrupted();
    }
  }
  return found;
}

/** The best linear predictor and the network on the same rows. */
function compare(
  kernels: Kernels,
  { net, loss }: Pick<Plan, "net" | "loss">,
  { weights }: LinearBaseline,
  { point }: FitResult,
  data: Dataset,
): Comparison {
  using objective = createObjective(kernels, net, loss, data);
  using linear = createLinearObjective(kernels, loss, data);
  return comparison(
    metricsOf(data, loss, linear.project(weights), data.y),
    metricsOf(data, loss, objective.predict(point), data.y),
  );
}

/** Memory that threads can share, with room for the data several times over; none where the runtime refuses it. */
function sharedMemory({ training: { x, outputs }, net: { k } }: Plan) {
  const bytes = 8 * 8 * x.rows * (x.cols + k + outputs);
  try {
    return createMemory({ shared: true, megabytes: Math.min(4000, Math.max(1024, bytes / 2 ** 20)) });
  } catch {
    return undefined;
  }
}

function configOf(
  args: readonly string[],
  { options, training, net, settings, kernels, mark }: Plan,
): Record<string, unknown> {
  return {
    command: "fit",
    arguments: args,
    data: options.data ?? training.source,
    targets: training.targets,
    features: training.features,
    rows: training.x.rows,
    kernels,
    settings,
    architecture: net.theta,
    mark,
  };
}
