import { type OptionValues, parseOptions, UsageError } from "../../src/cli/mod.ts";
import {
  type Dataset,
  encodeTable,
  encodeWith,
  fingerprint,
  groupsOf,
  type InputRoom,
  type Table,
  takeRows,
} from "../../src/data/mod.ts";
import { type FitSettings, sharedMemory } from "../../src/train/mod.ts";
import { fastestKernels, type KernelsName, type Memory } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import type { Split } from "../../src/model/mod.ts";
import { feedForward, type Network, network } from "../../src/nn/mod.ts";
import { placeRows } from "../../src/tensor/mod.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { MOST } from "../io/limited.ts";
import { namesIn, readJson, refuseFile, refuseOccupied } from "../io/files.ts";
import { fitOptions } from "./_fit_options.ts";
import { markOf } from "./_mark.ts";
import { heldOutRows, type Problem, readProblem, refuseTargets } from "./_problem.ts";
import { runFolder } from "../io/run_folder.ts";

/** The options of `fit`, as they were given. */
export type FitOptions = OptionValues<typeof fitOptions>;

/** The plan of a fit: everything known before training. */
export interface FitPlan {
  readonly options: FitOptions;
  readonly loss: AnyLoss;
  /** Which rows are held out; null for none. */
  readonly split: Split | null;
  /** The table where folds are still to be cut from it; else it is released, as it is as large as the data. */
  readonly folded: Problem | null;
  readonly training: Dataset;
  /** The memory that threads share, with the inputs of the training rows in it; null for one thread. */
  readonly memory: Memory | null;
  readonly heldOut: Dataset | null;
  /** The group of each row that is trained on, which folds keep together; null for none. */
  readonly groups: readonly string[] | null;
  /** The group of each row that is held out; null for none. */
  readonly heldOutGroups: readonly string[] | null;
  readonly net: Network;
  readonly settings: FitSettings;
  readonly kernels: KernelsName;
  readonly folder: string;
  /** A mark of data and network, which a checkpoint must share. */
  readonly mark: string;
}

/** What an interrupted run needs of its folder's config.json. */
interface StoredConfig {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly mark: string;
}

/** Refuses to go on with a table, or options, that are not those of the run: what a folder names is not used for anything else. */
export function refuseOther(plan: FitPlan, mark: string | null): void {
  if (mark === null || mark === plan.mark) return;
  const { options: { data }, folder } = plan;
  throw new UsageError(
    `--resume ${folder}: ${
      data ?? "the table"
    } is not the table that this run was started on, or the options are not its own; start again without --resume`,
  );
}

/** The options of an interrupted run, with what may differ: how it is shown, and how many threads. */
export async function storedOptions(
  args: readonly string[],
  given: FitOptions,
): Promise<{ readonly options: FitOptions; readonly config: readonly string[]; readonly mark: string }> {
  const folder = given.resume!;
  const values = [folder, String(given.workers ?? "auto"), given["metrics-out"]];
  const allowed = new Set(["--resume", "--json", "--quiet", "--workers", "--metrics-out", ...values]);
  const other = args.find((arg) => !allowed.has(arg) && !/^--(resume|workers|metrics-out)=/.test(arg));
  if (other !== undefined) {
    throw new UsageError(`--resume uses the options of the run; leave ${other} out`);
  }
  const file = `${folder}/config.json`;
  const { arguments: stored, mark } = await readJson<StoredConfig>(
    file,
    (config) =>
      config.command === "fit" && typeof config.mark === "string" &&
      config.arguments.every((one) => typeof one === "string"),
    "the file is not the configuration of a fit; name the folder of one",
    MOST.settings,
  );
  const { json, quiet, workers, "metrics-out": metrics } = given;
  const options = parseOptions(stored, fitOptions);
  return {
    // A folder says what is computed, and not where anything outside it is written.
    options: { ...options, json, quiet, workers, "metrics-out": metrics, out: folder },
    config: stored,
    mark,
  };
}

