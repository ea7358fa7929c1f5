import { assert, assertAlmostEquals } from "@std/assert";
import { lossByName, softmax, squared } from "../../src/loss/mod.ts";
import { createHeadObjective, lambdaMin } from "../../src/landscape/mod.ts";
import { certifyPoint, headOf, settleUnderRidge } from "../../src/train/mod.ts";
import { featureRows } from "../../src/objective/mod.ts";
import { collectRows } from "../../src/tensor/mod.ts";
import { kernels } from "../support/random_heads.ts";
import { randomFit } from "./_networks.ts";

/** What counts as stationary. */
const EPSILON = 1e-6;

for (
  const [loss, shape] of [
    [squared, {}],
    [lossByName("logistic"), {}],
    [lossByName("poisson"), {}],
    // As many outputs as inputs: W has rank 2 of 3, and carries the optimum all the same.
    [softmax, { d: 3 }],
    [softmax, { d: 5, m: 4 }],
    [squared, { d: 3, m: 3 }],
  ] as const
) {
  Deno.test(`settleUnderRidge() with ${loss.name}, ${JSON.stringify(shape)}: a global minimum under the ridge, and certified`, () => {
    const fitted = randomFit(loss, 5, shape);
    const ridge = { x: 0.02, f: 0.3, intercept: true };
    const steps = settleUnderRidge(kernels, fitted, { epsilon: EPSILON, ridge });
    let step = steps.next();
    while (!step.done) step = steps.next();
    const { params, featureOptimum, evaluation } = step.value;
    const { net, examples: { x, y } } = fitted;
    using rows = featureRows(kernels, net, params, x);
    using objective = createHeadObjective(kernels, { x, f: collectRows(kernels.memory, rows), y, loss, ridge });
    const at = objective.at(headOf(net, params));
    assertAlmostEquals(at.value, evaluation.value, 1e-12);
    assertAlmostEquals(at.value, featureOptimum.value, 1e-9);
    assert(at.gradientNorm <= EPSILON, `gradient ${at.gradientNorm}`);
    assert(lambdaMin(objective, at).lower >= -Math.sqrt(EPSILON));
    const { verdict, point, linear } = certifyPoint(kernels, { ...fitted, params }, { epsilon: EPSILON, ridge });
    assert(verdict === "holds" && point.value <= linear.value, verdict);
  });
}
