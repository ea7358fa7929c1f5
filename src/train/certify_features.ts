import { InternalFault } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import {
  extendFactor,
  type Factor,
  factorRows,
  leadingFactor,
  type Matrix,
  matrix,
  matrixRows,
  type RowSource,
  ShapeError,
  sideBySide,
  sketchFactor,
  type Vector,
} from "../tensor/mod.ts";
import type { CertifiedFeatures, CertifyFeaturesOptions, FeatureRows, FeatureTask } from "./certify_features_types.ts";
import { convexBound } from "./convex_bound.ts";
import { EPSILON, RADIUS } from "./defaults.ts";
import { type FeatureTable, withConstant } from "./feature_table.ts";
import { featureUnits } from "./feature_units.ts";
import { best, measured, rowsOf } from "./_feature_predictors.ts";
import { fitPredictions, gradientAlong, lastLayerOf } from "./_last_layer.ts";
import { areUnrelated } from "./_unrelated.ts";

/**
 * Certifies any model from what it computes at the rows of a table, without knowing what it is. With f(x) at its last hidden layer and the
 * predictions p: its loss against the best linear predictor, with the convex certificate; the best last layer on the features alone, and with a
 * skip from x (min H), each with a lower bound that proves it the best; whether the last layer has converged; and which features are of
 * no use. Everything in f64, on the rows that are given as training rows, and measured again on those held out.
 *
 * Cost: `2 n k²` flops for the factor of the features, `8 n k d` more for that with x, and some tens of products with the data.
 *
 * @param kernels The kernels to compute with.
 * @param task The features, the predictions, the table and the loss.
 * @param options What counts as converged, and how large comparators may be.
 * @returns A generator that yields as it works, and returns what is known.
 * @throws {ShapeError} If the parts do not fit each other, or there are neither features nor predictions.
 * @throws {InternalFault} Where the numbers contradict each other.
 * @example A ReLU that sees only half of a linear truth: no last layer on it is as good as linear, and a skip repairs it
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(4, 2, [1, -2, 1, -1, 1, 1, 1, 2]);
 * const training = { x, y: Float64Array.of(-2, -1, 1, 2), picked: null };
 * const features = { rows: 4, cols: 1, data: Float64Array.of(0, 0, 1, 2), precision: 2 ** -53 };
 * const task = { loss: squared, training, heldOut: null, features, predictions: null };
 * const steps = certifyFeatures(await loadKernels("simd"), task);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * const { linear, head, skip } = step.value;
 * assert(head.training > linear.training + 0.1 && skip.training < 1e-20);
 * ```
 */
export function* certifyFeatures(
  kernels: Kernels,
  task: FeatureTask,
  options: CertifyFeaturesOptions = {},
): Generator<number, CertifiedFeatures> {
  const { loss, training, heldOut, predictions } = task;
  const { epsilon = EPSILON, radius = RADIUS } = options;
  const features = task.features ?? predictions;
  if (features === null) throw new ShapeError("certify a model", "features or predictions", "neither");
  const m = training.y.length / training.x.rows;
  check(task, m);
  const columns = columnsOf(kernels, features);
  const constant = yield* best(kernels, task, columns.ones, {});
  const linear = yield* best(kernels, task, columns.x, { radius, effort: 1 });
  const model = predictions === null ? null : measured(loss, task, m, {
    training: rowsOf(predictions, training.picked),
    heldOut: heldOut && rowsOf(predictions, heldOut.picked),
  });
  const unrelated = model !== null && model.training > constant.training &&
    (yield* areUnrelated(kernels, columns.x(training), model.values.training));
  const own = columns.plain(training);
  const { alone, whole } = yield* factorsOf(kernels, {
    own,
    both: columns.both(training),
    rest: () => columns.rest(training),
  });
  const precision = predictions?.precision ?? 0;
  const fit = model === null || task.features === null
    ? null
    : yield* fitPredictions(kernels, loss, own, { factor: alone, p: model.values.training, m, precision });
  // A trained last layer is a better start than none.
  const start = fit?.isLinear && model!.training < constant.training ? fit.weights : null;
  const head = yield* best(kernels, task, columns.plain, { factor: alone, ...start && { start } });
  const skip = yield* best(kernels, task, columns.both, {
    ...whole && { factor: whole },
    start: padded(head.optimum.weights, m, training.x.cols - 1),
  });
  const units = yield* featureUnits(kernels, features, training.picked, alone);
  const lastLayer = fit === null
    ? null
    : lastLayerOf(kernels, task, { own, factor: alone, model: model!, head, fit, epsilon, precision });
  refuseContradictions(loss, { model, linear, head, skip, lastLayer });
  const targets = { y: training.y, outputs: m };
  return Object.freeze({
    outputs: m,
    featuresAre: task.features === null ? "predictions" : "features",
    constant,
    linear,
    model,
    unrelated,
    modelBound: model && convexBound(loss, targets, model.values.training, linear.values.training).bound,
    skipGradientNorm: model && gradientAlong(kernels, task, columns.x(training), model),
    head,
    skip,
    lastLayer,
    units,
  });
}

