/**
 * The command `fit`: one model on a table, with its certificate.
 *
 * @module
 */
import { parseOptions } from "../../src/cli/mod.ts";
import {
  csvRows,
  encodeTable,
  encodeWith,
  groupsOf,
  partsOfGroups,
  partsOfRows,
  takeRows,
} from "../../src/data/mod.ts";
import { certifySteps, headSource, linearNetwork } from "../../src/train/mod.ts";
import { encodeModel, encodeNpy } from "../../src/model/mod.ts";
import { feedForward, network } from "../../src/nn/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import { type Comparison, fitHtml, type FitReport, fitText, FOLD_SCHEMA, historyCsv } from "../../src/report/mod.ts";
import { letGo } from "../../src/tensor/mod.ts";
import { type Command, exitCode, printReport } from "./command.ts";
import { drive, Interrupted, onInterrupt } from "../io/interrupt.ts";
import {
  headOperations,
  type SpareThreads,
  spareThreads,
  startKernels,
  stepsOperations,
} from "../workers/kernel_threads.ts";
import { removeFile, removeFolder, toJson, writeWhole } from "../io/files.ts";
import { lockFolder } from "../io/one_writer.ts";
import { aboutFit, fitOptions } from "./_fit_options.ts";
import { fitOne, type FittedModel, removeCheckpoints, type Session } from "./_fit_model.ts";
import { calibrateOnHeldOut, compareOn, predictionsOn, reportOf } from "./_fit_report.ts";
import { LANDSCAPE, landscapeOf } from "./_landscape.ts";
import { configOf, type FitPlan, groupsIn, prepare, refuseOther, storedOptions, threadsOf } from "./_fit_plan.ts";
import { type Problem, strataOf } from "./_problem.ts";
import { openPieces, PIECES } from "../io/pieces.ts";
import { partOf, type Progress, startProgress } from "../io/progress.ts";
import { startRun } from "../io/run_folder.ts";
import { clock } from "../io/clock.ts";

/** The command. */
export const fit: Command = { about: aboutFit, run };

