/**
 * Values: vectors and matrices of f64, and the error for shapes that do not fit.
 *
 * @module
 */
export * from "./matrix.ts";
export * from "./shape_error.ts";
