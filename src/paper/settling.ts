import { headWith, lambdaMin } from "../landscape/mod.ts";
import { fold } from "../random/mod.ts";
import { norm } from "../tensor/mod.ts";
import { featureYardstick } from "./_baseline.ts";
import { dots, startCloud } from "./_cloud.ts";
import { atZero } from "./_heads.ts";
import { atOrBelow, equalTo } from "./_tie.ts";
import { problemCount, randomHead, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** docs/mathematics.md, section 13: (W, V) at its global minimum from one convex problem. */
export const settling: Statement = {
  id: "settling",
  statement:
    "Where (A, C) minimises H, W = A and the V nearest to the old one with W V = C make gradient 0, no negative curvature and F = min H: " +
    "a global minimum over (W, V) from one convex problem",
  source: "docs/mathematics.md, section 13; derived",
  needsConvex: true,
  check,
};

/** What the convex solver leaves of the gradient, as a share of the terms that sum to it where 0 is predicted; of curvature likewise. */
const LEFT = 1e-9;

/** Half the distance from 1 to the next number in f64. */
const UNIT = 2 ** -53;

/** Random heads of every size, whose V is kept as far as it can be; at most as many outputs as inputs, so that W V = C has solutions. */
function check(context: PaperContext): Finding {
  const count = { noBest: 0, noHead: 0 };
  let [gradients, values, curvatures] = [EMPTY_TALLY, EMPTY_TALLY, EMPTY_TALLY];
  const drawn = startCloud();
  const shapes = { outputs: (d: number) => Math.min(3, d) };
  for (const one of randomProblems(context, "settling", problemCount(context), shapes)) {
    const { objective, key } = one;
    const best = featureYardstick(context, one);
    if (!best.attained) {
      count.noBest++;
      continue;
    }
    const slopes = objective.slopeSize(objective.at(atZero(randomHead(key, objective))));
    for (let draw = 0; draw < 2; draw++) {
      const head = headWith(randomHead(fold(key, draw), objective), best.A, best.C!);
      if (head === null) {
        count.noHead++;
        continue;
      }
      const point = objective.at(head);
      drawn.add(norm(head.V.data), point.gradientNorm / slopes);
      const spread = 1 + norm(head.W.data) + norm(head.V.data);
      const curvature = objective.curvatureSize(point);
      const bends = curvature * spread ** 2;
      // Where features nearly depend on each other A and C are large, and rounding of the predictions is in the slopes.
      const noise = UNIT * 4 * (objective.d + objective.k + 16) * (norm(best.A.data) + norm(best.C!.data)) * curvature;
      const { lower } = lambdaMin(objective, point);
      gradients = addTo(gradients, atOrBelow(point.gradientNorm / (slopes * spread), LEFT + noise / slopes));
      curvatures = addTo(curvatures, atOrBelow(bends > 0 ? -lower / bends : -lower, LEFT));
      values = addTo(values, equalTo(objective, point, best));
    }
  }
  const failures = gradients.failures + values.failures + curvatures.failures;
  const finding = findingOf(gradients, "right", {
    largestCurvature: curvatures.tightest?.right ?? 0,
    largestDifference: values.tightest?.right ?? 0,
    ...count,
    failures,
  });
  const chart = {
    title: "What settling leaves of the gradient, by the size of V",
    x: "||V||",
    y: "||grad F|| over the terms that sum to it at 0",
    series: [dots("settled heads", drawn)],
  };
  return { ...finding, chart };
}
