import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint, weightedLoss, weightsOfMeanOne } from "../loss/mod.ts";
import { type Matrix, matrixRows, type RowSource, ShapeError, sideBySide, type Vector } from "../tensor/mod.ts";
import { finish } from "../tensor/internal.ts";
import { blockDiagonal, blockMatrix, pairsOf } from "./_block_matrix.ts";
import { createLinearPasses, type LinearPasses } from "./_linear_passes.ts";
import type { CodedLoss } from "./_row_chunks.ts";
import { rowHessians } from "./_row_hessians.ts";
import { rowWeights, type Survey, type SurveyRequest, surveyRows } from "./survey.ts";
import type { Examples } from "./objective.ts";
import { createSecondDerivative, type SecondDerivative, type WeightedLoss } from "./second_derivative.ts";

/** Inputs and targets of linear predictors. */
export interface LinearExamples extends Examples {
  /** More inputs, to the right of x: the predictor sees `[x beside]`. */
  readonly beside?: Matrix;
}

/** The same where the inputs are not held anywhere, but written piece by piece. */
export interface LinearRows {
  /** The inputs [n, d]. */
  readonly source: RowSource;
  /** The targets [n, m], row after row. */
  readonly y: Vector;
  /** The weight of each row, above 0 [n]; only their ratios count (default: equal ones). */
  readonly weights?: Vector;
}

/** The result of one pass over the data at a weight vector. */
export interface LinearSums {
  /** `E[l(W x; y)]`. */
  readonly value: number;
  /** `E[l' x']` [m, d], row after row. */
  readonly gradient: Vector;
  /** The predictions `W x` [n, m], row after row. */
  readonly predictions: Vector;
  /** `l'(W x; y)` [n, m], row after row; times the weight of the row where rows are weighted. */
  readonly slopes: Vector;
}

/**
 * The mean loss of linear predictors `p = W x` with m outputs (one: `w'x`); f64. Data that are small stay in kernel memory, large
 * ones pass through it. Dispose it to free that memory.
 */
export interface LinearObjective extends Disposable {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** The targets [n, m]. */
  readonly y: Vector;
  /** Row weights of mean 1 [n], which the loss of each row and its derivatives are multiplied by; null where all are equal. */
  readonly weights: Vector | null;
  /** n. */
  readonly rows: number;
  /** d, the inputs beside x included. */
  readonly inputs: number;
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** m. */
  readonly outputs: number;
  /** Value, gradient, predictions and slopes at `W` [m, d]. Cost: one pass over the data. */
  at(w: Vector): LinearSums;
  /** `X directionsᵀ` [n, p], row after row, for any number p of directions [p, d]. Cost: one pass over the data. */
  project(directions: Vector): Vector;
  /** `E[c x']` [m, d] for numbers c [n, m]: what the slopes c would have as a gradient. */
  correlate(c: Vector): Vector;
  /** The second derivative at given predictions. */
  second(predictions: Vector): SecondDerivative;
  /** `sum_i weights[i] x_i x_i'` [d, d]. Cost: `2 n d²` flops. */
  gram(weights: Vector): Matrix;
  /** The same, which yields the rows that are done after each piece of them: on many columns it takes seconds. */
  gramInSteps(weights: Vector): Generator<number, Matrix>;
  /** The Hessian over W [m d, m d] at given predictions. Cost: m (m + 1) / 2 grams for a joint loss, else m, in one pass over the data. */
  hessian(predictions: Vector): Matrix;
  /**
   * Several quantities in one pass over the data, and with predictions the Hessian too; yields the rows that are done. Where rows are held nowhere, making
   * them takes most of a pass.
   */
  survey(
    request: SurveyRequest & { readonly hessianAt?: Vector },
  ): Generator<number, Survey & { readonly hessian: Matrix | null }>;
}

/**
 * `F(W) = E[l(W x; y)]`, convex in W for a convex loss; m is the number of targets per row. Everything that a certificate sums
 * over the data goes through it: the best linear predictor, in coordinates in which its inputs are orthonormal, and the network
 * at a fixed theta, which is linear in `[x f]` with weights `[W, W V]`.
 *
 * @param kernels The kernels to compute with.
 * @param loss The loss.
 * @param examples Inputs [n, d] and targets [n, m].
 * @param options `resident`: bytes of inputs up to which they stay in kernel memory (default 4 MiB). `single`: second derivatives offer
 * products in single precision, from a copy of the inputs in f32 (default false).
 * @returns Pure functions of a weight vector.
 * @throws {ShapeError} If the number of targets is not a multiple of the number of rows, or there are no rows.
 * @example The mean squared error of a constant
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(0, 2) };
 * using objective = createLinearObjective(await loadKernels("simd"), squared, examples);
 * const { value, gradient } = objective.at(Float64Array.of(1));
 * assertEquals([value, gradient[0]], [0.5, 0]);
 * ```
 */
