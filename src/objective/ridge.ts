import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import type { LinearObjective } from "./linear_objective.ts";

/**
 * The strength of a ridge `(x/2) ||W||² + (f/2) ||W V||²` on what a prediction `W x + (W V) f` is made of. It is convex in (W, W V), so that every
 * guarantee against the best linear predictor holds against the best one under the same ridge (docs/mathematics.md, section 16).
 */
export interface Ridge {
  /** On the weights of x, `lambda_x`. */
  readonly x: number;
  /** On the weights of the features f, `lambda_f`. */
  readonly f: number;
  /** Whether the first column of x is the intercept, which is left free. */
  readonly intercept: boolean;
}

/**
 * The ridge on each column of `[x f]`.
 *
 * @param ridge Its strength.
 * @param d Columns of x.
 * @param k Columns of f.
 * @returns A number per column [d + k]: 0 for the intercept.
 * @example An intercept, one input and one feature
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(ridgeOnColumns({ x: 0.5, f: 2, intercept: true }, 2, 1), Float64Array.of(0, 0.5, 2));
 * ```
 */
export function ridgeOnColumns({ x, f, intercept }: Ridge, d: number, k: number): Vector {
  const out = new Float64Array(d + k).fill(x, 0, d).fill(f, d);
  if (intercept) out[0] = 0;
  return out;
}

/**
 * A linear objective plus a ridge: `E[l(W x; y)] + sum_j (ridge_j / 2) ||W[:, j]||²`. Predictions and slopes stay those of the loss.
 * Disposing it disposes the objective.
 *
 * @param linear The mean loss.
 * @param ridge The strength on each column [d].
 * @returns The sum.
 * @throws {ShapeError} If there is not one number per column.
 * @example Half of w² beside half of (w - 2)²
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createLinearObjective } from "@resland/resland/objective";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const examples = { x: matrix(1, 1, [1]), y: Float64Array.of(2) };
 * using objective = withRidge(createLinearObjective(await loadKernels("simd"), squared, examples), Float64Array.of(1));
 * const { value, gradient } = objective.at(Float64Array.of(1));
 * assertEquals([value, ...gradient], [1, 0]);
 * ```
 */
export function withRidge(linear: LinearObjective, ridge: Vector): LinearObjective {
  const { inputs: d } = linear;
  if (ridge.length !== d) throw new ShapeError("penalise the columns", `[${d}]`, `[${ridge.length}]`);
  const mean = ridge.reduce((sum, value) => sum + value, 0) / d;
  /** Adds `ridge D` to a vector [m, d]. */
  const plusRidge = (to: Vector, direction: Vector): Vector => {
    const out = to.slice();
    for (let at = 0; at < out.length; at++) out[at] += ridge[at % d] * direction[at];
    return out;
  };
  const onDiagonal = ({ rows, cols, data }: Matrix): Matrix => {
    const out = data.slice();
    for (let i = 0; i < rows; i++) out[i * (cols + 1)] += ridge[i % d];
    return Object.freeze({ rows, cols, data: out });
  };
  return {
    ...linear,
    at(w) {
      const sums = linear.at(w);
      return { ...sums, value: sums.value + ridgeValue(ridge, w), gradient: plusRidge(sums.gradient, w) };
    },
    second(predictions) {
      const second = linear.second(predictions);
      return {
        ...second,
        apply: (direction) => plusRidge(second.apply(direction), direction),
        applySingle: second.applySingle && ((direction) => plusRidge(second.applySingle!(direction), direction)),
        *blocks() {
          return (yield* second.blocks()).map(onDiagonal);
        },
        means: () => second.means().map((value) => value + mean),
      };
    },
    hessian: (predictions) => onDiagonal(linear.hessian(predictions)),
    *survey(request) {
      const found = yield* linear.survey(request);
      return { ...found, hessian: found.hessian && onDiagonal(found.hessian) };
    },
    [Symbol.dispose]: () => linear[Symbol.dispose](),
  };
}

/**
 * `sum_j (ridge_j / 2) ||W[:, j]||²`.
 *
 * @param ridge The strength on each column [d].
 * @param weights W [m, d], row after row.
 * @returns The penalty.
 * @example Two columns
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(ridgeValue(Float64Array.of(0, 2), Float64Array.of(5, 3)), 9);
 * ```
 */
export function ridgeValue(ridge: Vector, weights: Vector): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += ridge[at % ridge.length] * weights[at] * weights[at];
  return sum / 2;
}
