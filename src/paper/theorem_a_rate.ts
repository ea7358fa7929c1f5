import {
  createHeadObjective,
  type Evaluation,
  type HeadObjective,
  judge,
  lambdaMin,
  smoothness,
  sopspEpsilon,
  spectralNorm,
  theorem3,
  theoremA,
} from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { fold, key } from "../random/mod.ts";
import { norm } from "../tensor/mod.ts";
import { linearFeatures } from "./_linear_features.ts";
import { linearYardstick, type Yardstick } from "./_baseline.ts";
import { gradientDescent } from "./_gradient_descent.ts";
import { statusOfTallyAnd } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs and features, and the first and last epsilon of the descent that is drawn. */
const DRAWN = { rows: 40, inputs: 3, units: 2, first: 1e-2, last: 1e-12, factor: 2 };

/** The rate of the paper, and how far a fitted slope may be from it. */
const [RATE, OFF] = [1 / 4, 0.02];

/** Theorem A's bound falls as it should. */
const statusOf = statusOfTallyAnd((numbers) => Math.abs(numbers["slope.theoremA"] - RATE) <= OFF);

/** The rate of Theorem A beside Theorem 3's. */
export const theoremARate: Statement = {
  id: "theorem-a-rate",
  statement:
    "At an epsilon-SOPSP, where kappa may be sqrt(mu2 epsilon), Theorem A's bound falls like epsilon^(1/4), as Theorem 3's does, and is the " +
    "smaller one along this descent; with the kappa that is measured it falls about like sqrt(epsilon)",
  source: "Theorem A of docs/mathematics.md, section 12; O. Shamir, NeurIPS 2018, Theorem 3",
  needsConvex: false,
  check,
  statusOf,
};

/** Everything that is drawn at one point of the descent. */
interface RatePoint {
  readonly epsilon: number;
  readonly gap: number;
  readonly measured: number;
  readonly allowed: number;
  readonly theorem3: number;
}

/** Features that are linear in x: then min F_theta is F_lin, and the gap can be seen to fall with epsilon. */
function check(context: PaperContext): Finding {
  const { kernels, seed } = context;
  const { rows, inputs, units, first, last, factor } = DRAWN;
  const own = fold(key(seed), "theorem-a-rate");
  const { examples, f, start } = linearFeatures(own, { rows, inputs, units });
  using objective = createHeadObjective(kernels, { ...examples, f, loss: squared });
  const linear = linearYardstick(context, { objective, examples });
  let tally = EMPTY_TALLY;
  const curve: RatePoint[] = [];
  for (const point of gradientDescent(objective, start, { first, last, factor })) {
    const { bounds, inequality } = boundsAt(context, objective, point, linear);
    tally = addTo(tally, inequality);
    // Both bounds are proved; that Theorem A's is the smaller one is measured.
    tally = addTo(tally, judge(bounds.theorem3, bounds.allowed, 0, rows));
    curve.push(bounds);
  }
  const slopes = {
    "slope.theoremA": slopeOf(curve, "allowed"),
    "slope.theorem3": slopeOf(curve, "theorem3"),
    "slope.measured": slopeOf(curve, "measured"),
  };
  const finding = findingOf(tally, "right", { ...slopes, leastEpsilon: curve.at(-1)?.epsilon ?? 0 });
  const points = (pick: (point: RatePoint) => number) => curve.map((point) => [point.epsilon, pick(point)] as const);
  return {
    ...finding,
    status: statusOf(finding),
    chart: {
      title: "One gradient descent: the gap, Theorem A's bound and Theorem 3's",
      x: "epsilon",
      y: "F - F_lin",
      series: [
        { name: "Theorem 3", points: points((point) => point.theorem3) },
        { name: "Theorem A, kappa allowed", points: points((point) => point.allowed) },
        { name: "Theorem A, kappa measured", points: points((point) => point.measured) },
        {
          name: "gap, until rounding",
          points: curve.filter(({ gap }) => gap > 4 * Number.EPSILON * linear.value).map((p) => [p.epsilon, p.gap]),
        },
      ],
    },
  };
}

/** Both bounds at the least epsilon for which the point is an epsilon-SOPSP. */
function boundsAt(
  { theoremA: measure = theoremA }: PaperContext,
  objective: HeadObjective,
  point: Evaluation,
  linear: Yardstick,
) {
  const lambda = lambdaMin(objective, point);
  const constants = smoothness(objective, point);
  const epsilon = sopspEpsilon({ gradientNorm: point.gradientNorm, lambda, mu2: constants.mu2 });
  const curvature = Math.sqrt(constants.mu2! * epsilon);
  const measured = measure(objective, point, lambda, linear)!;
  const allowed = measure(objective, point, { lower: -curvature }, linear)!;
  const b = Math.max(norm(point.W.data), spectralNorm(objective.kernels, point.V));
  const third = theorem3(constants, epsilon, { b, radius: norm(linear.A.data) })!;
  const gap = point.value - linear.value;
  return {
    inequality: measured.gap,
    bounds: { epsilon, gap, measured: measured.gap.left, allowed: allowed.gap.left, theorem3: third.bound },
  };
}

/** The slope of a bound against epsilon on logarithmic axes, by least squares. */
function slopeOf(curve: readonly RatePoint[], name: "allowed" | "measured" | "theorem3"): number {
  const pairs = curve.map((point) => [Math.log(point.epsilon), Math.log(point[name])]);
  const mean = [0, 1].map((axis) => pairs.reduce((sum, pair) => sum + pair[axis], 0) / pairs.length);
  const cross = pairs.reduce((sum, [x, y]) => sum + (x - mean[0]) * (y - mean[1]), 0);
  return cross / pairs.reduce((sum, [x]) => sum + (x - mean[0]) ** 2, 0);
}
