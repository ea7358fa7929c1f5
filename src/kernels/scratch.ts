/** Bytes of scratch that every gemm call may use. */
export const GEMM_WORK_BYTES: number = 1 << 20;

/**
 * Elements of scratch that {@linkcode KernelSet.eigh} needs for a matrix of order `n`.
 *
 * @example Scratch of a matrix of order 2
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(eighWork(2), 80);
 * ```
 */
export const eighWork = (n: number): number => 8 * n + 64;

/** Columns of a panel of {@linkcode KernelSet.qrUpdate}: `PANEL` in `kernels/qr.ts`. */
const QR_PANEL = 48;

/** Elements of scratch that {@linkcode KernelSet.solveRight} needs, and {@linkcode KernelSet.cholesky} by blocks: `kernels/solve_right.ts`. */
export const SOLVE_WORK: number = GEMM_WORK_BYTES / 4 + 256 * 48 + 48 * 264 + 48;

/**
 * Elements of scratch that {@linkcode KernelSet.qrUpdate} needs for A [n, d]: a matrix product's, a panel transposed, its triangle,
 * and twice its products with the columns to its right.
 *
 * @param n Rows of A.
 * @param d Columns of A.
 * @returns How many elements, in either precision.
 * @example Rows are padded, so that they do not collide in the cache
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(qrWork(5, 2), (1 << 18) + 2 * 8 + 2 * 2 + 2 * 2 * 2);
 * ```
 */
export const qrWork = (n: number, d: number): number => {
  const width = Math.min(d, QR_PANEL);
  return GEMM_WORK_BYTES / 4 + width * 8 * (Math.ceil(n / 8) | 1) + width * width + 2 * width * d;
};

/** Bytes of {@linkcode Kernels.work}: what a product and a pass over rows need. */
export const WORK_BYTES: number = Math.max(GEMM_WORK_BYTES, 8 * SOLVE_WORK);
