import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint } from "../loss/mod.ts";
import { createLinearObjective, type LinearObjective, type LinearRows, withRidge } from "../objective/mod.ts";
import { norm, type Vector } from "../tensor/mod.ts";
import type { LinearOptimum } from "./linear_optimum.ts";
import { minimise } from "./minimise.ts";

/** How far beyond the solution the bound on free columns reaches, in norms of the solution. */
const BEYOND = 3;

/** The bounds from both sides may differ by this share of the value for the minimum to count as found. */
const CLOSE = 1e-9;

/**
 * The best linear predictor under a ridge, `min_W E[l(W x; y)] + sum_j (ridge_j / 2) ||W[:, j]||²`, step by step. Where every column but the
 * intercept has a ridge the minimum exists, is unique and bounded, so that collinear columns and separable classes need no special case.
 * Strong convexity bounds it from below: `G(v) >= G(u) + <g, v - u> + sum_j (ridge_j / 2) ||v_j - u_j||²`, which is least at
 * `G(u) - sum_j ||g_j||² / (2 ridge_j)`; a column without a ridge counts with its gradient times three norms of u.
 *
 * Cost: a few Newton steps, each by conjugate gradients on products with the data, or a factorisation where there are few weights.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param rows Inputs [n, d] and targets [n, m].
 * @param ridge The strength on each column [d].
 * @param start Weights to start from [m, d] (default 0).
 * @returns A generator that yields after each product with the data, and returns the predictor; its `value` has the penalty in it.
 * @throws {ShapeError} If the parts do not fit each other.
 * @example Half of (w - 2)² plus half of w²
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const rows = { source: matrixRows(kernels.memory, matrix(1, 1, [1])), y: Float64Array.of(2) };
 * const steps = findRidgeOptimum(kernels, squared, rows, Float64Array.of(1));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertAlmostEquals(step.value.weights[0], 1, 1e-12);
 * assertAlmostEquals(step.value.value, 1, 1e-12);
 * ```
 */
export function* findRidgeOptimum(
  kernels: Kernels,
  loss: AnyLoss,
  rows: LinearRows,
  ridge: Vector,
  start?: Vector,
): Generator<number, LinearOptimum> {
  using objective = withRidge(createLinearObjective(kernels, loss, rows), ridge);
  const { inputs: d, outputs: m } = objective;
  const found = yield* minimise(objective, start ?? new Float64Array(m * d));
  const { iterations } = found;
  // Outputs that all shift together change no loss; without a shift A has the rank that C needs where (W, V) is made from both.
  const weights = isJoint(loss) && loss.shiftFree ? centred(found.weights, m, d) : found.weights;
  const { value, gradient } = weights === found.weights ? found.sums : objective.at(weights);
  const lowerBound = loss.convex && Number.isFinite(value) ? value - slack(objective, ridge, weights, gradient) : null;
  const close = lowerBound !== null && value - lowerBound <= CLOSE * Math.abs(value) + Number.EPSILON;
  return {
    weights,
    value,
    gradientNorm: norm(gradient),
    attained: close,
    infimum: close ? value : null,
    lowerBound,
    gapBound: close ? value - lowerBound! : null,
    radius: close ? null : norm(weights),
    rank: d,
    dependent: [],
    iterations,
  };
}

/** The weights [m, d] minus their mean over the outputs, column by column. */
function centred(weights: Vector, m: number, d: number): Vector {
  const means = Float64Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let a = 0; a < m; a++) sum += weights[a * d + j];
    return sum / m;
  });
  return weights.map((weight, at) => weight - means[at % d]);
}

/** How far below the value at hand the minimum can be. */
function slack({ inputs: d }: LinearObjective, ridge: Vector, weights: Vector, gradient: Vector): number {
  const reach = 1 + BEYOND * norm(weights);
  let sum = 0;
  for (let at = 0; at < weights.length; at++) {
    const strength = ridge[at % d];
    const g = Math.abs(gradient[at]);
    sum += strength > 0 ? Math.min(g * g / (2 * strength), g * reach) : g * reach;
  }
  return sum;
}
