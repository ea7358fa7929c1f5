import { type BaselineOptions, findBestLinear } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, rowLosses } from "../loss/mod.ts";
import { createLinearObjective } from "../objective/mod.ts";
import type { RowSource, Vector } from "../tensor/mod.ts";
import type {
  BestPredictor,
  FeatureRows,
  FeatureTask,
  MeasuredPredictor,
  PredictorValues,
} from "./certify_features_types.ts";
import type { FeatureTable } from "./feature_table.ts";

/**
 * Bytes of rows that stay in kernel memory: writing features anew on every pass costs less than a pass, and they are held already. The share of
 * the usual products with the data that a head of many weights gets.
 */
const [RESIDENT, EFFORT] = [1 << 22, 0.15];

/** Some rows of an array. */
export function rowsOf({ cols, data }: FeatureTable, picked: Uint32Array | null): Vector {
  if (picked === null) return Float64Array.from(data);
  const out = new Float64Array(picked.length * cols);
  picked.forEach((row, i) => out.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return out;
}

/** The mean. */
export const mean = (values: Vector): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A predictor's losses. */
export function measured(loss: AnyLoss, task: FeatureTask, m: number, values: PredictorValues): MeasuredPredictor {
  const losses = {
    training: rowLosses(loss, values.training, task.training.y, m),
    heldOut: values.heldOut && rowLosses(loss, values.heldOut, task.heldOut!.y, m),
  };
  return Object.freeze({
    values,
    losses,
    training: mean(losses.training),
    heldOut: losses.heldOut && mean(losses.heldOut),
  });
}

/** The best predictor that is linear in some columns, and what it predicts. */
export function* best(
  kernels: Kernels,
  task: FeatureTask,
  columns: (part: FeatureRows) => RowSource,
  options: BaselineOptions,
): Generator<number, BestPredictor> {
  const { loss, training, heldOut } = task;
  const rows = { source: columns(training), y: training.y };
  const { factor: _, ...optimum } = yield* findBestLinear(kernels, loss, rows, {
    radius: Infinity,
    resident: RESIDENT,
    effort: EFFORT,
    ...options,
  });
  const predict = (part: FeatureRows): Vector => {
    using objective = createLinearObjective(kernels, loss, { source: columns(part), y: part.y });
    return objective.project(optimum.weights);
  };
  const values = { training: predict(training), heldOut: heldOut && predict(heldOut) };
  const found = measured(loss, task, training.y.length / training.x.rows, values);
  return Object.freeze({ ...found, training: optimum.value, optimum });
}
