import type { Dataset } from "../../src/data/mod.ts";
import { holdOut, partsOfRows } from "../../src/data/mod.ts";
import type { Kernels, KernelsName } from "../../src/kernels/mod.ts";
import { type AnyLoss, isJoint } from "../../src/loss/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import type { Vector } from "../../src/tensor/mod.ts";
import {
  chooseRidge,
  type FitSettings,
  linearFold,
  type RidgeChoice,
  STRENGTHS_X,
  strengthsToTry,
  takeExamples,
} from "../../src/train/mod.ts";
import { drive, Interrupted } from "../io/interrupt.ts";
import type { Progress } from "../io/progress.ts";
import type { FoldJob, FoldSetup } from "../workers/fold_worker.ts";
import { startPool } from "../workers/pool.ts";

/** What a ridge is chosen for. */
export interface RidgeTask {
  readonly net: Network;
  readonly loss: AnyLoss;
  readonly training: Pick<Dataset, "x" | "y" | "outputs" | "intercept">;
  readonly settings: FitSettings;
  readonly kernels: KernelsName;
  readonly workers: number;
}

/** A choice, with how the rows were left out and what was predicted for them. */
export interface ChosenRidge extends RidgeChoice {
  /** Folds; 1 for one held-out split. */
  readonly folds: number;
  /** Rows that were predicted by models that were not fitted on them. */
  readonly rows: number;
}

/** Folds of the cross-validation; with more rows than this, one held-out split of as many rows stands in for them. */
const [FOLDS, MANY] = [5, 20_000];

/** The share of the rows that the split holds out, up to {@linkcode MANY} rows. */
const SHARE = 0.2;

/** The positions of each fold's rows, and the rows in that order. */
function foldsOf({ loss, training, settings: { seed } }: RidgeTask): readonly (readonly number[])[] {
  const rows = training.x.rows;
  const from = fold(key(seed), "regularise");
  const strata = strataOf(loss, training);
  if (rows > MANY) return [holdOut(rows, Math.min(SHARE, MANY / rows), from, strata).heldOut];
  return partsOfRows(rows, Math.min(FOLDS, rows), from, strata);
}

/** The class of each row; null for numbers. */
function strataOf(loss: AnyLoss, { y, outputs: m }: RidgeTask["training"]): readonly string[] | null {
  if (!loss.target.startsWith("class")) return null;
  if (!isJoint(loss)) return Array.from(y, String);
  return Array.from({ length: y.length / m }, (_, i) => String(y.subarray(i * m, (i + 1) * m).indexOf(1)));
}

/** Chooses the ridge by 5-fold cross-validation, theta trained anew in each fold, the folds over the cores. */
export async function chooseRegularisation(
  kernels: Kernels,
  task: RidgeTask,
  progress: Progress,
  signal: AbortSignal,
): Promise<ChosenRidge> {
  const { net, loss, training, settings } = task;
  const { intercept, outputs: m } = training;
  const folds = foldsOf(task);
  const all = Array.from({ length: training.x.rows }, (_, row) => row);
  const rows = folds.map((validation) => {
    const left = new Set(validation);
    return { training: all.filter((row) => !left.has(row)), validation };
  });
  // The rows that are predicted, in ascending order, and where each fold's are among them.
  const predicted = folds.flat().sort((a, b) => a - b);
  const place = new Map(predicted.map((row, at) => [row, at]));
  const places = folds.map((validation) => validation.map((row) => place.get(row)!));
  const y = takeExamples(training, predicted).y;
  const empty = () => new Float64Array(predicted.length * m);
  const fill = (to: Vector, values: Vector, index: number) =>
    places[index].forEach((at, i) => to.set(values.subarray(i * m, (i + 1) * m), at * m));

  const linear = STRENGTHS_X.map(empty);
  const paths: (readonly { readonly weights: Vector; readonly predictions: Vector }[])[] = [];
  for (const [index, one] of rows.entries()) {
    progress.update(0, `linear models, fold ${index + 1} of ${rows.length}`);
    const parts = {
      training: takeExamples(training, one.training),
      validation: takeExamples(training, one.validation),
    };
    const path = await drive(linearFold(kernels, loss, { ...parts, intercept }), signal);
    path.forEach(({ predictions }, at) => fill(linear[at], predictions, index));
    paths.push(path);
  }
  const found = { y, folds: places, linear };
  const strengths = strengthsToTry(loss, found);
  const start = STRENGTHS_X.indexOf(strengths[Math.min(1, strengths.length - 1)]);
  using pool = startPool<FoldSetup, FoldJob, readonly (readonly Vector[])[]>(
    "fold",
    Math.min(task.workers, rows.length),
  );
  const results = await pool.run({
    setup: {
      body: net.body.toJson(),
      loss: loss.name,
      examples: { x: training.x, y: training.y },
      intercept,
      settings: { ...settings, keepPath: false, patience: null },
      strengths,
      kernels: task.kernels,
    },
    jobs: rows.map((one, index) => ({ ...one, weights: paths[index][start].weights })),
    onProgress: (done) => progress.update(done / (rows.length + 1), `cross-validation, ${rows.length} folds`),
    signal,
  });
  if (signal.aborted) throw new Interrupted();
  const networks = results[0]!.map((row) => row.map(empty));
  results.forEach((result, index) =>
    result!.forEach((row, i) => row.forEach((values, j) => fill(networks[i][j], values, index)))
  );
  return { ...chooseRidge(loss, found, strengths, networks), folds: folds.length, rows: predicted.length };
}
