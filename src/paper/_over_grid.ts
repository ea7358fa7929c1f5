import {
  type Comparator,
  descentStep,
  type Evaluation,
  type Head,
  type HeadObjective,
  type Inequality,
  startDescent,
} from "../landscape/mod.ts";
import { fold, type Key, normal, uniform } from "../random/mod.ts";
import { matrix, norm } from "../tensor/mod.ts";
import { linearYardstick } from "./_baseline.ts";
import { startSides } from "./_cloud.ts";
import { plus, scaledBy, tamed } from "./_heads.ts";
import {
  finiteEvaluation,
  problemCount,
  type ProblemShapes,
  randomHead,
  type RandomProblem,
  randomProblems,
} from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf, type Tally, tightness } from "./tally.ts";
import type { Finding, PaperContext } from "./types.ts";

/** What a statement says at a point: its inequality, which a search makes tight, and further ones by name. */
export interface Judged {
  /** The inequality that is reported. */
  readonly main: Inequality;
  /** Others that have to hold too. */
  readonly beside?: Readonly<Record<string, Inequality>>;
}

/** A statement about a point and a linear predictor; null where it does not apply. */
export type Rule = (objective: HeadObjective, point: Evaluation, comparator: Comparator) => Judged | null;

/** How a statement is checked over the grid. */
export interface OverGrid extends ProblemShapes {
  /** Which side of the inequality is the measured number. */
  readonly measured: "left" | "right";
  /** What both sides are, for the chart. */
  readonly sides: { readonly left: string; readonly right: string };
  /** Turns the random head of one draw, of {@linkcode DRAWS}, into another (default: none). */
  readonly turn?: (head: Head, draw: number) => Head;
}

/** Random points of each problem and comparator. */
export const DRAWS = 5;

/** Steps of the search for a point at which an inequality is tight, and of the training that is followed. */
const [SEARCH, TRAINING] = [30, 12];

/** A rule at random points of the whole grid, against the best linear predictor and a random one, where it is tightest, and along training of (W, V). */
export function overGrid(context: PaperContext, label: string, rule: Rule, options: OverGrid): Finding {
  const { measured, sides, turn = (head: Head) => head } = options;
  const drawn = startSides(
    "Both sides at random points, along descents and where they are close",
    sides.left,
    sides.right,
  );
  let [tally, skipped] = [EMPTY_TALLY, 0];
  const beside = new Map<string, Tally>();
  const add = (judged: Judged | null): void => {
    if (judged === null) {
      skipped++;
      return;
    }
    tally = addTo(tally, judged.main);
    drawn.add(judged.main);
    for (const [name, one] of Object.entries(judged.beside ?? {})) {
      beside.set(name, addTo(beside.get(name) ?? EMPTY_TALLY, one));
    }
  };
  for (const one of randomProblems(context, label, problemCount(context), options)) {
    const { objective, key } = one;
    for (const comparator of comparatorsOf(context, one)) {
      for (let draw = 0; draw < DRAWS; draw++) {
        const start = turn(randomHead(fold(key, draw), objective), draw);
        const judged = judgedAt(objective, start, comparator, rule);
        add(judged);
        if (draw > 0 || judged === null) continue;
        sharpened(objective, start, judged, comparator, rule, fold(key, "search")).forEach(add);
      }
      for (const point of trainingOf(objective, fold(key, "training"))) {
        add(judgedAt(objective, point, comparator, rule));
      }
    }
  }
  const others = [...beside].map(([name, { tightest }]) => [`${name}.tightest`, tightness(tightest!)] as const);
  const finding = { ...findingOf(tally, measured, { ...Object.fromEntries(others), skipped }), chart: drawn.chart() };
  const failures = [tally, ...beside.values()].reduce((sum, each) => sum + each.failures, 0);
  if (failures === 0) return finding;
  return { ...finding, status: "fails", numbers: { ...finding.numbers, failures } };
}

/** The points of a descent over (W, V) from a random start of norm 1, up to where it ends. */
function* trainingOf(objective: HeadObjective, key: Key): Generator<Head> {
  const start = tamed(randomHead(key, objective));
  if (finiteEvaluation(objective, start) === null) return;
  let state = startDescent(objective, start);
  for (let step = 0; step < TRAINING && !state.converged && !state.stalled; step++) {
    yield state.point;
    state = descentStep(objective, state);
  }
  yield state.point;
}

/** The rule at a point; null where it does not apply, or where F or a derivative is not a finite number (exp of large predictions). */
function judgedAt(objective: HeadObjective, head: Head, comparator: Comparator, rule: Rule): Judged | null {
  const point = finiteEvaluation(objective, head);
  return point && rule(objective, point, comparator);
}

/** Steps to ever tighter points: a random change of a size of its own is kept when it makes the inequality tighter. */
function sharpened(
  objective: HeadObjective,
  start: Head,
  judged: Judged,
  comparator: Comparator,
  rule: Rule,
  key: Key,
): readonly Judged[] {
  const { outputs: m, d, k } = objective;
  const found: Judged[] = [];
  let [head, best] = [start, tightness(judged.main)];
  for (let step = 0; step < SEARCH; step++) {
    const own = fold(key, step);
    const size = 10 ** uniform(fold(own, "size"), 1, { low: -2, high: 1 })[0];
    const draws = normal(fold(own, "change"), m * d + d * k);
    const scale = size * (norm(head.W.data) + norm(head.V.data)) / Math.sqrt(draws.length);
    const moved = plus(head, {
      W: scaledBy(scale, matrix(m, d, draws.subarray(0, m * d))),
      V: scaledBy(scale, matrix(d, k, draws.subarray(m * d))),
    });
    const next = judgedAt(objective, moved, comparator, rule);
    if (next === null) continue;
    found.push(next);
    if (tightness(next.main) > best) [head, best] = [moved, tightness(next.main)];
  }
  return found;
}

/** The best linear predictor (in the ball of radius 100 where none exists), and one drawn at random. */
function comparatorsOf(context: PaperContext, one: RandomProblem): readonly Comparator[] {
  const { objective: { outputs: m, d, k, linear }, key } = one;
  const A = matrix(m, d, normal(fold(key, "comparator"), m * d));
  const weights = new Float64Array(m * (d + k));
  for (let a = 0; a < m; a++) weights.set(A.data.subarray(a * d, (a + 1) * d), a * (d + k));
  return [linearYardstick(context, one), { A, C: null, value: linear.at(weights).value }];
}
