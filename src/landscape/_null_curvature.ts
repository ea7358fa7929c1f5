import { ridgeValue, type SecondDerivative } from "../objective/mod.ts";
import { letGo, type Matrix, norm, times, transposeTimes } from "../tensor/mod.ts";
import type { Evaluation, HeadObjective, NullCurvature } from "./head_objective.ts";
import { nullDirections } from "./null_direction.ts";

/** Directions that are compared: they cost one product with the data together. */
const CANDIDATES = 8;

/**
 * Of some directions a with `W a = 0` the one with the least `E[(a'z)² tr l'']`, and the matrix `E[(a'z)² l'']` for it; null
 * where W has rank d. Cost: one product with the data, and l'' of every row.
 */
export function findNullCurvature(
  objective: HeadObjective,
  at: Evaluation,
  second: SecondDerivative,
): NullCurvature | null {
  const { rows: n, outputs: m, d, k, linear, ridge } = objective;
  const candidates = nullDirections(at.W, at.V, Math.min(m, CANDIDATES));
  const count = candidates.length;
  if (count === 0) return null;
  const weights = new Float64Array(count * (d + k));
  candidates.forEach((a, j) => {
    weights.set(a, j * (d + k));
    weights.set(transposeTimes(at.V, a), j * (d + k) + d);
  });
  // a'z of every row, candidate j in column j.
  const projected = linear.project(weights);
  const traces = objective.curvatureTraces(at);
  // What the ridge adds along (u a', 0) for every unit vector u.
  const ridges = candidates.map((_, j) =>
    ridge === null ? 0 : 2 * ridgeValue(ridge, weights.subarray(j * (d + k), (j + 1) * (d + k)))
  );
  const measures = candidates.map((_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += traces[i] * projected[i * count + j] ** 2;
    return sum / n + m * ridges[j];
  });
  const best = measures.indexOf(Math.min(...measures));
  const j = Math.max(0, best);
  const squares = new Float64Array(n);
  for (let i = 0; i < n; i++) squares[i] = projected[i * count + j] ** 2 / n;
  const { data } = second.weighted(squares);
  letGo(projected, squares);
  const bend: Matrix = {
    rows: m,
    cols: m,
    data: data.map((entry, at) => at % (m + 1) === 0 ? entry + ridges[j] : entry),
  };
  return { a: candidates[j], bend, leak: norm(times(at.W, candidates[j])) };
}
