import { findBestLinear, type LinearOptimum } from "../baseline/mod.ts";
import { InternalFault } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { isStationary } from "../landscape/mod.ts";
import { type AnyLoss, isJoint, rowLosses, squared } from "../loss/mod.ts";
import { createLinearObjective, type LinearObjective } from "../objective/mod.ts";
import {
  eigenvalues,
  extendFactor,
  type Factor,
  factorRows,
  letGo,
  lowestEigenpair,
  type Matrix,
  matrix,
  matrixRows,
  norm,
  type RowSource,
  ShapeError,
  sideBySide,
  type Vector,
} from "../tensor/mod.ts";
import { convexBound } from "./convex_bound.ts";
import { EPSILON, RADIUS } from "./defaults.ts";
import { type FeatureTable, withConstant } from "./feature_table.ts";
import { type FeatureUnits, featureUnits } from "./feature_units.ts";

/** Some rows of a table, encoded. */
export interface FeatureRows {
  /** Inputs [rows, d]: the constant 1 first. */
  readonly x: Matrix;
  /** Targets [rows, m], row after row. */
  readonly y: Vector;
  /** Which rows of the features and predictions these are; null for all, in their order. */
  readonly picked: Uint32Array | null;
}

/** What a model computes at the rows of a table, whatever the model is. */
export interface FeatureTask {
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** The rows that the model was trained on. */
  readonly training: FeatureRows;
  /** Rows that it was not trained on; null for none. */
  readonly heldOut: FeatureRows | null;
  /** What enters its last layer [n, k]; null where it is not known, and the predictions then stand for it. */
  readonly features: FeatureTable | null;
  /** Its predictions as the loss reads them [n, m]; null where they are not known. */
  readonly predictions: FeatureTable | null;
}

/** How to certify. */
export interface CertifyFeaturesOptions {
  /** The gradient norm up to which the last layer has converged, beyond rounding (default 1e-6). */
  readonly epsilon?: number;
  /** Norm of the linear predictors to compare with where none is the best (default 100). */
  readonly radius?: number;
}

/** Losses of one predictor, a number per row. */
export interface PredictorLosses {
  /** On the training rows. */
  readonly training: Vector;
  /** On the rows held out; null without any. */
  readonly heldOut: Vector | null;
}

/** Raw predictions of one predictor [rows, m]. */
export interface PredictorValues {
  /** On the training rows. */
  readonly training: Vector;
  /** On the rows held out; null without any. */
  readonly heldOut: Vector | null;
}

/** A predictor that was measured. */
export interface MeasuredPredictor {
  /** Its predictions, as the loss reads them. */
  readonly values: PredictorValues;
  /** Their losses. */
  readonly losses: PredictorLosses;
  /** The mean loss on the training rows. */
  readonly training: number;
  /** The mean loss on the rows held out; null without any. */
  readonly heldOut: number | null;
}

/** A predictor that is the best of its kind on the training rows, with the proof. */
export interface BestPredictor extends MeasuredPredictor {
  /** Its weights on its columns, and what is proved of them. */
  readonly optimum: LinearOptimum;
}

/** What is known of the last layer, from features and predictions: `A f + b` with the loss is convex in (A, b). */
export interface LastLayer {
  /**
   * How far the predictions are from a linear function of the features: the root mean square of what is left of them, as a share of
   * their standard deviation.
   */
  readonly residual: number;
  /** Whether the predictions are a linear function of the features, as far as their precision can tell. */
  readonly isLinear: boolean;
  /** `||E[l' [1 f]']||`: the gradient of the training loss in the weights and biases of the last layer. */
  readonly gradientNorm: number;
  /** What the rounding of the saved numbers may have added to it. */
  readonly rounding: number;
  /** Smallest eigenvalue of the Hessian in (A, b): never negative; above 0 the best last layer is the only one. */
  readonly lambda: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  /** The training loss minus that of the best last layer on these features. */
  readonly excess: number;
  /** What convexity proves of it from the gradient: `E[l' (p - q)]` for the predictions q of the best last layer. */
  readonly bound: number;
  /** Whether it has converged to epsilon; null where the predictions are not a linear function of the features. */
  readonly converged: boolean | null;
}

