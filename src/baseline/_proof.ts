import type { LinearObjective } from "../objective/mod.ts";
import { columnSquares, combine, type Factor, letGo, norm, type RowSource, type Vector } from "../tensor/mod.ts";
import { dualBound } from "./dual_bound.ts";
import { exactValue } from "./_exact_value.ts";
import type { LinearBaseline } from "./linear_optimum.ts";
import { letGoOf, minimise, type Minimum } from "./minimise.ts";
import { meanInfimum } from "./separation.ts";

/** The bounds from both sides may differ by this share of the value for the infimum to count as attained. */
const CLOSE = 1e-9;

/** A last step that gained more than this many times {@linkcode CLOSE}: the one after it would not end it. */
const UNDONE = 30;

/**
 * The tangent proves enough when it leaves open no more than this share of the value: the dual could not do much better, or, where gradients are in coordinates on
 * columns as they are, would take two passes for what is far below {@linkcode CLOSE} anyway.
 */
const [SHARP, IN_COORDINATES] = [1e-13, 1e-11];

/** Condition of the columns from which on weights cancel so much that predictions are summed exactly. */
export const CANCELLING = 1e5;

/** Products of a row that exact sums may take. */
const EXACT = 2e7;

/** A lower bound by the dual, from the last step of a minimisation, or from one more where that proves too little; null where nothing is proved. */
export function* proved(
  objective: LinearObjective,
  { weights, sums, last, decrement }: Minimum,
  options: { readonly identity: boolean; readonly sketched: boolean; readonly effort?: number },
): Generator<number, number | null> {
  if (!objective.loss.convex || !Number.isFinite(sums.value)) return null;
  const bounds = [dualBound(objective, weights, sums, null).value];
  const sharp = options.identity && options.sketched ? IN_COORDINATES : SHARP;
  if (sums.value - bounds[0] <= sharp * Math.abs(sums.value)) return bounds[0];
  if (last !== null) bounds.push(dualBound(objective, last.weights, last.sums, last.step).value);
  if (sums.value - Math.max(...bounds) <= 0.1 * CLOSE * Math.abs(sums.value)) return Math.max(...bounds);
  // Far from the end one more step proves no more than that it is far.
  if (last !== null && decrement > UNDONE * CLOSE * Math.abs(sums.value)) return Math.max(...bounds);
  const steps = minimise(objective, weights, { ...options, steps: 1 });
  let more = steps.next();
  while (!more.done) {
    yield more.value;
    more = steps.next();
  }
  const { value: further } = more;
  const change = combine(1, further.weights, -1, weights);
  if (norm(change) > 0) {
    bounds.push(dualBound(objective, weights, sums, change).value);
    // One Newton step further on, the slopes leave less along the columns.
    bounds.push(dualBound(objective, further.weights, further.sums, null).value);
  }
  letGoOf(further);
  return Math.max(...bounds);
}

/** The result of the search. */
export function described(
  raw: LinearObjective,
  source: RowSource,
  factor: Factor,
  weights: Vector,
  beyond: number | null,
  lower: number | null,
  { radius }: { readonly radius: number },
  iterations: number,
): LinearBaseline {
  const { value: rounded, gradient, slopes, predictions } = raw.at(weights);
  // Where columns nearly depend on each other weights are large, and their products with a row cancel.
  const value = factor.condition > CANCELLING && source.rows * weights.length <= EXACT
    ? exactValue(raw, source, weights)
    : rounded;
  const slope = slopes.reduce((sum, one) => sum + Math.abs(one), 0) / raw.rows;
  letGo(slopes, predictions);
  const noise = predictionRounding(factor, raw.outputs, weights);
  const rounding = noise * (slope + noise);
  // No row's loss is below its infimum. This proves a perfect fit optimal, which the dual misses by rounding.
  const floor = raw.loss.convex ? meanInfimum(raw) : null;
  const proofs = [lower, floor].filter((bound) => bound !== null && Number.isFinite(bound)) as readonly number[];
  const lowerBound = proofs.length > 0 ? Math.min(Math.max(...proofs), value) : null;
  const close = lowerBound !== null && value - lowerBound <= CLOSE * Math.abs(value) + rounding;
  const attained = beyond === null && (close || raw.loss.attains && lowerBound === null);
  const infimum = beyond ?? (attained ? value : null);
  return {
    weights,
    value,
    gradientNorm: norm(gradient),
    attained,
    infimum,
    lowerBound: beyond === null ? lowerBound : Math.min(lowerBound ?? beyond, beyond),
    gapBound: infimum === null || lowerBound === null ? null : Math.max(0, infimum - lowerBound),
    radius: attained ? null : norm(weights) <= radius * (1 + 1e-9) ? radius : norm(weights),
    rank: factor.rank,
    dependent: factor.dependent.map(({ column, on, weights }) => ({ column, on, weights })),
    iterations,
    factor,
  };
}

/** About how far rounding moves a prediction: units of the root mean square of a row's terms. */
function predictionRounding({ T, kept, columns }: Factor, m: number, weights: Vector): number {
  const sizes = columnSquares(T.data, T.rows);
  let squares = 0;
  kept.forEach((column, j) => {
    for (let a = 0; a < m; a++) squares += sizes[j] * weights[a * columns + column] ** 2;
  });
  return 4 * Number.EPSILON * Math.sqrt(squares);
}
