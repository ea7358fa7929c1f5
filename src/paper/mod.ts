/**
 * The paper's statements, and those that follow from it, each with the experiment that checks it.
 *
 * @module
 */
export * from "./better_than_linear.ts";
export * from "./block_ladder.ts";
export * from "./certificates.ts";
export * from "./chain_examples.ts";
export * from "./corollary_1.ts";
export * from "./deep_chains.ts";
export * from "./example_1.ts";
export * from "./features_optimum.ts";
export * from "./figure_1.ts";
export * from "./fixed_features.ts";
export * from "./inequalities.ts";
export * from "./lemma_2.ts";
export * from "./near_identity.ts";
export * from "./penalties.ts";
export * from "./plain_nets.ts";
export * from "./random_problems.ts";
export * from "./settling.ts";
export * from "./several_blocks.ts";
export * from "./shallow_minima.ts";
export * from "./small_matrix.ts";
export * from "./readings.ts";
export * from "./recorded.ts";
export * from "./statements.ts";
export * from "./tally.ts";
export * from "./theorem_3.ts";
export * from "./theorem_4.ts";
export * from "./theorem_a.ts";
export * from "./theorem_a_kinks.ts";
export * from "./theorem_a_rate.ts";
export * from "./theorem_a_tight.ts";
export * from "./types.ts";
export * from "./vector_outputs.ts";