/** What is known of any model from its features, its predictions and the table. */
export interface CertifiedFeatures {
  /** m. */
  readonly outputs: number;
  /** Whether the features are those of the model, or its predictions stand for them. */
  readonly featuresAre: "features" | "predictions";
  /** The best constant. */
  readonly constant: BestPredictor;
  /** The best linear predictor on x. */
  readonly linear: BestPredictor;
  /** The model; null where its predictions are not known. */
  readonly model: MeasuredPredictor | null;
  /** For the model: what convexity proves of its lead over the best linear predictor, `E[l' (p - q)]`; null without predictions. */
  readonly modelBound: number | null;
  /** `||E[l' x']||` at the model: the gradient of the weights that a skip from x would have, at 0; null without predictions. */
  readonly skipGradientNorm: number | null;
  /** The best last layer on the features alone, `A f + b`; its columns are `[1 f]`. */
  readonly head: BestPredictor;
  /** The best one with a skip, `B x + A f + b`: min H; its columns are `[1 f x]`, the intercept of x counted once. */
  readonly skip: BestPredictor;
  /** The last layer; null without predictions, or where these stand for the features. */
  readonly lastLayer: LastLayer | null;
  /** Features that a last layer cannot use. */
  readonly units: FeatureUnits;
}

/** Order of a Hessian up to which its smallest eigenvalue is computed exactly, and products of Lanczos beyond. */
const [ORDER, PRODUCTS] = [400, 10];

/** Predictions are linear in the features where no more than this is left of them, or so many units of their rounding. */
const [LEFT, ROUNDINGS] = [1e-4, 100];

/** Rows to which predictions are fitted first, at least. */
const LEAST_FITTED = 2048;

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
  const { memory } = kernels;
  const measure = (values: PredictorValues): MeasuredPredictor => measured(loss, task, m, values);

  const ones = (rows: number) => matrixRows(memory, matrix(rows, 1, new Float64Array(rows).fill(1)));
  const constant = yield* best(kernels, task, (part) => ones(part.x.rows), { radius: Infinity });
  const linear = yield* best(kernels, task, (part) => matrixRows(memory, part.x), { radius });

  const plain = (part: FeatureRows) => withConstant(memory, features, part.picked);
  const own = plain(training);
  const tolerance = Math.max(own.rows, own.cols) * Number.EPSILON;
  const factor = yield* factorRows(kernels, own, { later: { from: 1, tolerance } });
  const head = yield* best(kernels, task, plain, { radius: Infinity, factor });
  const rest = (part: FeatureRows) => matrixRows(memory, withoutFirst(part.x));
  const whole = training.x.cols > 1 ? yield* extendFactor(kernels, factor, own, rest(training)) : factor;
  const both = (part: FeatureRows) => part.x.cols > 1 ? sideBySide(plain(part), rest(part)) : plain(part);
  const skip = yield* best(kernels, task, both, { radius: Infinity, ...whole !== null && { factor: whole } });
  const units = yield* featureUnits(kernels, features, training.picked, factor);

  const model = predictions === null ? null : measure({
    training: rowsOf(predictions, training.picked),
    heldOut: heldOut && rowsOf(predictions, heldOut.picked),
  });
  const lastLayer = model === null || task.features === null
    ? null
    : yield* lastLayerOf(kernels, task, { factor, own, model, head, epsilon, precision: predictions!.precision });
  const modelBound = model === null ? null : convexBound(
    loss,
    { y: training.y, outputs: m },
    model.values.training,
    linear.values.training,
  ).bound;
  refuseContradictions(loss, { model, linear, head, skip, lastLayer });
  return Object.freeze({
    outputs: m,
    featuresAre: task.features === null ? "predictions" : "features",
    constant,
    linear,
    model,
    modelBound,
    skipGradientNorm: model === null ? null : gradientAlong(kernels, task, matrixRows(memory, training.x), model),
    head,
    skip,
    lastLayer,
    units,
  });
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

