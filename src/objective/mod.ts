/**
 * A network, a loss and a data set as functions of one flat vector: value, gradient, Hessian-vector product.
 *
 * @module
 */
export * from "./feature_rows.ts";
export * from "./objective.ts";
export * from "./linear_objective.ts";
export type { SecondDerivative } from "./second_derivative.ts";
export type { RowPart } from "./row_part.ts";
export type { Survey, SurveyRequest } from "./survey.ts";
export * from "./batches.ts";
export * from "./predict_rows.ts";
export * from "./step_operations.ts";
export * from "./ridge.ts";
export * from "./ridge_objective.ts";