async function run(args: readonly string[]): Promise<number> {
  const given = parseOptions(args, fitOptions);
  const { options, config, mark } = given.resume === null
    ? { options: given, config: args, mark: null }
    : await storedOptions(args, given);
  const threads = threadsOf(options);
  using spare = await spareThreads(options.data, threads);
  const plan = await prepare(options, given.resume);
  refuseOther(plan, mark);
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  if (given.resume === null) {
    await startRun(plan.folder, configOf(config, plan));
  } else {
    await lockFolder(plan.folder);
  }
  try {
    const report = await train(plan, spare, progress, interrupt.signal);
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

/** Trains, certifies, measures and saves. */
async function train(
  plan: FitPlan,
  spare: SpareThreads,
  progress: Progress,
  signal: AbortSignal,
): Promise<FitReport> {
  const { training, memory, heldOut, settings, folder, loss } = plan;
  const started = clock();
  const { net: { d, k, outputs }, options } = plan;
  using threaded = await startKernels(plan.kernels, {
    threads: threadsOf(options),
    memory,
    operations: headOperations(training.x.rows, d + k, outputs) + stepsOperations(plan.net, training.x.rows, settings),
    spare,
  });
  const { kernels } = threaded;
  const session: Session = { kernels, progress, signal };
  const folds = plan.folded ? await crossValidate(plan, plan.folded, session) : null;
  const { cv } = options;
  const last = plan.folded ? partOf(progress, cv / (cv + 1), 1) : progress;
  const fitted = await fitOne(plan, { ...session, progress: last }, true);
  const { net, result: { params, featureOptimum, evaluation }, ridge, comparator } = fitted;
  const examples = { net, params, loss, examples: training };
  using rows = headSource(kernels, examples);
  const certificate = await drive(
    certifySteps(kernels, examples, { ...settings, rows, linear: comparator, featureOptimum, evaluation, ridge }),
    signal,
  );
  letGo(evaluation.slopes);
  const told = heldOut && predictionsOn(kernels, loss, fitted, heldOut);
  const report = reportOf(kernels, plan, fitted, { certificate, told, folds, started });
  const landscape = landscapeOf(kernels, { ...examples, ridge, linear: comparator.value, features: rows.features });
  const calibration = fitted.calibration ?? (told && calibrateOnHeldOut(loss, told));
  await save(plan, report, { ...fitted, calibration }, landscape);
  await removeCheckpoints(plan);
  await removeFile(`${folder}/regularisation.json`);
  await removeFolder(`${folder}/${PIECES}`);
  return report;
}

async function save(
  plan: FitPlan,
  report: FitReport,
  { net, result, ridge: settledUnder, regularisation, chosenLinear, calibration }: FittedModel,
  landscape: string | null,
): Promise<void> {
  const { training, heldOut, folder, loss, split } = plan;
  const { history, params, path } = result;
  const rest = { ...training, loss, ...split && { split } };
  const ridge = settledUnder && { x: settledUnder.x, f: regularisation?.f ?? null };
  const ofModel = { ...ridge && { ridge }, ...calibration && { calibration: calibration.chosen } };
  const ofLinear = calibration && { calibration: calibration.linear };
  await writeWhole(`${folder}/model.safetensors`, encodeModel({ ...rest, net, params, ...ofModel }));
  await writeWhole(
    `${folder}/linear.safetensors`,
    encodeModel({ ...rest, ...linearNetwork(net.d, chosenLinear.weights), ...ofLinear }),
  );
  await writeWhole(`${folder}/trajectory.csv`, historyCsv(history));
  if (heldOut !== null) {
    const lines = Array.from(heldOut.lines, (line) => [String(line)]);
    await writeWhole(`${folder}/held_out.csv`, csvRows([["line"], ...lines]));
  }
  if (path.length > 0) {
    const rows = new Float64Array(path.length * net.size);
    path.forEach((one, index) => rows.set(one, index * net.size));
    await writeWhole(`${folder}/path.npy`, encodeNpy([path.length, net.size], rows));
  }
  if (landscape !== null) await writeWhole(`${folder}/${LANDSCAPE}`, landscape);
  await writeWhole(
    `${folder}/report.html`,
    fitHtml(report, { history, pictures: landscape === null ? [] : [landscape] }),
  );
  await writeWhole(`${folder}/verdict.json`, toJson(report));
}

/** The held-out figures of each fold; the rows of a fold are read in the units of the others. */
async function crossValidate(
  plan: FitPlan,
  { table, encode, loss }: Problem,
  session: Session,
): Promise<readonly Comparison[]> {
  const { options, settings } = plan;
  const { cv, seed } = options;
  const from = fold(key(seed), "folds");
  const parts = options["group-column"] === null
    ? partsOfRows(table.rows, cv, from, strataOf(table, encode.target, loss.target))
    : partsOfGroups(groupsOf(table, options["group-column"]), cv, from);
  const names = parts.map((_, index) => `fold-${index + 1}`);
  const pieces = await openPieces<Comparison>(plan.folder, `${plan.mark} in ${cv} folds`, names, {
    schema: () => FOLD_SCHEMA,
  });
  const found: Comparison[] = [];
  for (const [index, rows] of parts.entries()) {
    if (pieces.names.has(names[index])) {
      found.push(await pieces.read(names[index]));
      continue;
    }
    const others = parts.filter((part) => part !== rows).flat().sort((a, b) => a - b);
    const training = encodeTable(takeRows(table, others), encode);
    const heldOut = encodeWith(takeRows(table, rows), training);
    const net = network(training.x.cols, feedForward(training.x.cols, options), { outputs: training.outputs });
    const part = partOf(session.progress, index / (cv + 1), (index + 1) / (cv + 1));
    const progress: Progress = { ...part, update: (share) => part.update(share, `fold ${index + 1} of ${cv}`) };
    const groups = groupsIn(table, training, options["group-column"]);
    const work = {
      ...plan,
      training,
      heldOut: null,
      groups,
      net,
      settings: { ...settings, keepPath: false, patience: null },
    };
    const fitted = await fitOne(work, { ...session, progress }, false);
    found.push(compareOn(session.kernels, loss, fitted, heldOut));
    await pieces.save(names[index], found[index]);
  }
  return found;
}
