/**
 * Certificates at a point: the exact spectrum over (w, V), Theorems 1 to 3, the convex certificate, and the ways down.
 *
 * @module
 */
export * from "./assess.ts";
export * from "./certificate.ts";
export * from "./comparator.ts";
export * from "./critical_point.ts";
export * from "./descend.ts";
export * from "./descend_vector.ts";
export * from "./escape.ts";
export * from "./escape_path.ts";
export * from "./head_objective.ts";
export * from "./lambda_min.ts";
export * from "./null_direction.ts";
export * from "./partial_problem.ts";
export { type ReducedHessian, reducedHessian, reducedOrder } from "./reduced_hessian.ts";
export { headWith } from "./settle.ts";
export * from "./small_hessian.ts";
export * from "./spectral_norm.ts";
export * from "./spectrum.ts";
export { isStationary, type StationaryPoint } from "./stationary.ts";
export * from "./theorem1.ts";
export * from "./theorem2.ts";
export * from "./theorem3.ts";
export * from "./theorem_a.ts";
export * from "./vector_certificates.ts";
export * from "./vector_problem.ts";
