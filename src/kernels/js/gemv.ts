import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf, roundOf } from "./heap.ts";

/** The twins of `kernels/gemv.ts`: matrix times vector and the rank-one update. */
export function gemvKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "gemvN" | "gemvT" | "ger"> {
  const { view, shift } = heapOf(dtype, memory);
  const round = roundOf(dtype);
  return {
    gemvN(m, n, a, lda, x, y, accumulate) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      let row = a >>> shift;
      for (let i = 0; i < m; i++, row += lda) {
        let sum = accumulate === 1 ? h[iy + i] : 0;
        for (let j = 0; j < n; j++) sum += h[row + j] * h[ix + j];
        h[iy + i] = sum;
      }
    },
    gemvT(m, n, a, lda, x, y, accumulate) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      if (accumulate === 0) h.fill(0, iy, iy + n);
      let row = a >>> shift;
      for (let i = 0; i < m; i++, row += lda) {
        const factor = h[ix + i];
        for (let j = 0; j < n; j++) h[iy + j] += factor * h[row + j];
      }
    },
    ger(m, n, alpha, x, y, a, lda) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      const rounded = round(alpha);
      let row = a >>> shift;
      for (let i = 0; i < m; i++, row += lda) {
        const factor = round(rounded * h[ix + i]);
        for (let j = 0; j < n; j++) h[row + j] += factor * h[iy + j];
      }
    },
  };
}
