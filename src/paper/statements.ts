import { betterThanLinear } from "./better_than_linear.ts";
import { blockLadder } from "./block_ladder.ts";
import { convexCertificates } from "./certificates.ts";
import { chainExamples } from "./chain_examples.ts";
import { corollary1Statement } from "./corollary_1.ts";
import { deepChains } from "./deep_chains.ts";
import { example1 } from "./example_1.ts";
import { featuresOptimum } from "./features_optimum.ts";
import { figure1 } from "./figure_1.ts";
import { lemma1, theorem1Statement, theorem2Statement } from "./inequalities.ts";
import { lemma2 } from "./lemma_2.ts";
import { fixedFeatures } from "./fixed_features.ts";
import { nearIdentity } from "./near_identity.ts";
import { plainNets } from "./plain_nets.ts";
import { severalBlocks } from "./several_blocks.ts";
import { shallowMinima } from "./shallow_minima.ts";
import { smallMatrix } from "./small_matrix.ts";
import { settling } from "./settling.ts";
import { theorem3Statement } from "./theorem_3.ts";
import { theorem4 } from "./theorem_4.ts";
import { penalties } from "./penalties.ts";
import { theoremAStatement } from "./theorem_a.ts";
import { theoremAKinks } from "./theorem_a_kinks.ts";
import { theoremARate } from "./theorem_a_rate.ts";
import { theoremATight } from "./theorem_a_tight.ts";
import { vectorOutputs, wideOutputs } from "./vector_outputs.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Every statement that is checked, in the order of the paper. */
export const STATEMENTS: readonly Statement[] = [
  lemma1,
  lemma2,
  theorem1Statement,
  theorem2Statement,
  theorem3Statement,
  theoremAStatement,
  theoremATight,
  theoremARate,
  theoremAKinks,
  corollary1Statement,
  featuresOptimum,
  settling,
  fixedFeatures,
  severalBlocks,
  blockLadder,
  deepChains,
  chainExamples,
  nearIdentity,
  shallowMinima,
  example1,
  figure1,
  penalties,
  theorem4,
  vectorOutputs,
  wideOutputs,
  plainNets,
  betterThanLinear,
  convexCertificates,
  smallMatrix,
];

/**
 * Checks a statement, or says that it is not about these losses.
 *
 * @param statement The statement.
 * @param context What it is checked with.
 * @returns The finding: `outside`, with the reason, where the statement needs convexity and a loss is not convex.
 * @example A loss that is not convex
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { defineLoss, loadKernels } from "@resland/resland";
 * import { lemma1 } from "@resland/resland/paper";
 * const dent = defineLoss({
 *   name: "dent", convex: false, value: (p, y) => Math.sin(p - y), d1: (p, y) => Math.cos(p - y),
 *   d2: (p, y) => -Math.sin(p - y),
 * });
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true, losses: [dent] };
 * assertEquals(checkStatement(lemma1, context).status, "outside");
 * ```
 */
export function checkStatement(statement: Statement, context: PaperContext): Finding {
  const bent = context.losses?.find(({ convex }) => !convex);
  if (!statement.needsConvex || bent === undefined) return statement.check(context);
  return {
    status: "outside",
    reason: `The loss "${bent.name}" is not convex`,
    measured: null,
    bound: null,
    points: 0,
    numbers: {},
  };
}
