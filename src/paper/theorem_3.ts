import { SHAMIR } from "../claims/mod.ts";
import {
  createHeadObjective,
  descentStep,
  type Evaluation,
  type HeadObjective,
  type Inequality,
  judge,
  type LambdaMin,
  lambdaMin,
  smoothness,
  sopspEpsilon,
  spectralNorm,
  startDescent,
  theorem3,
} from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { fold, key } from "../random/mod.ts";
import { norm } from "../tensor/mod.ts";
import { linearFeatures } from "./_linear_features.ts";
import { linearYardstick, type Yardstick } from "./_baseline.ts";
import { gradientDescent } from "./_gradient_descent.ts";
import { tamed } from "./_heads.ts";
import { problemCount, randomHead, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf, type Tally } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Theorem 3 along descents: the bound shrinks with epsilon, and the gap stays below it. */
export const theorem3Statement: Statement = {
  id: "theorem-3",
  statement:
    "An epsilon-SOPSP is above the best linear predictor by at most the explicit bound in epsilon, ||w||, ||V||, ||w*|| " +
    "and the Lipschitz constants of F_theta, its gradient and its Hessian on the way to (0, V)",
  source: `${SHAMIR}, Theorem 3; the explicit bound is derived`,
  needsConvex: true,
  check,
};

/** Steps of each descent, at most. */
const STEPS = 60;

/** Descents continue until the gradient is rounding; the problems have numbers of size 1. */
const DESCENT = { gradient: 1e-12, curvature: 1e-9 };

/** The constants are exact on the segment to (0, V): sums over the rows of what each loss can do between 0 and p. */
function check(context: PaperContext): Finding {
  let [tally, least, skipped] = [EMPTY_TALLY, Infinity, 0];
  for (const one of randomProblems(context, "theorem-3", problemCount(context))) {
    const { objective } = one;
    const linear = linearYardstick(context, one);
    let state = startDescent(objective, tamed(randomHead(fold(one.key, 0), objective)), DESCENT);
    for (let step = 0; step < STEPS; step++) {
      const { point, lambda } = state;
      if (!Number.isFinite(point.value) || !Number.isFinite(point.gradientNorm)) break;
      const found = boundAt(objective, point, lambda, linear);
      if (found === null) skipped++;
      else {
        tally = addTo(tally, found);
        least = Math.min(least, found.epsilon);
      }
      if (state.converged || state.stalled) break;
      state = descentStep(objective, state, DESCENT);
    }
  }
  const { curve, tally: all } = descentCurve(context, tally);
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

/** The bound against the gap, and the least epsilon for which the point is an epsilon-SOPSP; null where l'' jumps on the segment. */
function boundAt(
  objective: HeadObjective,
  point: Evaluation,
  lambda: LambdaMin,
  { A, value }: Yardstick,
): Inequality & { readonly epsilon: number } | null {
  const constants = smoothness(objective, point);
  const found = theorem3(constants, point.gradientNorm, {
    b: Math.max(norm(point.W.data), spectralNorm(objective.kernels, point.V)),
    radius: norm(A.data),
    curvature: Math.max(0, -lambda.lower),
  });
  if (found === null) return null;
  const size = Math.abs(point.value) + Math.abs(value);
  const { gradientNorm } = point;
  const epsilon = sopspEpsilon({ gradientNorm, lambda, mu2: constants.mu2 });
  return { ...judge(found.bound, point.value - value, size, objective.rows + 64), epsilon };
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

/** A descent where the features are linear in x: then min F_theta is F_lin, the gap stays above 0, and it can be seen to fall with epsilon. */
function descentCurve(context: PaperContext, before: Tally): { curve: readonly CurvePoint[]; tally: Tally } {
  const { kernels, seed } = context;
  const { rows, inputs, units, first, last, factor } = DRAWN;
  const own = fold(fold(key(seed), "theorem-3"), "curve");
  const { examples, f, start } = linearFeatures(own, { rows, inputs, units });
  using objective = createHeadObjective(kernels, { ...examples, f, loss: squared });
  const linear = linearYardstick(context, { objective, examples });
  let tally = before;
  const curve: CurvePoint[] = [];
  for (const point of gradientDescent(objective, start, { first, last, factor })) {
    const found = boundAt(objective, point, lambdaMin(objective, point), linear)!;
    tally = addTo(tally, found);
    const { left: bound, right: gap, epsilon } = found;
    curve.push({ epsilon, bound, gap, seen: gap > 4 * Number.EPSILON * point.value });
  }
  return { curve, tally };
}
