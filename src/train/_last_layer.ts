import { findBestLinear } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { isStationary } from "../landscape/mod.ts";
import { type AnyLoss, isJoint, squared } from "../loss/mod.ts";
import { createLinearObjective, type LinearObjective } from "../objective/mod.ts";
import {
  eigenvalues,
  type Factor,
  letGo,
  lowestEigenpair,
  norm,
  type RowSource,
  scaled,
  solveUpper,
  solveUpperTransposed,
  type Vector,
} from "../tensor/mod.ts";
import type { BestPredictor, FeatureTask, LastLayer, MeasuredPredictor } from "./certify_features_types.ts";
import { convexBound } from "./convex_bound.ts";
import { mean } from "./_feature_predictors.ts";

/** Order of a Hessian up to which its smallest eigenvalue is computed exactly; beyond, products of Lanczos, and rounds that find where it starts. */
const [ORDER, PRODUCTS, ROUNDS] = [400, 3, 8];

/** Predictions are linear in the features where no more than this is left of them, or so many units of their rounding. */
const [LEFT, ROUNDINGS] = [1e-4, 100];

/** Rows to which predictions are fitted first, at least. */
const LEAST_FITTED = 2048;

/** The slopes `l'(p; y)` of every row [n, m]. */
function slopesAt(loss: AnyLoss, p: Vector, y: Vector, m: number): Vector {
  const slopes = new Float64Array(p.length);
  if (isJoint(loss)) loss.evaluate({ n: p.length / m, m, p, y }, 1, slopes);
  else for (let at = 0; at < p.length; at++) slopes[at] = loss.d1(p[at], y[at]);
  return slopes;
}

/** `||E[l' c']||` for the columns c of a source, at a model's predictions. */
export function gradientAlong(
  kernels: Kernels,
  task: FeatureTask,
  source: RowSource,
  model: MeasuredPredictor,
): number {
  const { loss, training: { y } } = task;
  using objective = createLinearObjective(kernels, loss, { source, y });
  return norm(objective.correlate(slopesAt(loss, model.values.training, y, objective.outputs)));
}

/** What is known of the last layer. */
export function lastLayerOf(
  kernels: Kernels,
  { loss, training: { y } }: FeatureTask,
  { own, factor, model, head, fit, epsilon, precision }: {
    readonly own: RowSource;
    readonly factor: Factor;
    readonly model: MeasuredPredictor;
    readonly head: BestPredictor;
    readonly fit: LinearFit;
    readonly epsilon: number;
    readonly precision: number;
  },
): LastLayer {
  const p = model.values.training;
  using objective = createLinearObjective(kernels, loss, { source: own, y });
  const m = objective.outputs;
  const slopes = slopesAt(loss, p, y, m);
  const gradientNorm = norm(objective.correlate(slopes));
  const rounding = precision * slopeChange(kernels, objective, own, p);
  const { residual, isLinear } = fit;
  const lambda = smallestEigenvalue(kernels, objective, factor, p);
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
  const { memory, f64: set } = kernels;
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
      for (let i = 0; i < count; i++) {
        const row = at + 8 * i * cols;
        let size = 0;
        for (let a = (from + i) * m; a < (from + i + 1) * m; a++) size = Math.max(size, Math.abs(p[a]));
        sum += traces[from + i] * size * Math.sqrt(set.dot(cols, row, row));
      }
    }
  } finally {
    memory.free(at);
  }
  letGo(traces);
  return sum / rows;
}

/** A linear function of `[1 f]` fitted to predictions. */
export interface LinearFit {
  /** What it leaves of them, as a share of their standard deviation; of a softmax, up to a number per row. */
  readonly residual: number;
  /** Whether that is no more than their precision explains. */
  readonly isLinear: boolean;
  /** Its weights [m, 1 + k]; null where none are needed. */
  readonly weights: Vector | null;
}

/**
 * Fits a linear function of `[1 f]` to predictions. Where one that is fitted to a few thousand rows leaves no more than rounding of all of them,
 * that is shown without a fit to all.
 */
export function* fitPredictions(
  kernels: Kernels,
  loss: AnyLoss,
  source: RowSource,
  { factor, p, m, precision }: {
    readonly factor: Factor;
    readonly p: Vector;
    readonly m: number;
    readonly precision: number;
  },
): Generator<number, LinearFit> {
  const enough = Math.max(LEFT, ROUNDINGS * precision);
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
  if (y.every((one, at) => Math.abs(one - y[at % m]) <= 8 * Number.EPSILON * size)) {
    return { residual: 0, isLinear: true, weights: null };
  }
  const share = (value: number) => Math.sqrt(Math.max(0, 2 * value) / variance);
  const few = Math.max(LEAST_FITTED, 4 * source.cols);
  if (n > 4 * few) {
    const { weights } = yield* findBestLinear(kernels, squared, {
      source: firstRows(source, few),
      y: y.slice(0, few * m),
    });
    using objective = createLinearObjective(kernels, squared, { source, y });
    const residual = share(objective.at(weights).value);
    if (residual <= enough) return { residual, isLinear: true, weights };
  }
  const { value, weights } = yield* findBestLinear(kernels, squared, { source, y }, { factor, resident: 1 << 22 });
  const residual = share(value);
  return { residual, isLinear: residual <= enough, weights };
}

/** The first rows of a source. */
const firstRows = ({ cols, write }: RowSource, rows: number): RowSource => Object.freeze({ rows, cols, write });

/** The smallest eigenvalue of the Hessian `E[l'' [1 f][1 f]']` in the last layer's weights, which is not below 0. */
function smallestEigenvalue(
  kernels: Kernels,
  objective: LinearObjective,
  factor: Factor,
  p: Vector,
): LastLayer["lambda"] {
  const { inputs, outputs: m } = objective;
  if (m * inputs <= ORDER) {
    const values = eigenvalues(kernels, objective.hessian(p));
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const rounding = 8 * m * inputs * Number.EPSILON * most;
    return { lower: Math.max(0, least - rounding), upper: Math.max(0, least + rounding), exact: true };
  }
  // A feature that is 0 everywhere moves no prediction, and the same for all classes no chance.
  const { loss } = objective;
  if (factor.dependent.some(({ on }) => on.length === 0) || isJoint(loss) && loss.shiftFree) {
    return { lower: 0, upper: 0, exact: true };
  }
  using second = objective.second(p);
  const along = shortest(factor);
  const start = Float64Array.from({ length: m * inputs }, (_, at) => along[at % inputs]);
  const found = lowestEigenpair(kernels, (v) => second.apply(v), start, { steps: PRODUCTS });
  return { lower: 0, upper: Math.max(0, found?.value ?? Infinity), exact: false };
}

/** Weights on the columns along which they vary least: about the last right singular vector of their factor. */
function shortest({ T, kept, columns }: Factor): Vector {
  let v: Vector = Float64Array.from({ length: kept.length }, (_, i) => ((i + 1) * Math.SQRT2) % 1 - 0.5);
  for (let round = 0; round < ROUNDS; round++) {
    v = solveUpper(T, solveUpperTransposed(T, v));
    v = scaled(1 / norm(v), v);
  }
  const out = new Float64Array(columns);
  kept.forEach((column, i) => out[column] = v[i]);
  return out;
}
