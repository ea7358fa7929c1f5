import { type Comparator, convexCertificate } from "../landscape/mod.ts";
import { fold, normal } from "../random/mod.ts";
import { startSides } from "./_cloud.ts";
import { featureYardstick, headWeights, linearYardstick } from "./_baseline.ts";
import { finiteEvaluation, problemCount, randomHead, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** docs/mathematics.md, section 6: what convexity in (W, W V) says at every point, against any predictor on [x; f]. */
export const convexCertificates: Statement = {
  id: "convex-certificate",
  statement:
    "At every point F - H(A, C) <= <S, W - A> + <R, W V - C> for every predictor A x + C f and any number of outputs; so where S and R " +
    "vanish, F is min H, the best that the features allow, which no linear predictor is below",
  source:
    "Derived: H is convex with gradient (S, R); K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
  needsConvex: true,
  check,
};

/** Against the best predictor on [x; f], the best on x alone, and random ones; more outputs than inputs among them. */
function check(context: PaperContext): Finding {
  let [tally, skipped] = [EMPTY_TALLY, 0];
  const shapes = { outputs: () => 3 };
  const drawn = startSides("The convex certificate at random points", "<S, W - A> + <R, W V - C>", "F - H(A, C)");
  for (const one of randomProblems(context, "convex-certificate", problemCount(context), shapes)) {
    const { objective, key } = one;
    const { outputs: m, d, k } = objective;
    const weights = normal(fold(key, "comparator"), m * (d + k));
    const random: Comparator = { ...headWeights(weights, m, d, k), value: objective.linear.at(weights).value };
    const comparators = [featureYardstick(context, one), linearYardstick(context, one), random];
    for (let draw = 0; draw < 4; draw++) {
      const point = finiteEvaluation(objective, randomHead(fold(key, draw), objective));
      if (point === null) {
        skipped++;
        continue;
      }
      for (const comparator of comparators) {
        const certificate = convexCertificate(objective, point, comparator);
        tally = addTo(tally, certificate);
        drawn.add(certificate);
      }
    }
  }
  return { ...findingOf(tally, "right", { skipped }), chart: drawn.chart() };
}
