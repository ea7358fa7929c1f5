// What the compiled module offers: exports only. Names end in the precision.

export * from "./activation";
export * from "./bend_single";
export * from "./cholesky";
export * from "./constants";
export * from "./eigh";
export * from "./erf";
export * from "./exp";
export * from "./gather";
export * from "./gemm";
export * from "./gemv";
export * from "./loss";
export * from "./peak";
export * from "./qr";
export * from "./row_pass";
export { chances_f32, chances_f64, softmax_f32, softmax_f64 } from "./softmax";
export * from "./solve_right";
export * from "./tanh";
export * from "./vector";