/** The columns that predictors are linear in, for some rows. */
function columnsOf(kernels: Kernels, features: FeatureTable) {
  const { memory } = kernels;
  const ones = ({ x: { rows } }: FeatureRows) => matrixRows(memory, matrix(rows, 1, new Float64Array(rows).fill(1)));
  const x = (part: FeatureRows) => matrixRows(memory, part.x);
  const rest = (part: FeatureRows) => matrixRows(memory, withoutFirst(part.x));
  const plain = (part: FeatureRows) => withConstant(kernels, features, part.picked);
  const both = (part: FeatureRows) => part.x.cols > 1 ? sideBySide(plain(part), rest(part)) : plain(part);
  return { ones, x, rest, plain, both };
}

/**
 * The factors of `[1 f]` and of `[1 f x]` on the training rows: the leading block of one triangle, sketched where rows are many, or one factor and
 * what x adds to it where columns depend on others. The second is null where it has to be found for itself.
 */
function* factorsOf(
  kernels: Kernels,
  { own, both, rest }: { readonly own: RowSource; readonly both: RowSource; readonly rest: () => RowSource },
): Generator<number, { readonly alone: Factor; readonly whole: Factor | null }> {
  const later = (cols: number) => ({ later: { from: 1, tolerance: Math.max(own.rows, cols) * Number.EPSILON } });
  const sketched = yield* sketchFactor(kernels, both, later(both.cols));
  const leading = sketched && leadingFactor(kernels, sketched, own.cols);
  if (sketched !== null && leading !== null) return { alone: leading, whole: sketched };
  const alone = yield* factorRows(kernels, own, later(own.cols));
  return { alone, whole: both.cols > own.cols ? yield* extendFactor(kernels, alone, own, rest()) : alone };
}

/** Weights [m, k] with `more` zeros to the right of each row. */
function padded(weights: Vector, m: number, more: number): Vector {
  const k = weights.length / m;
  const out = new Float64Array(m * (k + more));
  for (let a = 0; a < m; a++) out.set(weights.subarray(a * k, (a + 1) * k), a * (k + more));
  return out;
}

/** Throws where the parts do not fit each other. */
function check({ training, heldOut, features, predictions }: FeatureTask, m: number): void {
  for (const part of [training, heldOut]) {
    if (part === null) continue;
    const { x, y, picked } = part;
    if (y.length !== x.rows * m) throw new ShapeError("certify a model", `targets [${x.rows}, ${m}]`, `[${y.length}]`);
    for (const table of [features, predictions]) {
      if (table === null) continue;
      const rows = picked?.length ?? table.rows;
      if (rows !== x.rows) throw new ShapeError("certify a model", `[${x.rows}, any]`, `[${rows}, ${table.cols}]`);
    }
  }
  if (predictions !== null && predictions.cols !== m) {
    throw new ShapeError("certify a model", `predictions [any, ${m}]`, `[${predictions.rows}, ${predictions.cols}]`);
  }
}

/** x without its first column, the constant. */
function withoutFirst({ rows, cols, data }: Matrix): Matrix {
  const out = new Float64Array(rows * (cols - 1));
  for (let i = 0; i < rows; i++) out.set(data.subarray(i * cols + 1, (i + 1) * cols), i * (cols - 1));
  return Object.freeze({ rows, cols: cols - 1, data: out });
}

/** Optima over more columns are not above those over fewer, and no loss is below a proved bound: anything else is a fault of a solver. */
function refuseContradictions(
  loss: AnyLoss,
  { model, linear, head, skip, lastLayer }: Pick<CertifiedFeatures, "model" | "linear" | "head" | "skip" | "lastLayer">,
): void {
  if (!loss.convex) return;
  const refuse = (what: string, bound: number | null, value: number) => {
    const slack = 1e-9 * (Math.abs(value) + Math.abs(bound ?? 0)) + 1e-14;
    if (bound === null || !(bound > value + slack)) return;
    throw new InternalFault(`${what} was proved to be at least ${bound}, above a loss of ${value} that it includes`);
  };
  refuse("the loss with a skip", skip.optimum.lowerBound, linear.optimum.value);
  refuse("the loss with a skip", skip.optimum.lowerBound, head.optimum.value);
  // Predictions that are linear in the features to float32 only may be below the best last layer by their rounding.
  if (model !== null && lastLayer?.isLinear && lastLayer.residual <= 1e-12) {
    refuse("the loss of the best last layer", head.optimum.lowerBound, model.training);
  }
}
