/**
 * Values: vectors and matrices of f64, small dense algebra on them, and the error for shapes that do not fit.
 *
 * @module
 */
export * from "./algebra.ts";
export * from "./conjugate_gradients.ts";
export * from "./eigen.ts";
export * from "./extend_factor.ts";
export * from "./factor.ts";
export * from "./leading_factor.ts";
export * from "./let_go.ts";
export * from "./lowest_eigenpair.ts";
export * from "./matrix.ts";
export * from "./orthonormal_rows.ts";
export * from "./placed_triangle.ts";
export * from "./product.ts";
export * from "./row_source.ts";
export * from "./shape_error.ts";
export * from "./single_factor.ts";
export * from "./sketch_factor.ts";
export * from "./sketch_rows.ts";
export * from "./triangle.ts";
export * from "./trust_region.ts";
