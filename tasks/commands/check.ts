/**
 * The command `check`: trains many seeds from several starts, descends to second-order stationary points, and checks every claim.
 *
 * @module
 */
import { findBestLinear, type LinearBaseline } from "../../src/baseline/mod.ts";
import { checkClaims, type CheckSettings, type RunName, type StartName, STARTS } from "../../src/train/mod.ts";
import { constraintWarning, type Tallies } from "../../src/claims/mod.ts";
import { type OptionValues, parseOptions, UsageError } from "../../src/cli/mod.ts";
import type { Dataset } from "../../src/data/mod.ts";
import { fastestKernels, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import type { Loss } from "../../src/loss/mod.ts";
import { encodeModel } from "../../src/model/mod.ts";
import { feedForward, type Network, network } from "../../src/nn/mod.ts";
import { onlyExamples } from "../../src/objective/mod.ts";
import {
  checkCharts,
  makeVerdict,
  modelName,
  type TimedRun,
  trajectoryCsv,
  type Verdict,
  verdictHtml,
  verdictText,
} from "../../src/report/mod.ts";
import { aboutCheck, checkOptions } from "./_check_options.ts";
import { gatherRuns } from "./_check_runs.ts";
import { type Command, exitCode, printReport } from "./command.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { drive, INTERRUPTED, Interrupted, onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { environmentOf } from "../io/environment.ts";
import { replaceWhole, toJson, writeWhole } from "../io/files.ts";
import { memoryPieces, openPieces, type Pieces } from "../io/pieces.ts";
import { startPool } from "../workers/pool.ts";
import { LANDSCAPE, landscapeOf } from "./_landscape.ts";
import { loadProblem } from "./_problem.ts";
import { startProgress } from "../io/progress.ts";
import type { CheckSetup } from "../workers/check_worker.ts";
import { openRun, runFolder } from "../io/run_folder.ts";
import { checkPieceRule, pieceName } from "./_check_pieces.ts";
import { markOf } from "./_mark.ts";

type Options = OptionValues<typeof checkOptions>;

/** The command. */
export const check: Command = {
  about: aboutCheck,
  run,
};

/** The plan of a check: everything known before the first run. */
interface Plan {
  readonly data: Dataset;
  readonly loss: Loss;
  readonly net: Network;
  readonly linear: LinearBaseline;
  readonly settings: CheckSettings;
  readonly kernels: KernelsName;
}

/** The result of a check. */
interface Finished {
  readonly verdict: Verdict;
  /** Runs that finished, and runs that were requested. */
  readonly finished: number;
  readonly wanted: number;
  readonly interrupted: boolean;
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, checkOptions);
  const folder = options.out ?? runFolder("check");
  const { verdict, finished, wanted, interrupted } = await perform(args, options, folder);
  printReport(verdict, verdictText, options, folder);
  warnOfShortDescents(verdict, options);
  if (interrupted) {
    console.error(
      `resland check: interrupted after ${finished} of ${wanted} runs; resume it with the same options and --out ${folder}`,
    );
    return INTERRUPTED;
  }
  // With --no-descend no stationary point is promised, so a claim may be undecided.
  return exitCode(verdict.verdict, options.require ?? (options["no-descend"] ? null : "holds"));
}

function warnOfShortDescents({ runs }: Verdict, options: Options): void {
  const short = runs.filter(({ descent }) => descent.end === "out-of-steps").length;
  if (short === 0) return;
  const most = options["descent-steps"];
  console.error(
    `resland check: warning: the descent of ${short} of ${runs.length} runs ended after ${most} steps, before a second-order ` +
      `stationary point; try --descent-steps ${10 * most}`,
  );
}

/** Bytes that the report of a run takes at least. */
const RUN = 2048;

/** Runs a check and saves it, where a folder is given; prints nothing but progress. */
export async function perform(args: readonly string[], options: Options, folder: string | null): Promise<Finished> {
  refuseOverMemory({ beside: options.seeds * options.starts.length * RUN }, "use fewer --seeds");
  const names = namesOf(options);
  if (isConstrained(options)) console.error(`resland check: warning: ${constraintWarning(options)}`);
  const cores = options.workers ?? navigator.hardwareConcurrency;
  const workers = Math.min(cores, names.length);
  // Fewer runs than cores: each run gets several threads, for steps that are large enough.
  const threads = Math.floor(cores / workers);
  refuseOverMemory({ workers, threads }, "use fewer --workers");
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  using pool = startPool<CheckSetup, RunName, TimedRun>("check", workers);
  const plan = await unlessInterrupted(prepare(options, { workers, threads }, signal), signal);
  const pieces = folder === null ? memoryPieces<TimedRun>() : await openCheck(folder, args, options, plan, names);
  const setup: CheckSetup = {
    body: plan.net.body.toJson(),
    settings: plan.settings,
    examples: onlyExamples(plan.data),
    linear: plan.linear,
    loss: plan.loss.name,
    kernels: plan.kernels,
    threads,
  };
  const before = pieces.names.size;
  const progress = startProgress(options.quiet);
  await pool.each({
    setup,
    jobs: names.filter((name) => !pieces.names.has(pieceName(name))),
    onProgress: (more) =>
      progress.update((before + more) / names.length, `${Math.floor(before + more)} of ${names.length} runs`),
    onResult: async (result) => {
      if (folder !== null) await writeWhole(`${folder}/${modelName(result)}`, modelOf(plan, result));
      await pieces.save(pieceName(result), result);
    },
    signal,
  });
  progress.done();
  const [finished, wanted] = [pieces.names.size, names.length];
  // Only an interrupt leaves none.
  if (finished === 0) throw new Interrupted();
  const verdict = await conclude(
    folder,
    plan,
    pieces,
    names.filter((name) => pieces.names.has(pieceName(name))),
    options,
  );
  if (finished === wanted) await pieces.clear();
  return { verdict, finished, wanted, interrupted: finished < wanted };
}

