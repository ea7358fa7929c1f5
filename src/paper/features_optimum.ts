import { descend } from "../landscape/mod.ts";
import { fold } from "../random/mod.ts";
import { norm } from "../tensor/mod.ts";
import { featureYardstick, linearYardstick } from "./_baseline.ts";
import { dots, startCloud } from "./_cloud.ts";
import { atZero, tamed } from "./_heads.ts";
import { atOrBelow, equalTo, tieWith } from "./_tie.ts";
import { problemCount, randomHead, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** The Kawaguchi-Bengio strengthening: a second-order stationary point has the best value that the features allow. */
export const featuresOptimum: Statement = {
  id: "features-optimum",
  statement:
    "At every second-order stationary point (gradient 0, no negative curvature) with fewer outputs than inputs, S and R vanish and F is " +
    "min H, the least loss of any predictor on [x; f(x)], which is at or below the best linear one",
  source:
    "docs/mathematics.md, section 6; K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
  needsConvex: true,
  check,
};

/** Descents continue until the gradient is rounding; the problems have numbers of size 1. */
const DESCENT = { gradient: 1e-12, curvature: 1e-9 };

/** Descents from random points, W = 0 among them, until they have converged; their value against a solver that never sees (W, V). */
function check(context: PaperContext): Finding {
  const count = { unfinished: 0, noBest: 0 };
  let [tally, slope] = [EMPTY_TALLY, 0];
  const drawn = startCloud();
  const shapes = { inputs: 2, outputs: (d: number) => Math.min(3, d - 1) };
  for (const one of randomProblems(context, "features-optimum", problemCount(context), shapes)) {
    const { objective, key } = one;
    const best = featureYardstick(context, one);
    if (!best.attained) {
      count.noBest++;
      continue;
    }
    const linear = linearYardstick(context, one);
    for (let draw = 0; draw < 2; draw++) {
      const start = tamed(randomHead(fold(key, draw), objective));
      const { point, converged } = descend(objective, draw % 2 ? atZero(start) : start, DESCENT);
      if (!converged) {
        count.unfinished++;
        continue;
      }
      slope = Math.max(slope, norm(point.S.data), norm(point.R.data));
      tally = addTo(tally, equalTo(objective, point, best));
      drawn.add(linear.value, point.value);
      tally = addTo(tally, atOrBelow(point.value - linear.value, tieWith(objective, point, linear)));
    }
  }
  return {
    ...findingOf(tally, "right", { largestSlope: slope, ...count }),
    chart: {
      title: "Where descents over (W, V) end, at min H, beside the best linear predictor",
      x: "F_lin",
      y: "F = min H",
      linear: "both",
      equality: true,
      series: [dots("ends", drawn)],
    },
  };
}
