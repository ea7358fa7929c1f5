/**
 * The command `compare`: linear, ridge, networks of several shapes and their average on the same folds, and the simplest of the best as a model.
 *
 * @module
 */
import { loadCharts } from "./_charts.ts";
import { findBestLinear } from "../../src/baseline/mod.ts";
import { parseOptions } from "../../src/cli/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { lossToJson } from "../../src/loss/mod.ts";
import { encodeModel } from "../../src/model/mod.ts";
import {
  compareHtml,
  compareModels,
  type CompareReport,
  compareText,
  type ComparisonOutcome,
  type Contender,
  heldOutFigure,
  problemReport,
} from "../../src/report/mod.ts";
import { averageNetworks, fitWithRidge, type FoldModel, type TrainedNetwork } from "../../src/train/mod.ts";
import { clock } from "../io/clock.ts";
import { environmentOf } from "../io/environment.ts";
import { namesIn, readTensors, toJson, writeWhole } from "../io/files.ts";
import { decodeFold, encodeFold } from "../io/fold_file.ts";
import { drive, Interrupted, onInterrupt } from "../io/interrupt.ts";
import { type Progress, startProgress } from "../io/progress.ts";
import { openRun, runFolder } from "../io/run_folder.ts";
import type { CompareJob, CompareResult, CompareSetup } from "../workers/compare_worker.ts";
import { startPool } from "../workers/pool.ts";
import { aboutCompare, compareOptions } from "./_compare_options.ts";
import {
  calibrationOf,
  type ComparePlan,
  measure,
  planComparison,
  positionsOf,
  predictedWeights,
  shapesOf,
} from "./_compare_plan.ts";
import { type Command, printReport } from "./command.ts";

/** The command. */
export const compare: Command = { about: aboutCompare, run };

/** What a run works with. */
interface Session {
  readonly plan: ComparePlan;
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Models that were fitted, by the name of their file. */
  readonly found: Map<string, readonly FoldModel[]>;
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, compareOptions);
  const started = clock();
  const plan = await planComparison(options);
  const folder = options.out ?? runFolder("compare");
  const names = await openRun(folder, { settings: settingsOf(plan) }, "verdict.json");
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  const found = names.size > 0 ? await finishedFolds(folder) : new Map();
  const session: Session = { plan, folder, progress, signal: interrupt.signal, found };
  const folds = jobsOf(plan, plan.validations.map((_, fold) => fold));
  try {
    await fitAll(session, folds, "models of folds");
    const report = await finish(session, started);
    progress.done();
    printReport(report, compareText, options, folder);
    return 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    progress.done();
    const done = folds.filter((job) => found.has(nameOf(job))).length;
    console.error(
      `resland compare: interrupted after ${done} of ${folds.length} models of folds; resume it with the same options and --out ${folder}`,
    );
    return 3;
  }
}

/** The settings, defaults filled in: what a resumed run must share. */
function settingsOf({ options, data, loss, networks, settings, kernels, inner, mark }: ComparePlan) {
  return {
    command: "compare",
    data: options.data ?? data.source,
    targets: data.targets,
    features: data.features,
    rows: data.x.rows,
    loss: loss.name,
    networks: networks.map(({ name }) => name),
    block: options.block,
    folds: options.folds,
    inner,
    kernels,
    settings,
    mark,
  };
}

/** The linear models and every network of each fold. */
const jobsOf = ({ networks }: ComparePlan, folds: readonly number[]): readonly CompareJob[] =>
  folds.flatMap((fold) => [null, ...networks.keys()].map((shape) => ({ fold, shape })));

/** The file of a job, without its ending. */
const nameOf = ({ fold, shape }: CompareJob): string =>
  `fold-${fold + 1}-${shape === null ? "linear" : `network-${shape + 1}`}`;

const foldFile = (folder: string, name: string): string => `${folder}/folds/${name}.safetensors`;

/** What an interrupted run has kept. */
async function finishedFolds(folder: string): Promise<Map<string, readonly FoldModel[]>> {
  const names = [...await namesIn(`${folder}/folds`)].filter((name) => /^fold-\d+-.*\.safetensors$/.test(name))
    .map((name) => name.slice(0, -".safetensors".length));
  const files = names.map((name) => foldFile(folder, name));
  return new Map(
    await Promise.all(
      names.map(async (name, at) => [name, decodeFold(await readTensors(files[at]), files[at])] as const),
    ),
  );
}

/** Fits what is not there yet, over the cores, and keeps each model as it is finished. */
async function fitAll(
  { plan, folder, progress, signal, found }: Session,
  jobs: readonly CompareJob[],
  what: string,
): Promise<void> {
  const open = jobs.filter((job) => !found.has(nameOf(job)));
  if (open.length === 0) return;
  const { folds, loss, settings, kernels, options: { workers } } = plan;
  const before = jobs.length - open.length;
  using pool = startPool<CompareSetup, CompareJob, CompareResult>(
    "compare",
    Math.min(workers ?? navigator.hardwareConcurrency, open.length),
  );
  await pool.run({
    setup: { loss: lossToJson(loss), folds, shapes: shapesOf(plan), settings, kernels },
    jobs: open,
    onProgress: (done) =>
      progress.update((before + done) / jobs.length, `${Math.floor(before + done)} of ${jobs.length} ${what}`),
    onResult: async (result) => {
      found.set(nameOf(result), result.models);
      await writeWhole(foldFile(folder, nameOf(result)), encodeFold(result.models));
    },
    signal,
  });
  if (signal.aborted) throw new Interrupted();
}

/** A model that is compared, with its predictions of each fold's rows. */
type Compared = Contender & { readonly predictions: readonly Float64Array[] };