/** The verdict on the runs that are finished, one in memory at a time; writes what they show, the verdict last. */
async function conclude(
  folder: string | null,
  plan: Plan,
  pieces: Pieces<TimedRun>,
  names: readonly RunName[],
  options: Options,
): Promise<Verdict> {
  await using trajectory = folder === null ? null : await replaceWhole(`${folder}/trajectory.csv`);
  await trajectory?.write(trajectoryCsv([]));
  const { ends, tallies, curves, best } = await gatherRuns(
    pieces,
    names,
    async (rows) => await trajectory?.write(rows),
  );
  await trajectory?.finish();
  const verdict = verdictOf(plan, ends, tallies, options);
  if (folder === null) return verdict;
  const landscape = await landscapeOfBest(plan, best);
  if (landscape !== null) await writeWhole(`${folder}/${LANDSCAPE}`, landscape);
  const page = verdictHtml(verdict, {
    charts: checkCharts(curves, plan.linear.value),
    pictures: landscape === null ? [] : [landscape],
  });
  await writeWhole(`${folder}/report.html`, page);
  await writeWhole(`${folder}/verdict.json`, toJson(verdict));
  return verdict;
}

/** Makes the folder of a check, or finds the runs that an unfinished one has finished. */
async function openCheck(
  folder: string,
  args: readonly string[],
  options: Options,
  plan: Plan,
  names: readonly RunName[],
): Promise<Pieces<TimedRun>> {
  const { x, y, weights } = plan.data;
  const settings = configOf(options, plan);
  const mark = await markOf([x.data, y, ...weights ? [weights] : []], JSON.stringify(settings));
  const also = { arguments: args, workers: options.workers ?? "auto" };
  await openRun(folder, { settings: { command: "check", ...settings, mark }, also }, "verdict.json");
  const rule = checkPieceRule(await loadKernels(plan.kernels), plan, names);
  const pieces = await openPieces(folder, mark, names.map(pieceName), rule);
  if (pieces.names.size > 0) {
    console.error(
      `resland check: ${pieces.names.size} of ${names.length} runs are those of ${folder}, not run again`,
    );
  }
  return pieces;
}

/** Whether training minimises something else than F. */
const isConstrained = ({ penalty, ball }: Options): boolean => penalty !== null || ball !== null;

async function prepare(
  options: Options,
  crew: { readonly workers: number; readonly threads: number },
  signal: AbortSignal,
): Promise<Plan> {
  const { data, loss } = await loadProblem(options);
  const theta = feedForward(data.x.cols, options);
  const net = network(data.x.cols, theta);
  refuseOverMemory(
    { ...crew, rows: data.x.rows, inputs: net.d, features: net.k },
    "use a smaller --width, fewer columns or fewer --workers",
  );
  const kernels = options.kernels ?? fastestKernels();
  const linear = await drive(
    findBestLinear(await loadKernels(kernels), loss, data, { radius: options.radius }),
    signal,
  );
  const settings: CheckSettings = {
    epochs: options.epochs,
    batch: options.batch,
    learningRate: options.rate,
    epsilon: options.epsilon,
    descend: !options["no-descend"] && !isConstrained(options),
    descentSteps: options["descent-steps"],
    dtype: options.dtype,
    radius: options.radius,
    penalty: options.penalty,
    ball: options.ball,
  };
  return { data, loss, net, linear, settings, kernels };
}

function namesOf({ seed, seeds, starts }: Options): readonly RunName[] {
  if (!Number.isSafeInteger(seed + seeds)) throw new UsageError(`--seed ${seed} is too large`);
  return Array.from({ length: seeds }, (_, i) => starts.map((start: StartName) => ({ seed: seed + i, start }))).flat();
}

/** The loss around the best of the ends; null where it is not drawn. */
async function landscapeOfBest(
  { data, loss, net, linear, kernels }: Plan,
  best: Float64Array | null,
): Promise<string | null> {
  if (best === null) return null;
  const trained = { net, params: best, loss, examples: data, ridge: null, linear: linear.value };
  return landscapeOf(await loadKernels(kernels), trained);
}

function modelOf({ data, loss, net }: Plan, { params }: TimedRun): Uint8Array {
  return encodeModel({ ...data, net, params, loss });
}

function verdictOf(plan: Plan, ends: readonly TimedRun[], tallies: Tallies, options: Options): Verdict {
  const { data, loss, net, linear, kernels } = plan;
  return makeVerdict({
    data,
    net,
    loss: loss.name,
    linear,
    runs: ends,
    claims: checkClaims(plan, ends, tallies),
    environment: environmentOf(kernels, options.dtype),
  });
}

/** The settings of the run, defaults filled in, and what the starts mean. */
function configOf(options: Options, { data, loss, net, kernels, settings }: Plan): Record<string, unknown> {
  const { seed, seeds, starts } = options;
  return {
    data: options.data ?? data.source,
    target: data.targets[0],
    features: data.features,
    loss: loss.name,
    seed,
    seeds,
    starts: Object.fromEntries(starts.map((start: StartName) => [start, STARTS[start]])),
    kernels,
    settings: { theta: net.body, ...settings },
  };
}
