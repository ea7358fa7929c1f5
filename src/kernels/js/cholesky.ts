import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twins of `kernels/cholesky.ts`: row by row, each entry an inner product of two rows. */
export function choleskyKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "cholesky" | "choleskySolve"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    cholesky(n, a, lda) {
      const h = view();
      const start = a >>> shift;
      for (let i = 0; i < n; i++) {
        const row = start + i * lda;
        for (let j = 0; j <= i; j++) {
          const other = start + j * lda;
          let sum = h[row + j];
          for (let k = 0; k < j; k++) sum -= h[row + k] * h[other + k];
          if (j < i) {
            h[row + j] = sum / h[other + j];
          } else {
            if (!(sum > 0)) return i + 1;
            h[row + i] = Math.sqrt(sum);
          }
        }
      }
      return 0;
    },
    choleskySolve(n, l, ldl, x) {
      const h = view();
      const start = l >>> shift;
      const ix = x >>> shift;
      for (let i = 0; i < n; i++) {
        let sum = h[ix + i];
        for (let k = 0; k < i; k++) sum -= h[start + i * ldl + k] * h[ix + k];
        h[ix + i] = sum / h[start + i * ldl + i];
      }
      for (let i = n - 1; i >= 0; i--) {
        const value = h[ix + i] /= h[start + i * ldl + i];
        for (let k = 0; k < i; k++) h[ix + k] -= value * h[start + i * ldl + k];
      }
    },
  };
}
