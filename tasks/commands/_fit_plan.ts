import { type OptionValues, parseOptions, UsageError } from "../../src/cli/mod.ts";
import { type Dataset, encodeTable, encodeWith, type Table, takeRows } from "../../src/data/mod.ts";
import type { FitSettings } from "../../src/train/mod.ts";
import { fastestKernels, type KernelsName } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { feedForward, type Network, network } from "../../src/nn/mod.ts";
import { namesIn, readJson, refuseFile, refuseOccupied } from "../io/files.ts";
import { fitOptions } from "./_fit_options.ts";
import { heldOutRows, type Problem, readProblem, refuseTargets } from "./_problem.ts";
import { runFolder } from "../io/run_folder.ts";

/** The options of `fit`, as they were given. */
export type FitOptions = OptionValues<typeof fitOptions>;

/** The plan of a fit: everything known before training. */
export interface FitPlan {
  readonly options: FitOptions;
  readonly loss: AnyLoss;
  /** Rows of the table. */
  readonly rows: number;
  /** The table where folds are still to be cut from it; else it is released, as it is as large as the data. */
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

/** The options of an interrupted run, with what may differ: how it is shown, and how many threads. */
export async function storedOptions(
  args: readonly string[],
  given: FitOptions,
): Promise<{ readonly options: FitOptions; readonly config: readonly string[] }> {
  const folder = given.resume!;
  const allowed = new Set(["--resume", folder, "--json", "--quiet", "--workers", String(given.workers ?? "auto")]);
  const other = args.find((arg) => !allowed.has(arg) && !arg.startsWith("--resume=") && !arg.startsWith("--workers="));
  if (other !== undefined) {
    throw new UsageError(`--resume uses the options of the run; leave ${other} out`);
  }
  const file = `${folder}/config.json`;
  const { arguments: stored } = await readJson<{ readonly command: string; readonly arguments: readonly string[] }>(
    file,
    (config) => config.command === "fit" && config.arguments.every((one) => typeof one === "string"),
    "the file is not the configuration of a fit; name the folder of one",
  );
  const options = parseOptions(stored, fitOptions);
  return {
    options: { ...options, json: given.json, quiet: given.quiet, workers: given.workers, out: folder },
    config: stored,
  };
}

/** Reads the table, splits it, and determines everything that training needs; `resumed` is the folder of an interrupted run. */
export async function prepare(options: FitOptions, resumed: string | null): Promise<FitPlan> {
  const problem = await readProblem(options);
  const { cv, valid } = options;
  if (cv === 1) throw new UsageError("--cv needs 2 folds or more, or 0 for none");
  if (cv > 0 && valid !== null) throw new UsageError("--cv and --valid both hold out rows; give only one of them");
  if (options.patience > 0 && valid === null) throw new UsageError("--patience needs held-out rows; add --valid 0.2");
  const folder = options.out ?? runFolder("fit");
  if (options["metrics-out"] !== null) await refuseFile("--metrics-out", options["metrics-out"]);
  if (resumed === null) await refuseOccupied(folder);
  else if ((await namesIn(folder)).has("verdict.json")) {
    throw new UsageError(`--resume ${folder}: the run is finished; its model is there`);
  }
  const { training, heldOut } = split(problem, options);
  if (cv === 0) letGo(problem.table);
  for (const data of [training, heldOut]) if (data !== null) refuseTargets(problem.loss, data);
  const net = network(training.x.cols, feedForward(training.x.cols, options), { outputs: training.outputs });
  const settings: FitSettings = {
    epochs: options.epochs,
    batch: options.batch,
    learningRate: options.rate,
    start: options.start ?? (options.regularise === "none" ? "linear" : "constant"),
    seed: options.seed,
    dtype: options.dtype,
    epsilon: options.epsilon,
    patience: options.patience === 0 ? null : options.patience,
    radius: options.radius,
    keepPath: options["keep-path"],
  };
  const kernels = options.kernels ?? fastestKernels();
  const mark = await markOf(
    [training.x.data, training.y],
    JSON.stringify([net.body, settings, kernels, options.regularise]),
  );
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

/** Frees the memory of a table's cells at once: it is as large as the data, and a collector that waits would double the peak. */
function letGo({ cells }: Table): void {
  for (const column of cells) {
    for (const array of [column?.numbers, column?.codes]) {
      if (array?.buffer instanceof ArrayBuffer && !array.buffer.detached) array.buffer.transfer(0);
    }
  }
}

/** The rows to train on, and those held out in the same units. */
function split(
  { table, encode, loss }: Problem,
  { valid, seed }: FitOptions,
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

/** The configuration of a run of `fit`, for its folder. */
export function configOf(
  args: readonly string[],
  { options, training, net, settings, kernels, mark }: FitPlan,
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
    architecture: net.body,
    mark,
  };
}
