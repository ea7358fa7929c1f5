import { ridgeValue, type SecondDerivative } from "../objective/mod.ts";
import { letGo, type Matrix, norm, times, transposeTimes, type Vector } from "../tensor/mod.ts";
import type { Evaluation, HeadObjective, NullCurvature } from "./head_objective.ts";
import { nullDirections } from "./null_direction.ts";

/** Directions that are compared: they cost one product with the data together. */
const CANDIDATES = 8;

/** Directions a with `W a = 0`, and the weights of `[x f]` that give `a'z` [candidates, d + k]. */
export interface NullCandidates {
  readonly candidates: readonly Vector[];
  readonly weights: Vector;
}

/** Some directions that W does not see; none where W has rank d. */
export function nullCandidates({ outputs: m, d, k }: HeadObjective, { W, V }: Evaluation): NullCandidates {
  const candidates = nullDirections(W, V, Math.min(m, CANDIDATES));
  const weights = new Float64Array(candidates.length * (d + k));
  candidates.forEach((a, j) => {
    weights.set(a, j * (d + k));
    weights.set(transposeTimes(V, a), j * (d + k) + d);
  });
  return { candidates, weights };
}

/**
 * Of some directions a with `W a = 0` the one with the least `E[(a'z)² tr l'']`, and the matrix `E[(a'z)² l'']` for it; null
 * where there are none. `projected`: a'z of every row [n, candidates]. Cost: l'' of every row.
 */
export function leastNullCurvature(
  objective: HeadObjective,
  at: Evaluation,
  second: SecondDerivative,
  { candidates, weights }: NullCandidates,
  projected: Vector,
): NullCurvature | null {
  const { rows: n, outputs: m, d, k, ridge } = objective;
  const count = candidates.length;
  if (count === 0) return null;
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
