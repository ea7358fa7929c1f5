import { type BaselineOptions, bestLinear, type LinearBaseline } from "../baseline/mod.ts";
import type { Comparator, HeadObjective } from "../landscape/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Examples, LinearExamples } from "../objective/mod.ts";
import { type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import type { PaperContext } from "./types.ts";

/** The best linear predictor as the context finds it. */
export function bestFor(
  { kernels, baseline = bestLinear }: PaperContext,
  loss: AnyLoss,
  examples: LinearExamples,
  options: BaselineOptions = {},
): LinearBaseline {
  return baseline(kernels, loss, examples, options);
}

/** A predictor that points are compared with, and what is known about the infimum that it stands for. */
export interface Yardstick extends Comparator, Pick<LinearBaseline, "attained" | "infimum" | "gapBound"> {}

/** A problem with theta fixed, as far as its yardsticks need it. */
interface Fixed {
  readonly objective: HeadObjective;
  readonly examples: Examples;
  /** f_theta(x) [n, k]. */
  readonly features: Matrix;
}

/** The best linear predictor on x; in the ball of the baseline's radius where none exists. */
export function linearYardstick(context: PaperContext, { objective, examples }: Omit<Fixed, "features">): Yardstick {
  const { weights, ...known } = bestFor(context, objective.loss, examples);
  return { ...known, A: matrix(objective.outputs, objective.d, weights), C: null };
}

/** The best linear predictor on `[x f_theta(x)]`: min H. */
export function featureYardstick(context: PaperContext, { objective, examples, features }: Fixed): Yardstick {
  const { d, k, outputs: m, loss } = objective;
  const { weights, ...known } = bestFor(context, loss, { ...examples, beside: features });
  return { ...known, ...headWeights(weights, m, d, k) };
}

/** Weights [m, d + k] as A [m, d] and C [m, k]. */
export function headWeights(
  weights: Vector,
  m: number,
  d: number,
  k: number,
): { readonly A: Matrix; readonly C: Matrix } {
  const [A, C] = [new Float64Array(m * d), new Float64Array(m * k)];
  for (let a = 0; a < m; a++) {
    const row = weights.subarray(a * (d + k), (a + 1) * (d + k));
    A.set(row.subarray(0, d), a * d);
    C.set(row.subarray(d), a * k);
  }
  return { A: matrix(m, d, A), C: matrix(m, k, C) };
}
