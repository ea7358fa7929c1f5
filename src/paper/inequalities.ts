import { SHAMIR } from "../check/mod.ts";
import {
  type Comparator,
  descentStep,
  gapAbove,
  type HeadPoint,
  type Inequality,
  judge,
  type PartialProblem,
  type PointSums,
  startDescent,
  theorem1,
  theorem2,
  towardsLinear,
} from "../landscape/mod.ts";
import { createLinearObjective } from "../objective/mod.ts";
import { fold, type Key, normal, uniform } from "../random/mod.ts";
import { dot, norm, times } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { finiteSums, randomPoint, type RandomProblem, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf, tightness } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** An inequality of a point and a comparator; null where it does not apply. */
type Rule = (problem: PartialProblem, point: PointSums, comparator: Comparator) => Inequality | null;

/** Steps of the search for a point at which an inequality is tight, and of the training that is followed. */
const [SEARCH, TRAINING] = [30, 12];

/** Lemma 1: with G = (w - w*, w w*'V / ||w||²), `<grad F_theta, G> >= F - F_lin(w*)`, which gives the way down. */
export const lemma1: Statement = {
  id: "lemma-1",
  statement:
    "The derivative of F_theta along G = (w - w*, w w*'V/||w||²) is at least F - F_lin(w*), for every w* and w not 0",
  source: `${SHAMIR}, Lemma 1`,
  needsConvex: true,
  check: (context) => overGrid(context, "lemma-1", lemma1Sides, "left"),
};

/** Theorem 1 at random points and where it is tight. */
export const theorem1Statement: Statement = {
  id: "theorem-1",
  statement:
    "Above a linear predictor the gradient over (w, V) is at least the gap over sqrt(2||w||² + ||w*||²(2 + ||V||²/||w||²))",
  source: `${SHAMIR}, Theorem 1`,
  needsConvex: true,
  check: (context) => overGrid(context, "theorem-1", theorem1, "left"),
};

/** Theorem 2 at random points and where it is tight. */
export const theorem2Statement: Statement = {
  id: "theorem-2",
  statement: "At w = 0 gradient and negative curvature together are at least the gap over ||w*||, and lambda_min <= 0",
  source: `${SHAMIR}, Theorem 2`,
  needsConvex: true,
  check: (context) => overGrid(context, "theorem-2", theorem2Sides, "left"),
};

/** `<grad F_theta, G>` against the gap: the direction of the escape, turned round. */
function lemma1Sides(problem: PartialProblem, point: PointSums, comparator: Comparator): Inequality | null {
  const way = towardsLinear(point, comparator.weights);
  if (way === null) return null;
  const left = -(dot(point.gradientW, way.u) + dot(point.w, times(way.D, point.r)));
  const operations = problem.x.rows + 64;
  const right = gapAbove(point.value, comparator, operations);
  const scale = point.gradientNorm * (norm(way.u) + norm(way.D.data)) +
    norm(point.r) * norm(point.V.data) * norm(way.u) +
    Math.abs(point.value) + Math.abs(comparator.value);
  return judge(left, right, scale, operations);
}

function theorem2Sides(problem: PartialProblem, point: PointSums, comparator: Comparator): Inequality {
  const found = theorem2(problem, point.V, comparator);
  // The statement has a second half.
  return { ...found, holds: found.holds && found.lambdaMin <= found.rounding };
}

/** A rule at random points of the whole grid, against the best linear predictor and a random one, where it is tightest, and along training of (w, V). */
function overGrid(context: PaperContext, label: string, rule: Rule, measured: "left" | "right"): Finding {
  let [tally, skipped] = [EMPTY_TALLY, 0];
  for (const one of randomProblems(context, label, context.quick ? 108 : 540)) {
    const { problem, key } = one;
    for (const comparator of comparatorsOf(context, one)) {
      for (let draw = 0; draw < 5; draw++) {
        const start = randomPoint(fold(key, draw), problem);
        const sides = at(problem, start, comparator, rule);
        if (sides === null) skipped++;
        else tally = addTo(tally, sides);
        if (draw > 0 || sides === null) continue;
        for (const found of sharpened(problem, start, sides, comparator, rule, fold(key, "search"))) {
          tally = addTo(tally, found);
        }
      }
      for (const point of trainingOf(problem, fold(key, "training"))) {
        const sides = at(problem, point, comparator, rule);
        if (sides !== null) tally = addTo(tally, sides);
      }
    }
  }
  return findingOf(tally, measured, { skipped });
}

/** The points of a descent over (w, V) from a random start of norm 1, up to where it ends. */
function* trainingOf(problem: PartialProblem, key: Key): Generator<HeadPoint> {
  const { w, V } = randomPoint(key, problem);
  const start: HeadPoint = {
    w: w.map((value) => value / norm(w)),
    V: { ...V, data: V.data.map((value) => value / norm(V.data)) },
  };
  if (finiteSums(problem, start) === null) return;
  let state = startDescent(problem, start);
  for (let step = 0; step < TRAINING && !state.converged && !state.stalled; step++) {
    yield state.point;
    state = descentStep(problem, state);
  }
  yield state.point;
}

/** The rule at a point; null where it does not apply, or where F or its gradient leaves the numbers (exp of large predictions). */
function at(problem: PartialProblem, point: HeadPoint, comparator: Comparator, rule: Rule): Inequality | null {
  const sums = finiteSums(problem, point);
  return sums && rule(problem, sums, comparator);
}

/** Steps to ever tighter points: a random change of a size of its own is kept when it makes the inequality tighter. */
function* sharpened(
  problem: PartialProblem,
  start: HeadPoint,
  sides: Inequality,
  comparator: Comparator,
  rule: Rule,
  key: Key,
): Generator<Inequality> {
  let [point, best] = [start, tightness(sides)];
  for (let step = 0; step < SEARCH; step++) {
    const own = fold(key, step);
    const size = 10 ** uniform(fold(own, "size"), 1, { low: -2, high: 1 })[0];
    const change = normal(fold(own, "change"), point.w.length + point.V.data.length);
    const scale = size * (norm(point.w) + norm(point.V.data)) / Math.sqrt(change.length);
    const moved: HeadPoint = {
      w: point.w.map((value, i) => value + scale * change[i]),
      V: { ...point.V, data: point.V.data.map((value, i) => value + scale * change[point.w.length + i]) },
    };
    const next = at(problem, moved, comparator, rule);
    if (next === null) continue;
    yield next;
    if (tightness(next) > best) [point, best] = [moved, tightness(next)];
  }
}

/** The best linear predictor (in the ball of radius 100 where none exists), and one drawn at random. */
function comparatorsOf(context: PaperContext, { examples, loss, key }: RandomProblem): readonly Comparator[] {
  const best = bestFor(context, loss, examples);
  const weights = normal(fold(key, "comparator"), examples.x.cols);
  using linear = createLinearObjective(context.kernels, loss, examples);
  return [best, { weights, value: linear.at(weights).value }];
}
