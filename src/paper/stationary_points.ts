import { bestLinear } from "../baseline/mod.ts";
import { GAP_TOLERANCE } from "../check/mod.ts";
import {
  assess,
  type Comparator,
  type CriticalPoint,
  descend,
  descentStep,
  escapePath,
  type HeadComparator,
  joinColumns,
  seekCritical,
  startDescent,
} from "../landscape/mod.ts";
import { fold } from "../random/mod.ts";
import { norm } from "../tensor/mod.ts";
import { randomPoint, type RandomProblem, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import { type Finding, type PaperContext, SHAMIR, type Statement } from "./types.ts";

/** Curvature below minus this share of the largest eigenvalue's size makes a critical point a strict saddle. */
const STRICT = 1e-8;

/** Gradient norms at most this, relative to the size of the first one, count as critical. */
const CRITICAL = 1e-11;

/** Theorem 3 along descents: the bound shrinks with epsilon, and the gap stays below it. */
export const theorem3Statement: Statement = {
  id: "theorem-3",
  statement:
    "An epsilon-SOPSP is above the best linear predictor by at most the explicit bound in epsilon, ||w||, ||V||, ||w*|| " +
    "and the Lipschitz constants of F_theta, its gradient and its Hessian on the way to (0, V)",
  source: `${SHAMIR}, Theorem 3; the explicit bound is derived`,
  needsConvex: true,
  check: checkTheorem3,
};

/** Corollary 1 at critical points of every kind. */
export const corollary1: Statement = {
  id: "corollary-1",
  statement:
    "Every critical point in (w, V) is at or below the best linear predictor, or a strict saddle; above it, for d >= 2, a " +
    "path on which F falls leads down to it",
  source: `${SHAMIR}, Corollary 1`,
  needsConvex: true,
  check: checkCorollary1,
};

/** The Kawaguchi-Bengio strengthening: where training over (w, V) can stop, F is the best that the features allow. */
export const featuresOptimum: Statement = {
  id: "features-optimum",
  statement:
    "At every second-order stationary point with d >= 2, s and r vanish and F is min H, the least loss of any predictor on " +
    "[x; f(x)], which is at or below the best linear one",
  source:
    "Derived, section 6; K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
  needsConvex: true,
  check: checkFeaturesOptimum,
};

/** Descents from random points, w = 0 among them, to where they stop; their value against a solver that never sees (w, V). */
function checkFeaturesOptimum(context: PaperContext): Finding {
  const count = { unfinished: 0, noBest: 0, oneInput: 0 };
  let [points, failures, largest, slope] = [0, 0, 0, 0];
  for (const one of randomProblems(context, "features-optimum", context.quick ? 108 : 540)) {
    if (one.net.d === 1) {
      count.oneInput++;
      continue;
    }
    const best = bestLinear(context.kernels, one.loss, {
      x: joinColumns(one.problem.x, one.problem.f),
      y: one.examples.y,
    });
    if (!best.attained) {
      count.noBest++;
      continue;
    }
    const linear = linearOf(context, one);
    for (let draw = 0; draw < 2; draw++) {
      const start = tamed(one, draw);
      const head = draw % 2 ? { ...start, w: start.w.map(() => 0) } : start;
      const { point, converged } = descend(one.problem, head, DESCENT);
      if (!converged) {
        count.unfinished++;
        continue;
      }
      points++;
      const tolerance = GAP_TOLERANCE * Math.max(1, Math.abs(best.value));
      const off = Math.abs(point.value - best.value);
      largest = Math.max(largest, off);
      slope = Math.max(slope, norm(point.s), norm(point.r));
      if (off > tolerance || point.value > linear.value + tolerance) failures++;
    }
  }
  return {
    status: failures > 0 ? "fails" : points > 0 ? "holds" : "undecided",
    measured: largest,
    bound: GAP_TOLERANCE,
    points,
    numbers: { failures, largestSlope: slope, ...count },
  };
}

/** The constants are exact on the segment to (0, V): sums over the rows of what each loss can do between 0 and p. */
function checkTheorem3(context: PaperContext): Finding {
  let [tally, least, skipped] = [EMPTY_TALLY, Infinity, 0];
  // The curve of the descent that stays above linear for the most steps.
  let [bounds, gaps]: [readonly Point[], readonly Point[]] = [[], []];
  for (const one of randomProblems(context, "theorem-3", context.quick ? 54 : 324)) {
    const { problem } = one;
    const yardsticks = { linear: linearOf(context, one), features: featuresOf(context, one) };
    let state = startDescent(problem, tamed(one, 0), DESCENT);
    const [ownBounds, ownGaps]: [Point[], Point[]] = [[], []];
    for (let step = 0; step < 60; step++) {
      const { point, spectrum } = state;
      if (!Number.isFinite(point.value) || !Number.isFinite(point.gradientNorm)) break;
      const { theorem3, epsilon } = assess(problem, point, spectrum, yardsticks, 1e-6);
      if (theorem3 === null) skipped++;
      else {
        tally = addTo(tally, theorem3);
        least = Math.min(least, epsilon);
        ownBounds.push([epsilon, theorem3.bound]);
        ownGaps.push([epsilon, theorem3.right]);
      }
      if (state.converged || state.stalled) break;
      state = descentStep(problem, state, DESCENT);
    }
    const above = (curve: readonly Point[]) => curve.filter(([, gap]) => gap > 0).length;
    if (above(ownGaps) > above(gaps)) [bounds, gaps] = [ownBounds, ownGaps];
  }
  return {
    ...findingOf(tally, "right", { leastEpsilon: least, skipped }),
    chart: {
      title: "Theorem 3 along one descent: the bound, and the gap that it bounds",
      x: "epsilon",
      y: "F - F_lin",
      series: [{ name: "bound", points: bounds }, { name: "gap, where above 0", points: gaps }],
    },
  };
}

/** Epsilon, and a value there. */
type Point = readonly [number, number];

const DESCENT = { gradient: 1e-12, curvature: 1e-9 };

/** Minimises the gradient's norm from random starts, w = 0 among them, and looks at what it finds. */
function checkCorollary1(context: PaperContext): Finding {
  const kinds = { minima: 0, saddles: 0, saddlesAbove: 0, escaped: 0, oneInput: 0, notFound: 0, noBest: 0 };
  let [points, failures, highest] = [0, 0, -Infinity];
  const found: (readonly (number | string)[])[] = [];
  for (const one of randomProblems(context, "corollary-1", context.quick ? 108 : 540)) {
    const linear = linearOf(context, one);
    // Where the infimum lies at infinity, a ball bounds the comparator but not the network: there is nothing to fail.
    if (!linear.attained) {
      kinds.noBest++;
      continue;
    }
    const tolerance = GAP_TOLERANCE * Math.max(1, Math.abs(linear.value));
    for (let draw = 0; draw < 6; draw++) {
      const critical = criticalFrom(one, draw);
      if (critical === null) {
        kinds.notFound++;
        continue;
      }
      const { point, spectrum } = critical;
      points++;
      const above = point.value - linear.value > tolerance;
      const list = (kind: string, end: number | string) =>
        found.push([
          one.loss.name,
          one.net.d,
          one.net.k,
          kind,
          point.value,
          point.value - linear.value,
          point.gradientNorm,
          spectrum.lambdaMin,
          end,
        ]);
      if (spectrum.lambdaMin >= -STRICT * Math.max(Math.abs(spectrum.lambdaMax), norm(point.r))) {
        kinds.minima++;
        highest = Math.max(highest, point.value - linear.value);
        if (above) failures++;
        list("minimum", "");
        continue;
      }
      kinds.saddles++;
      if (!above) {
        list("saddle at or below linear", "");
        continue;
      }
      kinds.saddlesAbove++;
      const path = escapePath(one.problem, point, linear);
      list("saddle above linear", path === null ? "" : path.at(-1)!.point.value - linear.value);
      if (path !== null && path.at(-1)!.point.value - linear.value <= tolerance) kinds.escaped++;
      // With one input the way may have to pass w = 0, and descents can go on for ever, as Example 1 warns.
      else if (one.net.d === 1) kinds.oneInput++;
      else failures++;
    }
  }
  return {
    status: failures > 0 ? "fails" : points > 0 ? "holds" : "undecided",
    measured: Number.isFinite(highest) ? highest : null,
    bound: GAP_TOLERANCE,
    points,
    numbers: { failures, ...kinds },
    listing: {
      title: "The critical points found; the last column is the gap where the path down from it ended",
      columns: ["loss", "d", "k", "kind", "F", "F - F_lin", "gradient norm", "lambda_min", "gap after escape"],
      rows: found,
    },
  };
}

/** A critical point near a random start; null when the search ends elsewhere. */
function criticalFrom(one: RandomProblem, draw: number): CriticalPoint | null {
  const start = tamed(one, draw);
  // Every other start is near w = 0, where the saddles are.
  const near = draw % 2 ? { ...start, w: start.w.map((value) => 1e-2 * value) } : start;
  const first = one.problem.at(near).gradientNorm;
  if (!Number.isFinite(first)) return null;
  const critical = seekCritical(one.problem, near, { gradient: CRITICAL * Math.max(1, first) });
  return critical.found ? critical : null;
}

/** A random point of modest size, where searches have a chance to end. */
function tamed({ problem, key }: RandomProblem, draw: number) {
  const { w, V } = randomPoint(fold(key, draw), problem);
  return {
    w: w.map((value) => value / (norm(w) || 1)),
    V: { ...V, data: V.data.map((value) => value / (norm(V.data) || 1)) },
  };
}

function linearOf(
  { kernels }: PaperContext,
  { loss, examples }: RandomProblem,
): Comparator & { readonly attained: boolean } {
  return bestLinear(kernels, loss, examples);
}

function featuresOf({ kernels }: PaperContext, { loss, examples, problem }: RandomProblem): HeadComparator {
  const best = bestLinear(kernels, loss, { x: joinColumns(problem.x, problem.f), y: examples.y });
  const d = problem.x.cols;
  return { a: best.weights.slice(0, d), c: best.weights.slice(d), value: best.value };
}
