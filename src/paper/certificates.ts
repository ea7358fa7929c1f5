import { convexCertificate, type HeadComparator } from "../landscape/mod.ts";
import { createLinearObjective } from "../objective/mod.ts";
import { fold, normal } from "../random/mod.ts";
import { bestFor } from "./_baseline.ts";
import { finiteSums, randomPoint, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** docs/mathematics.md, section 6: what convexity in (w, V'w) says at every point, against any predictor on [x; f]. */
export const convexCertificates: Statement = {
  id: "convex-certificate",
  statement:
    "At every point F - H(a, c) <= <s, w - a> + <r, V'w - c> for every predictor a'x + c'f; so where s and r vanish, " +
    "F is min H, the best that the features allow, which no linear predictor is below",
  source:
    "Derived: H is convex with gradient (s, r); K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
  needsConvex: true,
  check,
};

/** Against the best predictor on [x; f], the best on x alone, and random ones. */
function check(context: PaperContext): Finding {
  const { kernels } = context;
  let [tally, skipped] = [EMPTY_TALLY, 0];
  for (
    const { problem, examples, loss, key } of randomProblems(context, "convex-certificate", context.quick ? 108 : 540)
  ) {
    const [d, k] = [problem.x.cols, problem.f.cols];
    const both = { x: problem.x, beside: problem.f, y: examples.y };
    using objective = createLinearObjective(kernels, loss, both);
    const comparator = (weights: Float64Array): HeadComparator => ({
      a: weights.slice(0, d),
      c: weights.slice(d),
      value: objective.at(weights).value,
    });
    const linear = new Float64Array(d + k);
    linear.set(bestFor(context, loss, examples).weights);
    const comparators = [bestFor(context, loss, both).weights, linear, normal(fold(key, "comparator"), d + k)].map(
      comparator,
    );
    for (let draw = 0; draw < 4; draw++) {
      const point = finiteSums(problem, randomPoint(fold(key, draw), problem));
      if (point === null) {
        skipped++;
        continue;
      }
      for (const one of comparators) tally = addTo(tally, convexCertificate(problem, point, one));
    }
  }
  return findingOf(tally, "right", { skipped });
}