/** Some rows of an array. */
function rowsOf({ cols, data }: FeatureTable, picked: Uint32Array | null): Vector {
  if (picked === null) return Float64Array.from(data);
  const out = new Float64Array(picked.length * cols);
  picked.forEach((row, i) => out.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return out;
}

const mean = (values: Vector): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function measured(loss: AnyLoss, task: FeatureTask, m: number, values: PredictorValues): MeasuredPredictor {
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
function* best(
  kernels: Kernels,
  task: FeatureTask,
  columns: (part: FeatureRows) => RowSource,
  options: { readonly radius: number; readonly factor?: Factor },
): Generator<number, BestPredictor> {
  const { loss, training, heldOut } = task;
  const rows = { source: columns(training), y: training.y };
  const { factor: _, ...optimum } = yield* findBestLinear(kernels, loss, rows, options);
  const predict = (part: FeatureRows): Vector => {
    using objective = createLinearObjective(kernels, loss, { source: columns(part), y: part.y });
    return objective.project(optimum.weights);
  };
  const values = { training: predict(training), heldOut: heldOut && predict(heldOut) };
  const found = measured(loss, task, training.y.length / training.x.rows, values);
  return Object.freeze({ ...found, training: optimum.value, optimum });
}

/** The slopes `l'(p; y)` of every row [n, m]. */
function slopesAt(loss: AnyLoss, p: Vector, y: Vector, m: number): Vector {
  const slopes = new Float64Array(p.length);
  if (isJoint(loss)) loss.evaluate({ n: p.length / m, m, p, y }, 1, slopes);
  else for (let at = 0; at < p.length; at++) slopes[at] = loss.d1(p[at], y[at]);
  return slopes;
}

/** `||E[l' c']||` for the columns c of a source, at a model's predictions. */
function gradientAlong(kernels: Kernels, task: FeatureTask, source: RowSource, model: MeasuredPredictor): number {
  const { loss, training: { y } } = task;
  using objective = createLinearObjective(kernels, loss, { source, y });
  return norm(objective.correlate(slopesAt(loss, model.values.training, y, objective.outputs)));
}

/** What is known of the last layer. */
function* lastLayerOf(
  kernels: Kernels,
  { loss, training: { y } }: FeatureTask,
  { factor, own, model, head, epsilon, precision }: {
    readonly factor: Factor;
    readonly own: RowSource;
    readonly model: MeasuredPredictor;
    readonly head: BestPredictor;
    readonly epsilon: number;
    readonly precision: number;
  },
): Generator<number, LastLayer> {
  const p = model.values.training;
  using objective = createLinearObjective(kernels, loss, { source: own, y });
  const m = objective.outputs;
  const slopes = slopesAt(loss, p, y, m);
  const gradientNorm = norm(objective.correlate(slopes));
  const rounding = precision * slopeChange(kernels, objective, own, p);
  yield 0;
  const enough = Math.max(LEFT, ROUNDINGS * precision);
  const residual = yield* nonlinearity(kernels, loss, own, { factor, p, m, enough });
  const isLinear = residual <= enough;
  const lambda = smallestEigenvalue(kernels, objective, p);
  yield 0;
  const { bound } = convexBound(loss, { y, outputs: m }, p, head.values.training);
  const epsilonHere = epsilon + rounding;
  return Object.freeze({
    residual,
    isLinear,
    gradientNorm,
    rounding,
    lambda,
    excess: model.training - (head.optimum.infimum ?? head.optimum.value),
    bound,
    // The loss is convex in (A, b): no curvature is negative.
    converged: isLinear ? isStationary({ gradientNorm, lambda: { lower: 0 }, mu2: null }, epsilonHere) : null,
  });
}

/** `E[tr l'' |p| ||[1 f]||]`: how fast the gradient moves with a relative change of the predictions. */
function slopeChange(
  kernels: Kernels,
  objective: LinearObjective,
  { rows, cols, write }: RowSource,
  p: Vector,
): number {
  const { memory } = kernels;
  const m = objective.outputs;
  using second = objective.second(p);
  const traces = second.traces();
  const piece = Math.max(1, Math.min(rows, Math.floor((1 << 17) / cols)));
  const at = memory.allocate(piece * cols * 8);
  let sum = 0;
  try {
    for (let from = 0; from < rows; from += piece) {
      const count = Math.min(piece, rows - from);
      write(from, count, at, cols);
      const view = memory.view("f64", at, count * cols);
      for (let i = 0; i < count; i++) {
        let [squares, size] = [0, 0];
        for (let j = i * cols; j < (i + 1) * cols; j++) squares += view[j] * view[j];
        for (let a = (from + i) * m; a < (from + i + 1) * m; a++) size = Math.max(size, Math.abs(p[a]));
        sum += traces[from + i] * size * Math.sqrt(squares);
      }
    }
  } finally {
    memory.free(at);
  }
  letGo(traces);
  return sum / rows;
}

/**
 * What a linear function of `[1 f]` leaves of predictions, as a share of their standard deviation; of a softmax, up to a number per row. Where one
 * that is fitted to a few thousand rows leaves no more than rounding of all of them, that is shown without a fit to all.
 */
function* nonlinearity(
  kernels: Kernels,
  loss: AnyLoss,
  source: RowSource,
  { factor, p, m, enough }: {
    readonly factor: Factor;
    readonly p: Vector;
    readonly m: number;
    readonly enough: number;
  },
): Generator<number, number> {
  const y = p.slice();
  if (isJoint(loss)) {
    for (let from = 0; from < y.length; from += m) {
      const level = mean(y.subarray(from, from + m));
      for (let at = from; at < from + m; at++) y[at] -= level;
    }
  }
  const n = y.length / m;
  const centres = Float64Array.from({ length: m }, (_, a) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += y[i * m + a];
    return sum / n;
  });
  const variance = y.reduce((sum, one, at) => sum + (one - centres[at % m]) ** 2, 0) / n;
  // Predictions that do not vary beyond rounding are a constant, which is a linear function.
  const size = y.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  if (y.every((one, at) => Math.abs(one - y[at % m]) <= 8 * Number.EPSILON * size)) return 0;
  const share = (value: number) => Math.sqrt(Math.max(0, 2 * value) / variance);
  const few = Math.max(LEAST_FITTED, 4 * source.cols);
  if (n > 4 * few) {
    const { weights } = yield* findBestLinear(kernels, squared, {
      source: firstRows(source, few),
      y: y.slice(0, few * m),
    });
    using objective = createLinearObjective(kernels, squared, { source, y });
    const found = share(objective.at(weights).value);
    if (found <= enough) return found;
  }
  return share((yield* findBestLinear(kernels, squared, { source, y }, { factor })).value);
}

/** The first rows of a source. */
const firstRows = ({ cols, write }: RowSource, rows: number): RowSource => Object.freeze({ rows, cols, write });

/** The smallest eigenvalue of the Hessian `E[l'' [1 f][1 f]']` in the last layer's weights, which is not below 0. */
function smallestEigenvalue(kernels: Kernels, objective: LinearObjective, p: Vector): LastLayer["lambda"] {
  const { inputs, outputs: m } = objective;
  if (m * inputs <= ORDER) {
    const values = eigenvalues(kernels, objective.hessian(p));
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const rounding = 8 * m * inputs * Number.EPSILON * most;
    return { lower: Math.max(0, least - rounding), upper: Math.max(0, least + rounding), exact: true };
  }
  using second = objective.second(p);
  const start = Float64Array.from({ length: m * inputs }, (_, i) => ((i + 1) * Math.SQRT2) % 1 - 0.5);
  const found = lowestEigenpair(kernels, (v) => second.apply(v), start, { steps: PRODUCTS });
  return { lower: 0, upper: Math.max(0, found?.value ?? Infinity), exact: false };
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
