import { GAP_TOLERANCE, SHAMIR } from "../check/mod.ts";
import {
  assess,
  type Comparator,
  createPartialProblem,
  type CriticalPoint,
  descend,
  descentStep,
  escapePath,
  type HeadComparator,
  headSpectrum,
  seekCritical,
  startDescent,
} from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { fold, key, normal } from "../random/mod.ts";
import { matrix, multiply, norm } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { randomPoint, type RandomProblem, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf, type Tally } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

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
    "docs/mathematics.md, section 6; K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
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
    const best = bestFor(context, one.loss, {
      x: one.problem.x,
      beside: one.problem.f,
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
  for (const one of randomProblems(context, "theorem-3", context.quick ? 54 : 324)) {
    const { problem } = one;
    const yardsticks = { linear: linearOf(context, one), features: featuresOf(context, one) };
    let state = startDescent(problem, tamed(one, 0), DESCENT);
    for (let step = 0; step < 60; step++) {
      const { point, spectrum } = state;
      if (!Number.isFinite(point.value) || !Number.isFinite(point.gradientNorm)) break;
      const { theorem3, epsilon } = assess(problem, point, spectrum, yardsticks, 1e-6);
      if (theorem3 === null) skipped++;
      else {
        tally = addTo(tally, theorem3);
        least = Math.min(least, epsilon);
      }
      if (state.converged || state.stalled) break;
      state = descentStep(problem, state, DESCENT);
    }
  }
  const { curve, tally: all } = gradientDescent(context, tally);
  return {
    ...findingOf(all, "right", { leastEpsilon: least, skipped, curvePoints: curve.length }),
    chart: {
      title: "Theorem 3 along a gradient descent to min F = F_lin",
      x: "epsilon",
      y: "F - F_lin",
      series: [
        { name: "bound", points: curve.map(({ epsilon, bound }) => [epsilon, bound]) },
        {
          name: "gap, until rounding",
          points: curve.filter(({ seen }) => seen).map(({ epsilon, gap }) => [epsilon, gap]),
        },
      ],
    },
  };
}

/** The bound and the gap where a descent first reached an epsilon. */
interface CurvePoint {
  readonly epsilon: number;
  readonly bound: number;
  readonly gap: number;
  /** Whether the gap is more than the rounding of F. */
  readonly seen: boolean;
}

/** Rows, inputs and features of the descent that is drawn; its largest and smallest epsilon, and how far apart its points are. */
const DRAWN = { rows: 40, inputs: 3, units: 2, first: 1e-2, last: 1e-10, factor: 1.5 };

/**
 * Gradient descent with backtracking where the features are linear in x: then min F_theta is F_lin, the gap stays above 0, and
 * it can be seen to fall with epsilon.
 */
function gradientDescent(
  context: PaperContext,
  before: Tally,
): { curve: readonly CurvePoint[]; tally: Tally } {
  const { kernels, seed } = context;
  const { rows, inputs, units, first, last, factor } = DRAWN;
  const own = fold(fold(key(seed), "theorem-3"), "curve");
  const x = matrix(rows, inputs, normal(fold(own, "x"), rows * inputs));
  const f = multiply(x, matrix(inputs, units, normal(fold(own, "theta"), inputs * units)));
  const y = normal(fold(own, "y"), rows).map((noise, i) => x.data[i * inputs] + noise);
  using problem = createPartialProblem(kernels, { x, f, y, loss: squared });
  const linear = bestFor(context, squared, { x, y });
  const yardsticks = { linear, features: { a: linear.weights, c: new Float64Array(units), value: linear.value } };
  let point = problem.at({
    w: normal(fold(own, "w"), inputs),
    V: matrix(inputs, units, normal(fold(own, "V"), inputs * units)),
  });
  let [rate, tally, wanted] = [1, before, first];
  const curve: CurvePoint[] = [];
  for (let step = 0; step < 50_000 && wanted >= last; step++) {
    if (point.gradientNorm <= wanted) {
      const { theorem3, epsilon, gap } = assess(problem, point, headSpectrum(problem, point), yardsticks, wanted);
      tally = addTo(tally, theorem3!);
      curve.push({ epsilon, bound: theorem3!.bound, gap, seen: gap > 4 * Number.EPSILON * point.value });
      while (wanted >= point.gradientNorm) wanted /= factor;
    }
    const { w, V, r, gradientW, value, gradientNorm } = point;
    for (rate *= 2; rate > 1e-12; rate /= 2) {
      point = problem.at({
        w: w.map((entry, i) => entry - rate * gradientW[i]),
        V: { ...V, data: V.data.map((entry, at) => entry - rate * w[Math.floor(at / units)] * r[at % units]) },
      });
      // Below the rounding of F the slope is what shows progress.
      const drop = 0.25 * rate * gradientNorm ** 2;
      if (drop > 1e-14 * value ? point.value <= value - drop : point.gradientNorm < gradientNorm) break;
    }
  }
  return { curve, tally };
}

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
  context: PaperContext,
  { loss, examples }: RandomProblem,
): Comparator & { readonly attained: boolean } {
  return bestFor(context, loss, examples);
}

function featuresOf(context: PaperContext, { loss, examples, problem }: RandomProblem): HeadComparator {
  const best = bestFor(context, loss, { x: problem.x, beside: problem.f, y: examples.y });
  const d = problem.x.cols;
  return { a: best.weights.slice(0, d), c: best.weights.slice(d), value: best.value };
}