export function createLinearObjective(
  kernels: Kernels,
  loss: AnyLoss,
  examples: LinearExamples | LinearRows,
  options: { readonly resident?: number; readonly single?: boolean } = {},
): LinearObjective {
  const { y } = examples;
  const source = sourceOf(kernels, examples);
  const { rows: n, cols: d } = source;
  if (n < 1) throw new ShapeError("average over the rows", "[1 or more, d]", `[0, ${d}]`);
  const m = y.length / n;
  if (!Number.isSafeInteger(m) || m < 1) throw new ShapeError("pair inputs with targets", `[${n}]`, `[${y.length}]`);
  const omega = weightsOfMeanOne(examples.weights, n);
  const of = { loss, y, omega };
  const passes = createLinearPasses(kernels, source, m, options.resident);
  function* gramInSteps(weights: Vector): Generator<number, Matrix> {
    const { squares } = yield* surveyRows(kernels, passes, { squares: [rowWeights(weights, n)] });
    return squares[0];
  }
  const gram = (weights: Vector): Matrix => finish(gramInSteps(weights));
  const coded = omega === null ? codedLoss(loss) : null;
  return {
    ...{ kernels, y, weights: omega, loss, rows: n, inputs: d, outputs: m },
    at: (w) => coded === null ? sumsAt(kernels, passes, of, w) : codedSumsAt(kernels, passes, coded, y, w),
    project: (directions) => finish(surveyRows(kernels, passes, { directions })).projected,
    correlate(c) {
      passes.checkNumbers(c);
      return finish(surveyRows(kernels, passes, { numbers: c })).correlated;
    },
    second: createSecondDerivative(kernels, passes, { ...of, gram, single: options.single ?? false }),
    gram,
    gramInSteps,
    ...createSurvey(kernels, passes, of),
    [Symbol.dispose]: passes.free,
  };
}

/** Surveys that find the Hessian too, and the Hessian alone; where one matrix serves every point, it is found once. */
function createSurvey(
  kernels: Kernels,
  passes: LinearPasses,
  { loss, y, omega }: Pick<WeightedLoss, "loss" | "y" | "omega">,
): Pick<LinearObjective, "survey" | "hessian"> {
  const { n, m } = passes;
  let constant: Matrix | null = null;
  const survey: LinearObjective["survey"] = function* ({ hessianAt, ...request }) {
    const { squares = [] } = request;
    if (hessianAt === undefined || constant !== null) {
      return { ...yield* surveyRows(kernels, passes, request), hessian: hessianAt ? constant : null };
    }
    if (omega === null && !isJoint(loss) && loss.secondDerivative === "constant") {
      const found = yield* surveyRows(kernels, passes, { ...request, squares: [...squares, loss.d2(0, y[0]) / n] });
      constant = blockDiagonal(found.squares[squares.length], m);
      return { ...found, squares: found.squares.slice(0, -1), hessian: constant };
    }
    const hessians = rowHessians(loss, { n, m, p: hessianAt, y }, omega);
    const pairs = pairsOf(m).filter(([a, b]) => hessians.entries(a, b, 0, 0) !== null);
    const own = pairs.map(([a, b]) => (from: number, count: number) => hessians.entries(a, b, from, count)!);
    const found = yield* surveyRows(kernels, passes, { ...request, squares: [...squares, ...own] });
    hessians.letGo();
    const blocks = found.squares.slice(squares.length);
    return { ...found, squares: found.squares.slice(0, squares.length), hessian: blockMatrix(blocks, pairs, m) };
  };
  return { survey, hessian: (predictions) => constant ?? finish(survey({ hessianAt: predictions })).hessian! };
}

/** Sums with a loss that the kernels know. */
function codedSumsAt({ memory }: Kernels, passes: LinearPasses, coded: CodedLoss, y: Vector, w: Vector): LinearSums {
  passes.checkHead(w);
  const { n, m, d } = passes;
  const [predictions, slopes] = [new Float64Array(n * m), new Float64Array(n * m)];
  const chunks = passes.chunks();
  memory.view("f64", chunks.head, m * d).set(w);
  const { value, mean } = chunks.loss(coded, { y, predictions, slopes });
  return { value: value / n, gradient: mean, predictions, slopes };
}

function sumsAt(
  kernels: Kernels,
  passes: LinearPasses,
  of: Pick<WeightedLoss, "loss" | "y" | "omega">,
  w: Vector,
): LinearSums {
  passes.checkHead(w);
  const { memory } = kernels;
  const { n, m, inP, inSlopes } = passes;
  const [predictions, slopes] = [new Float64Array(n * m), new Float64Array(n * m)];
  passes.setHead(w);
  let value = 0;
  passes.window.eachInParts((inputs, from, count) => {
    passes.predict(inputs, count);
    value += sumLosses(kernels, passes, of, from, count);
    passes.add(inputs, count, from > 0 ? 1 : 0);
    predictions.set(memory.view("f64", inP, count * m), from * m);
    slopes.set(memory.view("f64", inSlopes, count * m), from * m);
  });
  return { value: value / n, gradient: passes.mean(), predictions, slopes };
}

/** The loss as the kernels know it; null where they do not. */
function codedLoss(loss: AnyLoss): CodedLoss | null {
  if (isJoint(loss)) return loss.code === undefined ? null : { code: loss.code, parameter: 0 };
  return loss.code === null ? null : { code: loss.code, parameter: loss.parameter };
}

/** The sum of the losses of some rows at the predictions in `inP`; their slopes are left in `inSlopes`. */
function sumLosses(
  { memory }: Kernels,
  { m, inP, inSlopes }: LinearPasses,
  { loss, y, omega }: Pick<WeightedLoss, "loss" | "y" | "omega">,
  from: number,
  count: number,
): number {
  const length = count * m;
  const own = y.subarray(from * m, from * m + length) as Vector;
  const [p, slope] = [inP, inSlopes].map((at) => memory.view("f64", at, length) as Vector);
  if (omega !== null) {
    return weightedLoss(loss, { n: count, m, p, y: own }, omega.subarray(from, from + count), 1, slope);
  }
  if (isJoint(loss)) return loss.evaluate({ n: count, m, p, y: own }, 1, slope);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += loss.value(p[i], own[i]);
    slope[i] = loss.d1(p[i], own[i]);
  }
  return sum;
}

function sourceOf({ memory }: Kernels, examples: LinearExamples | LinearRows): RowSource {
  if (!("x" in examples)) return examples.source;
  const { x, beside } = examples;
  return beside ? sideBySide(matrixRows(memory, x), matrixRows(memory, beside)) : matrixRows(memory, x);
}