/** The models as they enter the comparison, the simplest first. */
function contendersOf({ plan, found }: Session): readonly Compared[] {
  const { networks, data, validations } = plan;
  const ofFolds = (shape: number | null, at: number) =>
    validations.map((_, fold) => found.get(nameOf({ fold, shape }))![at]);
  const contender = (
    models: readonly Pick<FoldModel, "predictions">[],
    about: Omit<Contender, "losses" | "figures">,
  ): Compared => {
    const predictions = models.map((model) => model.predictions);
    return { ...about, ...measure(plan, predictions), predictions };
  };
  const ridgesOf = (models: readonly FoldModel[]) => models.map(({ ridge }) => ridge);
  const linear = (name: "linear" | "ridge", at: number) => {
    const models = ofFolds(null, at);
    const parameters = data.x.cols * data.outputs;
    return contender(models, { name, kind: name, shape: null, parameters, ridges: ridgesOf(models) });
  };
  const members = networks.map((_, shape) => ofFolds(shape, 0));
  const average = validations.map((_, fold) => {
    const [first, ...others] = members.map((models) => models[fold].predictions);
    const sum = (value: number, at: number) => others.reduce((total, one) => total + one[at], value);
    return { predictions: first.map((value, at) => sum(value, at) / members.length) };
  });
  const parameters = networks.reduce((sum, { net }) => sum + net.size, 0);
  return [
    linear("linear", 0),
    linear("ridge", 1),
    ...networks.map(({ name, net, width, depth, activation }, at) =>
      contender(members[at], {
        ...{ name, kind: "network", shape: { width, depth, activation } },
        ...{ parameters: net.size, ridges: ridgesOf(members[at]) },
      })
    ),
    ...members.length < 2
      ? []
      : [contender(average, { name: "ensemble", kind: "ensemble", shape: null, parameters, ridges: [] })],
  ];
}

/** Chooses, fits the chosen model on all rows, and writes it with its report. */
async function finish(session: Session, started: number): Promise<CompareReport> {
  const { plan, folder } = session;
  const { data, loss, settings, kernels, validations, inner } = plan;
  const positions = positionsOf(plan);
  const predicted = positions.flat().length;
  const { figure } = heldOutFigure(loss, data);
  const weights = predictedWeights(plan);
  const trainingRows = predicted * (1 - 1 / validations.length);
  const among = (contenders: readonly Compared[]) =>
    compareModels(contenders.map(({ predictions: _, ...one }) => one), positions, {
      figure,
      trainingRows,
      ...weights && { weights },
    });
  const contenders = contendersOf(session);
  let outcome = among(contenders);
  let fitted = await fitChosen(session, outcome);
  if (fitted === null) {
    // No (W, V) has the average of these networks, as can be with more outputs than inputs: then it cannot be written, nor chosen.
    outcome = among(contenders.filter(({ kind }) => kind !== "ensemble"));
    fitted = await fitChosen(session, outcome);
  }
  const { trained, ridge } = fitted!;
  const { predictions } = contenders.find(({ name }) => name === outcome.chosen)!;
  const report: CompareReport = {
    schema: "resland/compare@1",
    problem: problemReport(data, loss.name, 0),
    folds: { count: validations.length, rows: predicted, inner },
    figure,
    ...outcome,
    model: "model.safetensors",
    ridge,
    training: { seed: settings.seed, epochs: settings.epochs, seconds: (clock() - started) / 1000 },
    environment: environmentOf(kernels, settings.dtype),
  };
  await writeWhole(
    `${folder}/model.safetensors`,
    encodeModel({ ...data, ...trained, loss, ...ridge && { ridge }, calibration: calibrationOf(plan, predictions) }),
  );
  const { comparisonSvg } = await loadCharts();
  const chart = comparisonSvg(report);
  await writeWhole(`${folder}/comparison.svg`, chart);
  await writeWhole(`${folder}/report.html`, compareHtml(report, [chart]));
  await writeWhole(`${folder}/verdict.json`, toJson(report));
  return report;
}

/** The chosen model on all rows, its ridge chosen as in a fold; null where it cannot be written as one network. */
async function fitChosen(
  session: Session,
  { chosen, models: compared }: ComparisonOutcome,
): Promise<{ readonly trained: TrainedNetwork; readonly ridge: FoldModel["ridge"] | null } | null> {
  const { kind } = compared.find(({ name }) => name === chosen)!;
  const { plan, signal, found } = session;
  const { networks, data, loss, settings, folds } = plan;
  const fold = folds.length - 1;
  const wanted = kind === "network" || kind === "ensemble"
    ? [...networks.keys()].filter((at) => kind === "ensemble" || networks[at].name === chosen)
    : [null];
  const jobs = wanted.map((shape) => ({ fold, shape }));
  await fitAll(session, jobs, "models of all rows");
  const models = jobs.map((job) => found.get(nameOf(job))!);
  if (kind === "network") {
    const [{ params, ridge }] = models[0];
    return { trained: { net: networks[wanted[0]!].net, params }, ridge };
  }
  if (kind === "ensemble") {
    const average = averageNetworks(models.map(([{ params }], at) => ({ net: networks[at].net, params })));
    return average && { trained: average, ridge: null };
  }
  const { ridge: { x } } = models[0][kind === "linear" ? 0 : 1];
  const kernels = await loadKernels(plan.kernels);
  const linear = await drive(findBestLinear(kernels, loss, data, { radius: settings.radius }), signal);
  const task = { net: networks[0].net, loss, training: data, heldOut: null, settings };
  const { net, result, ridge } = await drive(
    fitWithRidge(kernels, task, { x, f: null }, data.intercept, linear),
    signal,
  );
  return { trained: { net, params: result.params }, ridge: ridge && { x: ridge.x, f: null } };
}