/** Reads the table, splits it, and determines everything that training needs; `resumed` is the folder of an interrupted run. */
export async function prepare(options: FitOptions, resumed: string | null): Promise<FitPlan> {
  const rule = splitRule(options);
  const problem = await readProblem(options);
  refuseContradictions(options, rule);
  const folder = options.out ?? runFolder("fit");
  await refuseFolder(options, folder, resumed);
  const { cv } = options;
  if (cv > problem.table.rows / 2) throw new UsageError(`--cv ${cv} is too many folds for ${problem.table.rows} rows`);
  const { memory, room } = roomFor(options, problem.encode);
  const { training, heldOut, split } = splitRows(problem, rule, room);
  const [groups, heldOutGroups] = [training, heldOut].map((data) =>
    data && groupsIn(problem.table, data, options["group-column"])
  );
  refuseFew(groups, options);
  if (cv === 0) letGo(problem.table);
  for (const data of [training, heldOut]) if (data !== null) refuseTargets(problem.loss, data);
  const net = network(training.x.cols, feedForward(training.x.cols, options), { outputs: training.outputs });
  refuseOverMemory(
    {
      rows: training.x.rows,
      ...{ inputs: net.d, features: net.k * options.seeds, outputs: net.outputs },
      threads: options.workers ?? navigator.hardwareConcurrency,
    },
    "use a smaller --width, fewer columns, --seeds or --workers",
  );
  const [settings, kernels] = [settingsOf(options), options.kernels ?? fastestKernels()];
  return {
    options,
    loss: problem.loss,
    split,
    folded: cv > 0 ? problem : null,
    training,
    memory: memory(),
    heldOut,
    groups,
    heldOutGroups,
    net,
    settings,
    kernels,
    folder,
    mark: await planMark(training, net, settings, kernels, options),
  };
}

/** Refuses options that contradict each other. */
function refuseContradictions(options: FitOptions, rule: ReturnType<typeof splitRule>): void {
  const { cv, valid, seeds, patience } = options;
  if (seeds > 1 && options["keep-path"]) {
    throw new UsageError("--keep-path is of one network; leave it or --seeds out");
  }
  if (cv === 1) throw new UsageError("--cv needs 2 folds or more, or 0 for none");
  if (cv > 0 && valid !== null) throw new UsageError("--cv and --valid both hold out rows; give only one of them");
  if (patience > 0 && rule === null) throw new UsageError("--patience needs held-out rows; add --valid 0.2");
}

/** Refuses places that hold something else: of a new run, or a run that is finished. */
async function refuseFolder(options: FitOptions, folder: string, resumed: string | null): Promise<void> {
  if (options["metrics-out"] !== null) await refuseFile("--metrics-out", options["metrics-out"]);
  if (resumed === null) await refuseOccupied(folder);
  else if ((await namesIn(folder)).has("verdict.json")) {
    throw new UsageError(`--resume ${folder}: the run is finished; its model is there`);
  }
}

const settingsOf = (options: FitOptions): FitSettings => ({
  epochs: options.epochs,
  batch: options.batch,
  learningRate: options.rate,
  start: options.start ?? (options.regularise === "none" ? "linear" : "constant"),
  seed: options.seed,
  seeds: options.seeds,
  dtype: options.dtype,
  epsilon: options.epsilon,
  patience: options.patience === 0 ? null : options.patience,
  radius: options.radius,
  keepPath: options["keep-path"],
});

/** The mark of a plan. The inputs are cells whose fingerprint is known: hashing them again would take as long as encoding them. */
function planMark(
  { rows, columns, standardisation, missing, y, weights }: Dataset,
  net: Network,
  settings: FitSettings,
  kernels: KernelsName,
  options: FitOptions,
): Promise<string> {
  return markOf(
    [y, ...weights ? [weights] : []],
    JSON.stringify([
      ...[rows, columns, standardisation, missing],
      ...[net.body, settings, kernels, options.regularise, options["group-column"]],
    ]),
  );
}

/** Frees the memory of a table's cells at once: it is as large as the data, and a collector that waits would double the peak. */
function letGo({ cells }: Table): void {
  for (const column of cells) {
    for (const array of [column?.numbers, column?.codes]) {
      if (array?.buffer instanceof ArrayBuffer && !array.buffer.detached) array.buffer.transfer(0);
    }
  }
}

