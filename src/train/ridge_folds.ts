import { findBestLinear, ridgePath } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, rowLosses, squared } from "../loss/mod.ts";
import {
  createLinearObjective,
  type Examples,
  featureRows,
  type LinearObjective,
  ridgeOnColumns,
} from "../objective/mod.ts";
import { relay } from "../tensor/internal.ts";
import { collectRows, joinColumns, type Matrix, matrix, productTransposed, type Vector } from "../tensor/mod.ts";
import type { FitEvent, FitTask } from "./fit_types.ts";
import { headSource, rowsOf } from "./head_source.ts";
import { trainFeatures } from "./train_features.ts";

/**
 * Strengths on the weights of x that are tried, the strongest first; the last is none: the best linear predictor, or where none is the best (separable
 * classes) that under {@linkcode WEAKEST}.
 */
export const STRENGTHS_X: readonly number[] = Object.freeze([3, 1, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-6, 1e-8, 0]);

/** The weakest ridge on the weights of x: no more than a guard where no linear predictor is the best. */
export const WEAKEST: number = STRENGTHS_X[STRENGTHS_X.length - 2];

/** Strengths on the weights of f that are tried, the strongest first. */
export const STRENGTHS_F: readonly number[] = Object.freeze([3, 1, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-6]);

/** The rows of a fold: those to train on, and those to predict. */
export interface Fold {
  /** Rows to train on. */
  readonly training: Examples;
  /** Rows to predict. */
  readonly validation: Examples;
  /** Whether the first column of x is the intercept. */
  readonly intercept: boolean;
}

/**
 * Some rows of examples.
 *
 * @param examples Inputs [n, d] and targets [n, m].
 * @param rows Which rows.
 * @returns Copies of them.
 * @example The second of two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [5, 6]), y: Float64Array.of(1, 2) };
 * assertEquals(takeExamples(examples, [1]).y, Float64Array.of(2));
 * ```
 */
export function takeExamples({ x, y, weights }: Examples, rows: ArrayLike<number>): Examples {
  const [d, m] = [x.cols, y.length / x.rows];
  const [inputs, targets] = [new Float64Array(rows.length * d), new Float64Array(rows.length * m)];
  for (let i = 0; i < rows.length; i++) {
    inputs.set(x.data.subarray(rows[i] * d, (rows[i] + 1) * d), i * d);
    targets.set(y.subarray(rows[i] * m, (rows[i] + 1) * m), i * m);
  }
  const own = weights && Float64Array.from(rows, (row) => weights[row]);
  return { x: matrix(rows.length, d, inputs), y: targets, ...own && { weights: own } };
}

/**
 * What ridge-regularised linear predictors, fitted on the training rows of a fold, predict on its other rows, for each of
 * {@linkcode STRENGTHS_X}.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param fold The rows.
 * @returns A generator that yields as it works, and returns for each strength the weights [m, d] and the predictions [rows, m].
 * @example One row to predict
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const training = { x: matrix(2, 2, [1, -1, 1, 1]), y: Float64Array.of(0, 2) };
 * const validation = { x: matrix(1, 2, [1, 0]), y: Float64Array.of(1) };
 * const steps = linearFold(await loadKernels("simd"), squared, { training, validation, intercept: true });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value.map(({ predictions }) => predictions.length), STRENGTHS_X.map(() => 1));
 * ```
 */
export function* linearFold(
  kernels: Kernels,
  loss: AnyLoss,
  { training, validation, intercept }: Fold,
): Generator<number, readonly { readonly weights: Vector; readonly predictions: Vector }[]> {
  const d = training.x.cols;
  using objective = createLinearObjective(kernels, loss, training);
  const ridges = STRENGTHS_X.slice(0, -1).map((x) => ridgeOnColumns({ x, f: 0, intercept }, d, 0));
  const path = yield* ridgePath(objective, ridges);
  const start = path[path.length - 1];
  const best = yield* findBestLinear(kernels, loss, training, { start });
  return [...path, best.attained ? best.weights : start].map((weights) => ({
    weights,
    predictions: predictionsOf(kernels, validation.x, weights),
  }));
}

