import type { Dataset } from "../../src/data/mod.ts";
import type { Kernels, KernelsName } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { calibrate, type Calibration } from "../../src/model/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import { onlyExamples } from "../../src/objective/mod.ts";
import type { Vector } from "../../src/tensor/mod.ts";
import {
  chooseFromFolds,
  type FitEvent,
  type FitSettings,
  type Folds,
  type LinearStage,
  networkFold,
  type RidgeChoice,
  ridgeFolds,
  seedOf,
  STRENGTHS_F,
  takeExamples,
  validateLinear,
} from "../../src/train/mod.ts";
import { validateFolds, type ValidationReport } from "../../src/report/mod.ts";
import { drive, Interrupted } from "../io/interrupt.ts";
import { allPieces, type PieceRule, type Pieces } from "../io/pieces.ts";
import type { Progress } from "../io/progress.ts";
import type { FoldJob, FoldSetup, FoundFold } from "../workers/fold_worker.ts";
import { startPool } from "../workers/pool.ts";

/** What a ridge is chosen for. */
export interface RidgeTask {
  readonly net: Network;
  readonly loss: AnyLoss;
  readonly training: Pick<
    Dataset,
    "x" | "y" | "weights" | "outputs" | "intercept" | "standardisation" | "classes" | "targets"
  >;
  /** The group of each row; folds keep the rows of a group together. Null for none. */
  readonly groups: readonly string[] | null;
  readonly settings: FitSettings;
  readonly kernels: KernelsName;
  readonly workers: number;
  /** Opens the folds that are kept for a run that may be interrupted; null where none are. */
  readonly keep: ((names: readonly string[], problem: FoldProblem) => Promise<Pieces<FoldPredictions>>) | null;
}

/** What is wrong with the predictions of a fold, by its name. */
type FoldProblem = NonNullable<PieceRule<FoldPredictions>["problem"]>;

/** The predictions of a fold: for each strength on x, and on f. */
export type FoldPredictions = readonly (readonly Vector[])[];

/** A choice, with how the rows were left out and what was predicted for them. */
export interface ChosenRidge extends Omit<RidgeChoice, "predictions"> {
  /** Folds of each partition; 1 for one held-out split. */
  readonly folds: number;
  /** Partitions of the rows into folds, over which losses are averaged. */
  readonly partitions: number;
  /** Rows that were predicted by models that were not fitted on them. */
  readonly rows: number;
  /** The model chosen beside linear ones on those rows. */
  readonly validation: ValidationReport;
  /** What those rows say of predictions: of the model chosen, and of the linear model that would be chosen. */
  readonly calibration: { readonly chosen: Calibration; readonly linear: Calibration };
}

/** The choice as plain data, with what it is worth on the rows left out. */
function chosenOf(
  { loss, training }: RidgeTask,
  { predictions, ...choice }: RidgeChoice,
  { places, predicted }: Folds,
): ChosenRidge {
  const [folds, partitions, rows] = [places[0].length, places.length, predicted.length];
  const { y, weights } = takeExamples(training, predicted);
  const found = { ...choice, predictions, y, places, rows, folds, ...weights && { weights } };
  const validation = validateFolds(loss, training, found);
  // Errors of one partition: in each of them every row is there once.
  const on = validation.on;
  const calibrated = ([first]: readonly Vector[]) =>
    calibrate(loss, training, { on, predictions: first, y, folds: places[0], ...weights && { weights } });
  const calibration = { chosen: calibrated(predictions.chosen), linear: calibrated(predictions.chosenLinear) };
  return { ...choice, folds, partitions, rows, validation, calibration };
}

/** Folds train as the model does, but to the last epoch, and keep nothing. */
const forFolds = (settings: FitSettings): FitSettings => ({ ...settings, keepPath: false, patience: null });

/** Chooses the ridge by 5-fold cross-validation, repeated with another partition, theta trained anew in each fold, the folds over the cores. */
export async function chooseRegularisation(
  kernels: Kernels,
  task: RidgeTask,
  progress: Progress,
  signal: AbortSignal,
): Promise<ChosenRidge> {
  const { loss, training, settings } = task;
  const folds = ridgeFolds(loss, training, settings.seed, task.groups);
  progress.update(0, "cross-validation of linear models");
  const stage = await drive(validateLinear(kernels, loss, training, training.intercept, folds), signal);
  const choice: Choice = { task, folds, stage, progress, signal };
  const predictions = folds.rows.length === 1 ? [await predictSplit(kernels, choice)] : await predictFolds(choice);
  return chosenOf(task, chooseFromFolds(loss, folds, stage, predictions), folds);
}

/** What is known when networks are tried. */
interface Choice {
  readonly task: RidgeTask;
  readonly folds: Folds;
  /** What linear models found. */
  readonly stage: LinearStage;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The predictions on the one split of a large table: every thread helps with its steps, and no worker copies the rows. */
async function predictSplit(
  kernels: Kernels,
  { task, folds, stage, progress, signal }: Choice,
): Promise<FoldPredictions> {
  const { net, loss, settings } = task;
  const [rows] = folds.rows;
  const parts = {
    training: takeExamples(task.training, rows.training),
    validation: takeExamples(task.training, rows.validation),
    intercept: task.training.intercept,
  };
  const one = { net, loss, training: parts.training, heldOut: null, settings: forFolds(settings) };
  const steps = networkFold(kernels, one, parts, stage.strengths, { weights: stage.weights[0] });
  return await drive(steps, signal, (event: FitEvent) => progress.update(event.share, "held-out split"));
}

/** The predictions of every fold, over the cores; those that an interrupted run kept are not made again. */
async function predictFolds({ task, folds, stage, progress, signal }: Choice): Promise<readonly FoldPredictions[]> {
  const { net, loss, training } = task;
  const settings = forFolds(task.settings);
  const names = folds.rows.map((_, index) => `ridge-${index + 1}`);
  const kept = await task.keep?.(names, (predictions, name) => {
    const length = folds.rows[names.indexOf(name)].validation.length * net.outputs;
    return isWhole(predictions, stage.strengths.length, length)
      ? null
      : "it does not have a prediction for each row and strength";
  }) ?? null;
  const found = kept ? await allPieces(kept) : new Map<string, FoldPredictions>();
  const open = names.flatMap((name, index) => found.has(name) ? [] : [index]);
  const [before, count] = [found.size, names.length];
  using pool = startPool<FoldSetup, FoldJob, FoundFold>("fold", Math.min(task.workers, open.length));
  await pool.run({
    setup: {
      ...{ body: net.body.toJson(), loss: loss.name, examples: onlyExamples(training), intercept: training.intercept },
      ...{ settings, strengths: stage.strengths, kernels: task.kernels },
    },
    jobs: open.map((index) => ({
      ...folds.rows[index],
      name: names[index],
      weights: stage.weights[index],
      seed: seedOf(task.settings, folds, index),
    })),
    onProgress: (done) =>
      progress.update((before + done) / count, `cross-validation, ${Math.floor(before + done)} of ${count} folds`),
    onResult: async ({ name, predictions }) => {
      found.set(name, predictions);
      await kept?.save(name, predictions);
    },
    signal,
  });
  if (signal.aborted) throw new Interrupted();
  return names.map((name) => found.get(name)!);
}

/** Whether there is a prediction of so many numbers for each strength on x and each on f. */
const isWhole = (predictions: FoldPredictions, strengths: number, length: number): boolean =>
  predictions.length === strengths &&
  predictions.every((few) =>
    few.length === STRENGTHS_F.length && few.every((one) => one instanceof Float64Array && one.length === length)
  );