/** Which rows the options hold out: a share of them, or what a column says (the share is then counted). */
function splitRule(options: FitOptions): Pick<Split, "share" | "seed" | "by"> | null {
  const { valid, cv, seed, "split-column": column, "group-column": group, "time-column": time } = options;
  const other = column !== null ? "--split-column" : group !== null ? "--group-column" : null;
  if (time !== null && other !== null) {
    throw new UsageError(`--time-column and ${other} each say which rows are held out; give only one of them`);
  }
  if (column !== null) {
    const also = valid !== null ? "--valid" : cv > 0 ? "--cv" : null;
    if (also !== null) throw new UsageError(`--split-column says which rows are held out; leave ${also} out`);
    return { share: 0, seed, by: { kind: "column", column } };
  }
  if (time !== null && valid === null) {
    throw new UsageError("--time-column holds out the latest rows; add their share, such as --valid 0.2");
  }
  if (valid === null) return null;
  const by = time !== null
    ? { kind: "time" as const, column: time }
    : group !== null
    ? { kind: "group" as const, column: group }
    : null;
  return { share: valid, seed, ...by && { by } };
}

/** Memory that threads share, made when the shape of the inputs is known, and the room in it: inputs that are written there need not be copied. */
function roomFor(
  options: FitOptions,
  { target, known }: Problem["encode"],
): { readonly memory: () => Memory | null; readonly room?: InputRoom } {
  if (threadsOf(options) < 2) return { memory: () => null };
  let memory: Memory | null = null;
  const classes = known?.classes?.length ?? 0;
  const outputs = classes > 2 ? classes : target.length;
  return {
    memory: () => memory,
    room(rows, cols) {
      memory = sharedMemory(network(cols, feedForward(cols, options), { outputs }), rows);
      return memory === null ? new Float64Array(rows * cols) : placeRows(memory, rows, cols);
    },
  };
}

/** Threads of the work that is not cross-validation. */
export const threadsOf = ({ workers }: FitOptions): number => workers ?? navigator.hardwareConcurrency;

/** The rows to train on, and those held out in the same units. */
function splitRows(
  { table, encode, loss }: Problem,
  rule: Pick<Split, "share" | "seed" | "by"> | null,
  room: InputRoom | undefined,
): Pick<FitPlan, "training" | "heldOut" | "split"> {
  const how = { ...encode, ...room && { room } };
  if (rule === null) {
    const training = encodeTable(table, how);
    return { training: { ...training, rows: fingerprint(table, training) }, heldOut: null, split: null };
  }
  try {
    const rows = heldOutRows(table, encode.target, loss.target, rule);
    const own = encodeTable(takeRows(table, rows.training), how);
    const training = { ...own, rows: fingerprint(table, own, rows.heldOut) };
    const heldOut = encodeWith(takeRows(table, rows.heldOut), training);
    const share = rule.by?.kind === "column" ? rows.heldOut.length / table.rows : rule.share;
    return { training, heldOut, split: { ...rule, share, rows: table.rows } };
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--valid ${rule.share}: ${error.message}`);
    throw error;
  }
}

/** The group of each row of data that come from a table; null without a column of groups. */
export function groupsIn(table: Table, { lines }: Dataset, name: string | null): readonly string[] | null {
  if (name === null) return null;
  const texts = groupsOf(table, name);
  const rowAt = new Map(Array.from(table.lines, (line, row) => [line, row]));
  return Array.from(lines, (line) => texts[rowAt.get(line)!]);
}

/** Refuses groups that are too few for folds. */
function refuseFew(groups: readonly string[] | null, { "group-column": name, cv }: FitOptions): void {
  if (groups === null) return;
  const [count, least] = [new Set(groups).size, cv > 0 ? Math.max(cv, 3) : 2];
  if (count >= least) return;
  throw new UsageError(`--group-column ${name}: folds need ${least} groups or more to train on, got ${count}`);
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
