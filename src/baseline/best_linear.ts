import type { Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import { createLinearObjective, type LinearExamples, type LinearObjective } from "../objective/mod.ts";
import { joinColumns, norm, type Vector } from "../tensor/mod.ts";
import { leastSquares } from "./least_squares.ts";
import { newtonStep, startNewton } from "./newton.ts";
import { ballGap, type Optimality, proveOptimality, type RowSpace, rowSpace } from "./optimality.ts";

/** The best linear predictor, with the proof that it is. */
export interface LinearBaseline {
  /** The weights `w*` [d] (`W*` [m, d], row after row, for m outputs), of least norm among the best when several are. */
  readonly weights: Vector;
  /** `F_lin(w*)`. */
  readonly value: number;
  /** `||grad F_lin(w*)||`; not small when the radius binds. */
  readonly gradientNorm: number;
  /** Whether `inf F_lin` is attained. If not, `w*` is the best with `||w|| <= radius`. */
  readonly attained: boolean;
  /** The radius of the ball that `w*` is the best in; null when attained. */
  readonly radius: number | null;
  /** `F_lin(w*)` is at most this above the minimum (over the ball, if there is a radius); null when that could not be proved. */
  readonly gapBound: number | null;
  /** Newton steps taken. */
  readonly iterations: number;
}

/** How to look for it. */
export interface BaselineOptions {
  /** The norm of the best predictor when the infimum is not attained (default 100). */
  readonly radius?: number;
  /** The gradient norm to reach (default 1e-12). */
  readonly gradient?: number;
}

/** Squared loss: rows times squared columns up to which the inputs are factored; above, Newton on the Gram matrix is faster, and as exact once its gradient is. */
const FACTORED = 1e7;

/** Newton steps before giving up: separable classes double their margin well within them. */
const MOST_STEPS = 200;

/**
 * The best linear predictor `min_w E[l(w'x; y)]`, exactly: for the squared loss on small tables a rank-revealing factorisation, else
 * damped Newton on the row space of the inputs, then a proof of optimality. When the infimum is not attained (classes that
 * a plane separates), the best predictor with `||w|| <= radius` instead, with its own proof.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param examples Inputs [n, d], more beside them if given, and targets [n], or [n, m] for m outputs.
 * @param options The radius to fall back to, and the gradient to reach.
 * @returns The weights, their value, and what is proved about them.
 * @throws {ShapeError} If the number of targets is not a multiple of the number of rows, or there are no rows.
 * @throws {RangeError} If the radius is not above 0.
 * @example Separable classes have no best linear predictor
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { logistic } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [-1, 1]), y: Float64Array.of(-1, 1) };
 * const { attained, radius, weights } = bestLinear(await loadKernels("simd"), logistic, examples, { radius: 5 });
 * assertEquals({ attained, radius, weight: Math.round(weights[0]) }, { attained: false, radius: 5, weight: 5 });
 * ```
 */
export function bestLinear(
  kernels: Kernels,
  loss: AnyLoss,
  examples: LinearExamples,
  options: BaselineOptions = {},
): LinearBaseline {
  const { radius = 100, gradient = 1e-12 } = options;
  if (!(radius > 0)) {
    throw new RangeError(`Cannot bound the linear predictor: the radius must be above 0, got ${radius}`);
  }
  using objective = createLinearObjective(kernels, loss, examples);
  const space = rowSpace(objective);
  const { rows, inputs } = objective;
  if (loss.name === "squared" && rows * inputs ** 2 <= FACTORED) {
    return describe(objective, space, eachLeastSquares(examples, objective.outputs), 0);
  }
  const free = minimise(objective, space, Infinity, gradient);
  const found = describe(objective, space, free.weights, free.iterations);
  if (found.attained) return found;
  return withinBall(objective, space, radius, free.iterations);
}

/** The least-squares weights of each output, row after row. */
function eachLeastSquares({ x: left, y, beside }: LinearExamples, outputs: number): Vector {
  const x = beside ? joinColumns(left, beside) : left;
  const weights = new Float64Array(outputs * x.cols);
  for (let output = 0; output < outputs; output++) {
    const own = outputs === 1 ? y : Float64Array.from({ length: x.rows }, (_, i) => y[i * outputs + output]);
    weights.set(leastSquares(x, own).weights, output * x.cols);
  }
  return weights;
}

function minimise(objective: LinearObjective, space: RowSpace, radius: number, gradient: number) {
  let state = startNewton(objective, new Float64Array(objective.outputs * objective.inputs));
  const content = () =>
    radius === Infinity
      ? norm(state.sums.gradient) <= gradient
      : ballGap(state.sums.gradient, state.weights, radius) <= gradient * radius;
  while (!state.finished && !content() && state.iterations < MOST_STEPS) {
    state = newtonStep(objective, space, state, radius);
  }
  return state;
}

function describe(objective: LinearObjective, space: RowSpace, weights: Vector, iterations: number): LinearBaseline {
  const sums = objective.at(weights);
  const proof: Optimality = proveOptimality(objective, space, sums);
  return {
    weights,
    value: sums.value,
    gradientNorm: norm(sums.gradient),
    attained: proof.attained || objective.loss.attains,
    radius: null,
    gapBound: proof.gapBound,
    iterations,
  };
}

function withinBall(objective: LinearObjective, space: RowSpace, radius: number, before: number): LinearBaseline {
  const { weights, sums, iterations } = minimise(objective, space, radius, 1e-12);
  return {
    weights,
    value: sums.value,
    gradientNorm: norm(sums.gradient),
    attained: false,
    radius,
    gapBound: ballGap(sums.gradient, weights, radius),
    iterations: before + iterations,
  };
}
