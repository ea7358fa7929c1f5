import { isJoint } from "../loss/mod.ts";
import { type Matrix, norm, times, transposeTimes, type Vector } from "../tensor/mod.ts";
import type { Evaluation, HeadObjective } from "./head_objective.ts";
import { nullDirections } from "./null_direction.ts";

/** A direction that W does not see, and the curvature that it meets. */
export interface NullCurvature {
  /** A unit vector a [d] with `W a = 0`. */
  readonly a: Vector;
  /** `E[(a'z)² l''] [m, m]`. */
  readonly bend: Matrix;
  /** `||W a||`: 0 but for rounding. */
  readonly leak: number;
}

/** Directions that are compared: they cost one product with the data together. */
const CANDIDATES = 8;

/**
 * Of some directions a with `W a = 0` the one with the least `E[(a'z)² tr l'']`, and the matrix `E[(a'z)² l'']` for it; null
 * where W has rank d. Cost: one product with the data, and m products with l'' for a joint loss.
 */
export function nullCurvature(objective: HeadObjective, at: Evaluation): NullCurvature | null {
  const { rows: n, outputs: m, d, k, linear } = objective;
  const candidates = nullDirections(at.W, at.V, Math.min(m, CANDIDATES));
  if (candidates.length === 0) return null;
  const weights = new Float64Array(m * (d + k));
  candidates.forEach((a, j) => {
    weights.set(a, j * (d + k));
    weights.set(transposeTimes(at.V, a), j * (d + k) + d);
  });
  // a'z of every row, candidate j in column j.
  const projected = linear.project(weights);
  const traces = objective.curvatureTraces(at);
  const measures = candidates.map((_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += traces[i] * projected[i * m + j] ** 2;
    return sum;
  });
  const best = measures.indexOf(Math.min(...measures));
  const j = Math.max(0, best);
  const squares = Float64Array.from({ length: n }, (_, i) => projected[i * m + j] ** 2 / n);
  return { a: candidates[j], bend: weightedBend(objective, at, squares), leak: norm(times(at.W, candidates[j])) };
}

/** `sum_i weights[i] l''_i` [m, m]. */
function weightedBend({ loss, rows: n, outputs: m, linear }: HeadObjective, at: Evaluation, weights: Vector): Matrix {
  const { bend } = linear.second(at.predictions);
  const data = new Float64Array(m * m);
  if (!isJoint(loss)) {
    const diagonal = bend(new Float64Array(n * m).fill(1));
    for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) data[a * m + a] += weights[i] * diagonal[i * m + a];
    return { rows: m, cols: m, data };
  }
  for (let b = 0; b < m; b++) {
    const unit = new Float64Array(n * m);
    for (let i = 0; i < n; i++) unit[i * m + b] = weights[i];
    const bent = bend(unit);
    for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) data[a * m + b] += bent[i * m + a];
  }
  return { rows: m, cols: m, data };
}