/**
 * What networks predict on the held-out rows of a fold: theta is trained anew on the other rows, then (W, V) settles under each ridge.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the training rows of the fold and the settings.
 * @param fold The rows.
 * @param strengths Strengths on x that are tried, the strongest first, each with all of {@linkcode STRENGTHS_F}.
 * @param linear A linear predictor to start from, and to measure against.
 * @returns A generator that yields what a fit says, and returns the predictions [rows, m] for each strength on x and each on f; NaN of strengths that
 * were not tried, since a stronger one already had 1.5 times the least loss on these rows. (Of the squared loss all are.)
 * @example Two strengths on x, one row to predict
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS } from "@resland/resland/train";
 * const training = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const validation = { x: matrix(1, 2, [1, 2]), y: Float64Array.of(3) };
 * const settings = { ...FIT_DEFAULTS, epochs: 1 };
 * const task = { net: network(2, dense(2, 1)), loss: squared, training, heldOut: null, settings };
 * const fold = { training, validation, intercept: true };
 * const steps = networkFold(await loadKernels("simd"), task, fold, [1, 0.1], { weights: new Float64Array(2) });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value.map((row) => row.map(({ length }) => length)), [1, 0.1].map(() => STRENGTHS_F.map(() => 1)));
 * ```
 */
export function* networkFold(
  kernels: Kernels,
  task: FitTask,
  { training, validation, intercept }: Fold,
  strengths: readonly number[],
  linear: { readonly weights: Vector },
): Generator<FitEvent, readonly (readonly Vector[])[]> {
  const { loss } = task;
  const { net, params } = yield* trainFeatures(kernels, { ...task, training, heldOut: null }, linear);
  using rows = headSource(kernels, { net, params, loss, examples: training });
  using objective = createLinearObjective(kernels, loss, rowsOf(rows.source, training));
  using features = featureRows(kernels, net, params, validation.x);
  const both = joinColumns(validation.x, collectRows(kernels.memory, features));
  const out: (readonly Vector[])[] = [];
  let start: Vector | undefined;
  for (const [index, x] of strengths.entries()) {
    const ridges = STRENGTHS_F.map((f) => ridgeOnColumns({ x, f, intercept }, net.d, net.k));
    const steps = pathWhileUseful(kernels, objective, ridges, { x: both, y: validation.y }, start);
    const share = 0.8 + 0.2 * index / strengths.length;
    const found: Found = yield* relay(steps, () => ({ kind: "settle", share } as const));
    // The next strength on x begins where this one did.
    start = found.first;
    out.push(found.predictions);
  }
  return out;
}

/** A path ends where the loss of the rows left out has risen to more than so many times its least. */
const RISE = 1.5;

/** The predictor under the strongest ridge, and the predictions under each. */
interface Found {
  readonly first: Vector;
  readonly predictions: readonly Vector[];
}

/** Predictions of the rows left out under each ridge, the strongest first; NaN behind the end of the path, whose predictors take most of the time. */
function* pathWhileUseful(
  kernels: Kernels,
  objective: LinearObjective,
  ridges: readonly Vector[],
  { x, y }: Examples,
  start: Vector | undefined,
): Generator<number, Found> {
  const { loss } = objective;
  if (loss === squared) {
    // One matrix serves them all.
    const path = yield* ridgePath(objective, ridges, start);
    return { first: path[0], predictions: path.map((weights) => predictionsOf(kernels, x, weights)) };
  }
  const [path, predictions]: [Vector[], Vector[]] = [[], []];
  let least = Infinity;
  for (const ridge of ridges) {
    const [weights] = yield* ridgePath(objective, [ridge], path.at(-1) ?? start);
    path.push(weights);
    predictions.push(predictionsOf(kernels, x, weights));
    const losses = rowLosses(loss, predictions[predictions.length - 1], y, objective.outputs);
    const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length;
    if (mean > RISE * least) break;
    least = Math.min(least, mean);
  }
  while (predictions.length < ridges.length) predictions.push(new Float64Array(y.length).fill(NaN));
  return { first: path[0], predictions };
}

/** `X Wᵀ` [n, m]. */
function predictionsOf(kernels: Kernels, x: Matrix, weights: Vector): Vector {
  return productTransposed(kernels, x, matrix(weights.length / x.cols, x.cols, weights)).data;
}
