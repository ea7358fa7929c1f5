/**
 * A network's last layer with theta fixed, for any number of outputs: sums over the rows, the smallest eigenvalue from both
 * sides, the theorems, the convex certificate, settling, and descent directions.
 *
 * @module
 */
export * from "./chain_certificate.ts";
export * from "./convex_certificate.ts";
export * from "./critical_point.ts";
export * from "./descend.ts";
export * from "./descent_path.ts";
export * from "./find_descent.ts";
export * from "./head_objective.ts";
export * from "./inequality.ts";
export * from "./lambda_min.ts";
export * from "./null_direction.ts";
export * from "./reduced_hessian.ts";
export * from "./settle.ts";
export * from "./smoothness.ts";
export * from "./spectral_norm.ts";
export * from "./stationary.ts";
export * from "./theorem1.ts";
export * from "./theorem2.ts";
export * from "./theorem3.ts";
export * from "./theorem_a.ts";
